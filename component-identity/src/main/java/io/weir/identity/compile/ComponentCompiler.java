package io.weir.identity.compile;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Limits;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Peer;
import io.weir.identity.evaluate.RuleInfo;

/** Compiles component documents, each by itself. */
final class ComponentCompiler {
    private static final long BITS_PER_MEGABIT = 1_000_000L;

    private final RuleDrafts drafts;
    private final Numbers numbers;
    private final Profiles profiles;
    private final Budget budget;
    private final long nowNs;

    ComponentCompiler(RuleDrafts drafts, Numbers numbers, Profiles profiles, Budget budget, long nowNs) {
        this.drafts = drafts;
        this.numbers = numbers;
        this.profiles = profiles;
        this.budget = budget;
        this.nowNs = nowNs;
    }

    CompiledComponent compile(Document document) {
        Component component = (Component) document.body();
        List<RuleDraft> egressDrafts = drafts.ofComponent(document, true);
        List<RuleDraft> ingressDrafts = drafts.ofComponent(document, false);
        List<SideRule> egress = drafts.inOrder(egressDrafts);
        List<SideRule> ingress = drafts.inOrder(ingressDrafts);
        int[] egressTable = table(egress, document);
        int[] ingressTable = table(ingress, document);
        List<RuleInfo> infos = Stream.concat(egressDrafts.stream(), ingressDrafts.stream())
                .map(RuleDraft::info)
                .toList();
        long bytes = (egressTable == null ? 0 : Tables.bytes(egressTable))
                + (ingressTable == null ? 0 : Tables.bytes(ingressTable));
        return new CompiledComponent(
                document,
                numbers.identity(document.id()),
                profiles.number(component.labels()),
                egressTable,
                ingressTable,
                component.violations().redirectTo().map(numbers::port).orElse(0),
                limits(document.id(), component, true),
                limits(document.id(), component, false),
                infos,
                selectors(egress, ingress),
                namesGroups(component),
                SideRule.nextBoundaryNs(egress, ingress, nowNs),
                bytes);
    }

    private int @Nullable [] table(List<SideRule> ordered, Document document) {
        return ordered.isEmpty() ? null : Tables.build(ordered, profiles, document.title(), budget);
    }

    private int limits(String id, Component component, boolean egress) {
        return numbers.limits(new Limits(
                numbers.componentScope(id, egress),
                0,
                component.limits().connections(),
                component.limits().mbps() * BITS_PER_MEGABIT,
                component.limits().packetsPerSecond(),
                null));
    }

    private static List<Map<String, String>> selectors(List<SideRule> egress, List<SideRule> ingress) {
        return Stream.concat(egress.stream(), ingress.stream())
                .flatMap(rule -> rule.peers().selectors().stream())
                .distinct()
                .toList();
    }

    private static boolean namesGroups(Component component) {
        return Stream.concat(component.ingress().stream(), component.egress().stream())
                .flatMap(rule -> Stream.concat(rule.from().stream(), rule.to().stream()))
                .anyMatch(Peer.ByGroup.class::isInstance);
    }
}
