package io.weir.identity.manifest;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.weir.datapath.policy.Assurance;
import io.weir.identity.component.Component;
import io.weir.identity.component.ComponentLimits;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpText;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.L4Match.Range;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.component.TimeWindow;
import io.weir.identity.component.Violations;
import io.weir.identity.document.MacText;
import io.weir.identity.label.SecurityContext;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ManifestReaderTest {
    /** The example of the design, with an apiVersion each. */
    private static final String DESIGN = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: pay.ledger-db, labels: {app: pay, role: db}, owner: team-pay}
            spec:
              identity:
                instances:                       # where it runs; the port is trusted, the rest narrows it
                  - {port: vm7, mac: "52:54:00:aa:01:02", ips: [10.8.1.20, "fd00:8::20"], vlan: 210}
                  - {port: vm8, ips: [10.8.1.21], l4: [{protocol: tcp, ports: "5432-5433"}]}
                minAssurance: ip
              securityLabel: "system_u:system_r:ledger_t:s2-s5:c1.c3"
              exposes: [{name: sql, protocol: tcp, ports: "5432"}]
              mode: enforce
              ingress:
                - id: api-to-sql
                  priority: 100
                  from: [{component: pay.api}, {labels: {role: batch}}, {cidr: 10.9.0.0/16, except: [10.9.9.0/24]}]
                  to: [{expose: sql}]
                  action: allow
                  limits: {newConnectionsPerSecond: 2000, connections: 5000}
                  when: {days: Mon-Fri, hours: "07:00-19:00", zone: Europe/Berlin}
                  onChange: reevaluate
              egress:
                - {id: dns, to: [{component: infra.dns}], l4: [{protocol: udp, ports: "53"}], action: allow}
              violations: {action: drop, redirectTo: logger-1, quarantineAfter: {count: 500, windowMs: 10000}}
              limits: {mbps: 2000, packetsPerSecond: 400000, connections: 100000, cpuMilli: 4000, memoryMiB: 8192, diskIops: 5000}
              tests:
                - {from: pay.api, to: pay.ledger-db, l4: tcp/5432, expect: allow}
            ---
            apiVersion: weir/v1
            kind: Grant
            metadata: {id: g-7781, reason: "INC-4432"}
            spec: {rule: {from: [{component: ops.jump}], toComponent: pay.ledger-db, to: [{expose: sql}]}, ttlSeconds: 5400, onExpiry: reset}
            ---
            apiVersion: weir/v1
            kind: RuleSet
            metadata: {id: quarantine, tier: emergency}
            spec: {rules: [{id: q1, priority: 1, from: [{component: web.old}], to: [{any: true}], action: drop}]}
            """;

    private static final List<Document> DOCUMENTS = ManifestReader.read("design.yaml", DESIGN);

    private static Peer cidr(String prefix, String... except) {
        return new Peer.ByCidr(
                IpText.prefix(prefix),
                List.of(except).stream().map(IpText::prefix).toList(),
                Peer.Scope.ANY);
    }

    private static L4Match l4(int protocol, int first, int last) {
        return new L4Match(protocol, List.of(new Range(first, last)));
    }

    @Test
    void shouldReadAComponent() {
        Document document = DOCUMENTS.getFirst();
        Component component = (Component) document.body();

        assertEquals("Component pay.ledger-db", document.title());
        assertEquals(Map.of("app", "pay", "role", "db"), component.labels());
        assertEquals("team-pay", component.owner());
        assertEquals(
                List.of(
                        new Instance(
                                "vm7",
                                OptionalLong.of(MacText.parse("52:54:00:aa:01:02")),
                                210,
                                List.of(IpText.prefix("10.8.1.20"), IpText.prefix("fd00:8::20")),
                                List.of()),
                        new Instance(
                                "vm8",
                                OptionalLong.empty(),
                                0,
                                List.of(IpText.prefix("10.8.1.21")),
                                List.of(l4(6, 5432, 5433)))),
                component.instances());
        assertEquals(Assurance.IP, component.minAssurance());
        assertEquals(
                Optional.of(SecurityContext.parse("system_u:system_r:ledger_t:s2-s5:c1.c3")),
                component.securityLabel());
        assertEquals(List.of(new Expose("sql", l4(6, 5432, 5432))), component.exposes());
        assertEquals(RuleMode.ENFORCE, component.mode());
        assertTrue(component.isolateIngress() && component.isolateEgress());
        assertEquals(new Violations(RuleAction.DROP, Optional.of("logger-1"), 500, 10000), component.violations());
        assertEquals(new ComponentLimits(2000, 400000, 100000, 4000, 8192, 5000), component.limits());
        assertEquals(List.of(new PolicyTest("pay.api", "pay.ledger-db", 6, 5432, true)), component.tests());
    }

    @Test
    void shouldReadTheRulesOfAComponent() {
        Component component = (Component) DOCUMENTS.getFirst().body();

        assertEquals(
                List.of(new Rule(
                        "api-to-sql",
                        100,
                        Rule.Sides.INGRESS,
                        List.of(
                                new Peer.ById("pay.api"),
                                new Peer.ByLabels(Map.of("role", "batch")),
                                cidr("10.9.0.0/16", "10.9.9.0/24")),
                        List.of(),
                        List.of("sql"),
                        List.of(),
                        RuleAction.ALLOW,
                        Optional.empty(),
                        RuleMode.ENFORCE,
                        Optional.empty(),
                        new RuleLimits(2000, 5000, 0, 0),
                        Optional.of(new TimeWindow(
                                EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                                LocalTime.of(7, 0),
                                LocalTime.of(19, 0),
                                ZoneId.of("Europe/Berlin"))),
                        Rule.OnChange.REEVALUATE)),
                component.ingress());
        assertEquals(
                List.of(rule(
                        "dns",
                        1000,
                        Rule.Sides.EGRESS,
                        List.of(),
                        new Peer.ById("infra.dns"),
                        RuleAction.ALLOW,
                        l4(17, 53, 53))),
                component.egress());
    }

    private static Rule rule(
            String id, int priority, Rule.Sides sides, List<Peer> from, Peer to, RuleAction action, L4Match... l4) {
        return new Rule(
                id,
                priority,
                sides,
                from,
                List.of(to),
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

    @Test
    void shouldReadAGrantAndARuleSet() {
        Grant grant = (Grant) DOCUMENTS.get(1).body();
        RuleSet rules = (RuleSet) DOCUMENTS.get(2).body();

        assertEquals("INC-4432", grant.reason());
        assertEquals(List.of(new Peer.ById("ops.jump")), grant.rule().from());
        assertEquals(List.of(new Peer.ById("pay.ledger-db")), grant.rule().to());
        assertEquals(List.of("sql"), grant.rule().exposes());
        assertEquals(5400, grant.ttlSeconds());
        assertEquals(Tier.EMERGENCY, rules.tier());
        Rule drop = rule("q1", 1, Rule.Sides.BOTH, List.of(new Peer.ById("web.old")), new Peer.Any(), RuleAction.DROP);
        assertEquals(List.of(drop), rules.rules());
    }

    @Test
    void shouldReadAGroup() {
        Document group = ManifestReader.read("group.yaml", """
                apiVersion: weir/v1
                kind: Group
                metadata: {id: web}
                spec: {members: [{component: a}, {labels: {tier: web}}, {group: other}]}
                """).getFirst();

        assertEquals(Kind.GROUP, group.kind());
        assertEquals(
                new Group(List.of(
                        new Peer.ById("a"), new Peer.ByLabels(Map.of("tier", "web")), new Peer.ByGroup("other"))),
                group.body());
    }

    @Test
    void shouldReadJson() {
        List<Document> documents = ManifestReader.read("group.json", """
                {"apiVersion": "weir/v1", "kind": "Group",
                \t"metadata": {"id": "web"}, "spec": {"members": [{"any": true}, {"component": "a"}]}}
                """.replace("{\"any\": true}, ", ""));

        assertEquals(
                new Group(List.of(new Peer.ById("a"))), documents.getFirst().body());
    }

    @Test
    void shouldKnowTheLineOfEveryPart() {
        Document document = DOCUMENTS.getFirst();

        Map<String, Integer> lines = List.of(
                        "",
                        "metadata.labels",
                        "spec.identity.instances[1].ips[0]",
                        "spec.ingress[0].from[2]",
                        "spec.ingress[0].action",
                        "spec.egress[0].l4[0].ports",
                        "spec.tests[0]")
                .stream()
                .collect(Collectors.toMap(path -> path, document.origin()::line));

        assertEquals(
                Map.of(
                        "",
                        1,
                        "metadata.labels",
                        3,
                        "spec.identity.instances[1].ips[0]",
                        8,
                        "spec.ingress[0].from[2]",
                        16,
                        "spec.ingress[0].action",
                        18,
                        "spec.egress[0].l4[0].ports",
                        23,
                        "spec.tests[0]",
                        27),
                lines);
        assertEquals("design.yaml", document.origin().source());
        assertEquals(37, DOCUMENTS.get(2).origin().line("spec.rules[0].to"));
    }

    @Test
    void shouldReadBackWhatIsWritten() {
        String text = DOCUMENTS.stream().map(Document::text).collect(Collectors.joining("---\n"));

        List<Document> again = ManifestReader.read("again", text);

        assertEquals(
                DOCUMENTS.stream().map(Document::body).toList(),
                again.stream().map(Document::body).toList());
        assertEquals(text, again.stream().map(Document::text).collect(Collectors.joining("---\n")));
    }

    @Test
    void shouldTakeAuditUntilWhenTheRuleSetIsInAuditMode() {
        Document document = ManifestReader.read("audit.yaml", """
                apiVersion: weir/v1
                kind: RuleSet
                metadata: {id: new-rules, tier: platform}
                spec:
                  mode: audit
                  rules: [{id: r, from: [{any: true}], to: [{any: true}], action: drop, auditUntil: 2026-12-01T01:00:00+01:00}]
                """).getFirst();

        RuleSet rules = (RuleSet) document.body();
        assertEquals(
                Optional.of(Instant.parse("2026-12-01T00:00:00Z")),
                rules.rules().getFirst().auditUntil());
    }

    @Test
    void shouldPassOverEmptyDocuments() {
        assertEquals(
                3,
                ManifestReader.read("x", "# nothing\n---\n" + DESIGN + "---\n# end\n---\n")
                        .size());
    }
}
