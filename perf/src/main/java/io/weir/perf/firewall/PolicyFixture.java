package io.weir.perf.firewall;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

import io.weir.datapath.policy.Assurance;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.component.Component;
import io.weir.identity.component.ComponentLimits;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Origin;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.Violations;
import io.weir.identity.manifest.ManifestWriter;

/**
 * A policy of many components, {@link #COMPONENTS_A_PORT} behind each port, each with rules that let others in by their ids. The flows
 * that {@link #flow} makes are let in by the last of them.
 */
public final class PolicyFixture {
    public static final int COMPONENTS_A_PORT = 10;
    /** When flows are judged. */
    public static final long NOW_NS = 1_000_000_000L;

    private static final Instant NOW = Instant.parse("2026-01-05T12:00:00Z");
    private static final int UDP = 17;
    /** Destination port that last rules let in. */
    static final int SERVICE = 5432;

    static final long FIRST_MAC = 0x52_54_00_00_00_00L;
    static final int FIRST_IP = 0x0A_00_00_00;

    private final int components;
    private final int rulesEach;
    private final int portCount;
    private final PolicySet documents;

    /** A policy of so many components, with so many rules each. */
    public PolicyFixture(int components, int rulesEach) {
        this.components = components;
        this.rulesEach = rulesEach;
        this.portCount = Math.max(1, components / COMPONENTS_A_PORT);
        List<Document> all = new ArrayList<>();
        for (int i = 0; i < components; i++) {
            all.add(component(i, 0));
        }
        documents = PolicySet.EMPTY.with(all);
    }

    /** All components, whose rules are of variant 0. */
    public PolicySet documents() {
        return documents;
    }

    /** What a compiler is asked for an epoch of these documents. */
    public CompileRequest request(int epoch, PolicySet of) {
        return new CompileRequest(epoch, epoch, of, List.of(), Set.of(), NOW_NS, NOW);
    }

    /** The component, whose rules differ by the variant. */
    public Document component(int number, int variant) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < rulesEach; i++) {
            int port = i == rulesEach - 1 ? SERVICE : 10_000 + i + variant;
            rules.add(rule("r" + i, peer(number, i), port));
        }
        Component body = new Component(
                Map.of("app", "a" + number % 100),
                "",
                List.of(new Instance(
                        port(number),
                        OptionalLong.of(FIRST_MAC + number),
                        0,
                        List.of(IpPrefix.ipv4(FIRST_IP + number, 32)),
                        List.of())),
                Assurance.IP,
                Optional.empty(),
                List.of(),
                RuleMode.ENFORCE,
                true,
                false,
                rules,
                List.of(),
                Violations.DROP,
                ComponentLimits.NONE,
                List.of());
        return new Document(
                Kind.COMPONENT,
                id(number),
                body,
                ManifestWriter.write(Kind.COMPONENT, id(number), body),
                Origin.NOWHERE);
    }

    private static Rule rule(String id, int from, int port) {
        return new Rule(
                id,
                Rule.DEFAULT_PRIORITY,
                Rule.Sides.BOTH,
                List.of(new Peer.ById(id(from))),
                List.of(),
                List.of(),
                List.of(new L4Match(UDP, List.of(new L4Match.Range(port, port)))),
                RuleAction.ALLOW,
                Optional.empty(),
                RuleMode.ENFORCE,
                Optional.empty(),
                RuleLimits.NONE,
                Optional.empty(),
                Rule.OnChange.REEVALUATE);
    }

    private int peer(int number, int rule) {
        return (number + rulesEach - rule) % components;
    }

    private static String id(int number) {
        return "app.c" + number;
    }

    private String port(int number) {
        return "vm" + portOf(number);
    }

    /** Index among {@link #ports} of the port that the component is behind; the next component is behind another, if there are several. */
    int portOf(int number) {
        return number % portCount;
    }

    /** Makes the key the flow to a component from the one that its last rule lets in. */
    public void flow(FlowKey key, int number, int[] portIds) {
        int from = (number + 1) % components;
        key.ingress(portIds[portOf(from)], PortRole.VM, PolicyMode.ENFORCE)
                .egress(portIds[portOf(number)], PortRole.VM, PolicyMode.ENFORCE)
                .link(FIRST_MAC + from, FIRST_MAC + number, 1, 0x0800)
                .source(0, 0xFFFF_0000_0000L | FIRST_IP + from)
                .destination(0, 0xFFFF_0000_0000L | FIRST_IP + number)
                .transport(UDP, 50_000, SERVICE);
    }

    /** Names of the ports. */
    public List<String> ports() {
        return IntStream.range(0, portCount).mapToObj(this::port).toList();
    }
}
