package io.weir.identity.evaluate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import io.weir.datapath.policy.Assurance;
import io.weir.identity.component.Body;
import io.weir.identity.component.Component;
import io.weir.identity.component.ComponentLimits;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Origin;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.component.Violations;
import io.weir.identity.label.SecurityContext;

/** Documents for tests, in few words; each stands in a file of its own, its rules on line 10 and on. */
public final class Documents {
    public static final int TCP = 6;

    private Documents() {}

    public static Document of(Kind kind, String id, Body body) {
        Map<String, Integer> lines = Map.of(
                "",
                1,
                "spec.ingress[0]",
                10,
                "spec.ingress[1]",
                11,
                "spec.egress[0]",
                20,
                "spec.rules[0]",
                10,
                "spec.rules[1]",
                11);
        return new Document(kind, id, body, body.toString(), new Origin(id + ".yaml", lines));
    }

    /** A component at {@code 10.0.0.number} behind the port {@code vmN}, denying both ways but for its rules. */
    public static Document component(
            String id, int number, List<Rule> ingress, List<Rule> egress, PolicyTest... tests) {
        return component(id, instance("vm" + number, number), ingress, egress, tests);
    }

    public static Document component(
            String id, Instance instance, List<Rule> ingress, List<Rule> egress, PolicyTest... tests) {
        Component body = new Component(
                Map.of("app", id),
                "",
                List.of(instance),
                Assurance.L4,
                Optional.empty(),
                List.of(new Expose("sql", tcp(5432))),
                RuleMode.ENFORCE,
                true,
                true,
                ingress,
                egress,
                Violations.DROP,
                ComponentLimits.NONE,
                List.of(tests));
        return of(Kind.COMPONENT, id, body);
    }

    /** The component with a security label. */
    public static Document labelled(Document component, String label) {
        Component it = (Component) component.body();
        boolean reserved = component.id().startsWith("reserved.");
        return of(
                Kind.COMPONENT,
                component.id(),
                new Component(
                        it.labels(),
                        it.owner(),
                        reserved ? List.of() : it.instances(),
                        it.minAssurance(),
                        Optional.of(SecurityContext.parse(label)),
                        it.exposes(),
                        it.mode(),
                        it.isolateIngress(),
                        it.isolateEgress(),
                        it.ingress(),
                        it.egress(),
                        it.violations(),
                        it.limits(),
                        it.tests()));
    }

    public static Instance instance(String port, int number) {
        return new Instance(
                port,
                OptionalLong.of(0x52_54_00_00_00_00L + number),
                0,
                List.of(IpPrefix.ipv4(0x0A00_0000 + number, 32)),
                List.of());
    }

    public static Document ruleSet(String id, Tier tier, Rule... rules) {
        return of(Kind.RULE_SET, id, new RuleSet(tier, RuleMode.ENFORCE, List.of(rules)));
    }

    public static Rule from(String id, RuleAction action, Peer peer, L4Match... l4) {
        return rule(id, 1000, action, List.of(peer), List.of(), l4);
    }

    public static Rule to(String id, RuleAction action, Peer peer, L4Match... l4) {
        return rule(id, 1000, action, List.of(), List.of(peer), l4);
    }

    public static Rule rule(String id, int priority, RuleAction action, List<Peer> from, List<Peer> to, L4Match... l4) {
        return new Rule(
                id,
                priority,
                Rule.Sides.BOTH,
                from,
                to,
                List.of(),
                List.of(l4),
                action,
                Optional.empty(),
                RuleMode.ENFORCE,
                Optional.empty(),
                RuleLimits.NONE,
                Optional.empty(),
                Rule.OnChange.REEVALUATE);
    }

    public static L4Match tcp(int port) {
        return new L4Match(TCP, List.of(new L4Match.Range(port, port)));
    }
}
