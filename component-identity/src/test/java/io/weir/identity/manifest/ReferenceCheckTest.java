package io.weir.identity.manifest;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.identity.component.Document;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.Problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ReferenceCheckTest {
    private static PolicySet set(String yaml) {
        return PolicySet.EMPTY.with(ManifestReader.read("f", yaml));
    }

    private static void assertProblems(List<Problem> problems, String... expected) {
        assertEquals(
                String.join("\n", expected),
                String.join("\n", problems.stream().map(Problem::toString).toList()));
    }

    private static String component(String id, String rest) {
        return """
                ---
                apiVersion: weir/v1
                kind: Component
                metadata: {id: %s}
                spec:
                  identity: {instances: [{port: p}]}
                %s""".formatted(id, rest.indent(2));
    }

    private static String group(String id, String members) {
        return """
                ---
                apiVersion: weir/v1
                kind: Group
                metadata: {id: %s}
                spec:
                  members: [%s]
                """.formatted(id, members);
    }

    @Test
    void shouldFindNothingWhenEveryNameLeadsSomewhere() {
        PolicySet set = set(component("pay.api", """
                        egress: [{id: db, to: [{component: pay.db}, {group: web}, {component: reserved.world}], action: allow}]
                        """)
                + component("pay.db", """
                        exposes: [{name: sql, protocol: tcp, ports: 5432}]
                        ingress: [{id: in, from: [{component: pay.db}, {labels: {no: body}}], to: [{expose: sql}], action: allow}]
                        tests: [{from: pay.api, to: reserved.host, l4: tcp/1, expect: deny}]
                        """)
                + group("web", "{component: pay.api}, {group: more}")
                + group("more", "{component: pay.db}"));

        assertProblems(ReferenceCheck.problems(set));
    }

    @Test
    void shouldTellEveryNameThatLeadsNowhere() {
        PolicySet set = set(component("pay.api", """
                        egress:
                          - id: db
                            to:
                              - {component: pay.bd}
                              - {group: webs}
                            action: allow
                        ingress:
                          - {id: in, from: [{component: nobody.at.all}], to: [{expose: http}], action: allow}
                        tests:
                          - {from: ops, to: pay.db, l4: tcp/1, expect: deny}
                        """)
                + component(
                        "pay.db",
                        "exposes: [{name: sql, protocol: tcp}]\n"
                                + "ingress: [{id: in, from: [{any: true}], to: [{expose: sqll}], action: allow}]")
                + group("web", "{component: gone}"));

        assertProblems(
                ReferenceCheck.problems(set),
                "f:10: spec.egress[0].to[0].component: Component pay.api: no component is called pay.bd; did you mean pay.db?",
                "f:11: spec.egress[0].to[1].group: Component pay.api: no group is called webs; did you mean web?",
                "f:14: spec.ingress[0].from[0].component: Component pay.api: no component is called nobody.at.all; add the component, or take the name out",
                "f:14: spec.ingress[0].to[0].expose: Component pay.api: component pay.api exposes no http; it exposes nothing",
                "f:16: spec.tests[0].from: Component pay.api: no component is called ops; add the component, or take the name out",
                "f:24: spec.ingress[0].to[0].expose: Component pay.db: component pay.db exposes no sqll; it exposes sql",
                "f:30: spec.members[0].component: Group web: no component is called gone; add the component, or take the name out");
    }

    @Test
    void shouldTellTheNamesInRuleSets() {
        PolicySet set = set("""
                apiVersion: weir/v1
                kind: RuleSet
                metadata: {id: base, tier: baseline}
                spec: {rules: [{id: r, from: [{group: g}], to: [{component: c}], action: drop}]}
                """);

        assertProblems(
                ReferenceCheck.problems(set),
                "f:4: spec.rules[0].from[0].group: RuleSet base: no group is called g; add the group, or take the name out",
                "f:4: spec.rules[0].to[0].component: RuleSet base: no component is called c; add the component, or take the name out");
    }

    @Test
    void shouldPrintACircleOfGroups() {
        PolicySet set = set(group("a", "{group: b}")
                + group("b", "{group: c}, {group: d}")
                + group("c", "{group: b}")
                + group("d", "")
                + group("self", "{group: self}"));

        assertProblems(
                ReferenceCheck.problems(set),
                "f:18: spec.members[0].group: Group c: groups hold each other: b -> c -> b; take one of them out",
                "f:30: spec.members[0].group: Group self: groups hold each other: self -> self; take one of them out");
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void shouldFollowAChainOfAnyLength() {
        int length = 100_000;
        List<Document> chain = IntStream.range(0, length)
                .mapToObj(i -> new Document(
                        Kind.GROUP,
                        "g" + i,
                        new Group(List.of(new Peer.ByGroup("g" + Math.min(i + 1, length - 1)))),
                        "",
                        Origin.NOWHERE))
                .toList();

        List<Problem> problems = ReferenceCheck.problems(PolicySet.EMPTY.with(chain));

        assertEquals(1, problems.size());
        assertEquals(
                "Group g99999: groups hold each other: g99999 -> g99999",
                problems.getFirst().problem());
    }

    @Test
    void shouldRefuseWhatReservedComponentsCannotSay() {
        PolicySet set = set(component("reserved.cloud", "")
                + component("reserved.host", "")
                + component("reserved.world", "").replace("  identity: {instances: [{port: p}]}\n", "  mode: audit\n")
                + component("a", "").replace("instances: [{port: p}]", "instances: []"));

        assertProblems(
                ReferenceCheck.problems(set),
                "f:4: metadata.id: Component reserved.cloud: no such reserved component: was reserved.cloud; choose a name without reserved., or one of reserved.host, reserved.world, reserved.unknown",
                "f:12: spec.identity.instances: Component reserved.host: reserved.host runs nowhere that could be named; leave instances out",
                "f:24: spec.identity.instances: Component a: component a has no instance; write instances: [{port: ...}]");
    }

    @Test
    void shouldCheckAGrantAgainstTheSet() {
        PolicySet set = set(component("pay.db", "exposes: [{name: sql, protocol: tcp}]"));
        String grant = """
                apiVersion: weir/v1
                kind: Grant
                metadata: {id: g, reason: INC-1}
                spec:
                  rule: {from: [{component: ops}], toComponent: %s, to: [{expose: http}]}
                  ttlSeconds: 60
                """;

        assertProblems(
                ReferenceCheck.problems(
                        set, ManifestReader.read("g", grant.formatted("pay.db")).getFirst()),
                "g:5: spec.rule.from[0].component: Grant g: no component is called ops; add the component, or take the name out",
                "g:5: spec.rule.to[0].expose: Grant g: component pay.db exposes no http; it exposes sql");
        assertProblems(
                ReferenceCheck.problems(
                        set, ManifestReader.read("g", grant.formatted("pay.bd")).getFirst()),
                "g:5: spec.rule.from[0].component: Grant g: no component is called ops; add the component, or take the name out",
                "g:5: spec.rule.toComponent: Grant g: no component is called pay.bd; did you mean pay.db?");
    }

    @Test
    void shouldFindTheSameMistakesWhenItLooksAtChangesOnly() {
        PolicySet before = set(component("a", "egress: [{id: r, to: [{group: g}], action: allow}]")
                + component("b", "egress: [{id: r, to: [{component: a}], action: allow}]")
                + group("g", "{group: h}")
                + group("h", ""));
        assertProblems(ReferenceCheck.problems(before));

        List<PolicySet> changes = List.of(
                before,
                before.with(set(component("b", "egress: [{id: r, to: [{component: c}], action: allow}]"))
                        .documents()),
                before.with(set(group("h", "{group: g}")).documents()),
                before.without(Kind.COMPONENT, "a"),
                before.without(Kind.GROUP, "h"),
                before.without(Kind.COMPONENT, "a").with(set(component("c", "")).documents()));

        List<Integer> counts = changes.stream()
                .map(after -> ReferenceCheck.problems(before, after))
                .map(List::size)
                .toList();
        assertEquals(List.of(0, 1, 1, 1, 1, 1), counts);
        for (PolicySet after : changes) {
            assertEquals(
                    ReferenceCheck.problems(after).size(),
                    ReferenceCheck.problems(before, after).size());
        }
    }
}
