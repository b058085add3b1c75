package io.weir.identity.compile;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.identity.compliance.Compliance;
import io.weir.identity.compliance.ComplianceResult;
import io.weir.identity.compliance.DomainBound;
import io.weir.identity.compliance.FlowGraph;
import io.weir.identity.compliance.LabelMap;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.DomainType;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelNames;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;
import io.weir.identity.manifest.ManifestReader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PolicyFlowsTest {
    @Test
    void shouldComplyWhenComponentsHaveOneLevel() {
        ComplianceResult result = check(domain(false), browser("s5", "{any: true}"), server("web.secret", 2, "s5"));

        assertTrue(result.compliant());
    }

    @Test
    void shouldFindTheBrowserThatCarriesSecretsDown() {
        ComplianceResult result = check(
                domain(false),
                browser("s2-s5", "{component: web.secret}, {component: web.public}"),
                server("web.secret", 2, "s5"),
                server("web.public", 3, "s2"));

        assertEquals("browser_t:s5 -> Component web.browser -> browser_t:s2", result.path());
    }

    @Test
    void shouldRefuseARevisionThatDoesNotComply() {
        PolicySet documents = PolicySet.EMPTY
                .with(browser("s2-s5", "{component: web.secret}, {component: web.public}"))
                .with(server("web.secret", 2, "s5"))
                .with(server("web.public", 3, "s2"));
        CompileRequest request = new CompileRequest(
                1, 1, documents, List.of(), Set.of(), 0, Instant.EPOCH, new LabelSettings(domain(false), Map.of()));

        ProblemException refused = assertThrows(
                ProblemException.class, () -> new PolicyCompiler(PolicyCompiler.DEFAULT_BUDGET_BYTES).compile(request));

        assertEquals(1, refused.errors().size());
        assertEquals(
                "test.yaml:6: spec.securityLabel: does not comply with domain test, as information can flow browser_t:s5 ->"
                        + " Component web.browser -> browser_t:s2; narrow its range, or with whom its rules let it speak,"
                        + " or declare type browser_t trusted with writeDown in domain.yaml",
                refused.errors().getFirst().toString());
    }

    @Test
    void shouldHeedWithWhomRulesLetAComponentSpeak() {
        ComplianceResult result = check(
                domain(false),
                browser("s2-s5", "{component: web.secret}"),
                server("web.secret", 2, "s5"),
                server("web.public", 3, "s2"));

        // Who may speak to the browser: its ingress side denies, and no operator's rule says otherwise.
        assertTrue(result.compliant());
    }

    @Test
    void shouldTakeAddressesForAnybodysAndGrantsForRules() {
        Document grant = read("""
                apiVersion: weir/v1
                kind: Grant
                metadata: {id: g1, reason: incident}
                spec:
                  rule: {from: [{component: web.browser}], toComponent: web.public}
                  ttlSeconds: 60
                """).getFirst();
        PolicySet documents = PolicySet.EMPTY
                .with(browser("s2-s5", "{component: web.secret}"))
                .with(server("web.secret", 2, "s5"))
                .with(server("web.public", 3, "s2"));
        LabelSettings labels = new LabelSettings(domain(false), Map.of());

        assertTrue(PolicyFlows.check(documents, List.of(), labels, List.of()).compliant());
        assertEquals(
                "browser_t:s5 -> Component web.browser -> browser_t:s2",
                PolicyFlows.check(documents, List.of(grant), labels, List.of()).path());
        ComplianceResult networks =
                check(domain(false), browser("s2-s5", "{cidr: 10.0.0.2/32}"), server("web.public", 3, "s2"));
        assertTrue(networks.path().contains("web.browser"), networks.path());
    }

    @Test
    void shouldTrustWhomTheDomainTrustsAndSaySo() {
        ComplianceResult result = check(
                domain(true),
                browser("s2-s5", "{any: true}"),
                server("web.secret", 2, "s5"),
                server("web.public", 3, "s2"));

        assertTrue(result.compliant());
        assertEquals(1, result.filters().size());
        assertEquals("Component web.browser", result.filters().getFirst().program());
        assertEquals("reviewed", result.filters().getFirst().reason());
    }

    @Test
    void shouldSeeThatCopiesReachWhoIsBehindTheirPort() {
        PolicySet others = PolicySet.EMPTY
                .with(server("web.secret", 2, "s5"))
                .with(server("web.other", 4, "s5"))
                .with(server("web.public", 3, "s2"));
        PolicySet collector = others.with(browser("s2-s5", "{component: web.public}"));
        List<Document> high = mirror("{component: web.other}", "{component: web.secret}");

        assertTrue(copied(false, collector).compliant());
        assertEquals(
                "browser_t:s5 -> Component web.browser -> browser_t:s2",
                copied(false, collector.with(high)).path());
        assertTrue(copied(true, collector.with(high)).compliant());
        assertTrue(
                copied(false, collector.with(mirror("{component: web.public}", "{any: true}")))
                        .compliant(),
                "copies at s2 only");
        assertTrue(
                copied(
                                false,
                                others.with(browser("s2-s5", "{component: web.nobody}"))
                                        .with(high))
                        .compliant(),
                "it can tell nobody");
    }

    @Test
    void shouldSeeThatDefaultDeniesRedirect() {
        List<Document> redirecting = read("""
                apiVersion: weir/v1
                kind: Component
                metadata: {id: web.secret}
                spec:
                  identity: {instances: [{port: vm2, ips: [10.0.0.2]}]}
                  securityLabel: "system_u:system_r:server_t:s5"
                  violations: {action: redirect, redirectTo: vm1}
                """);
        PolicySet documents = PolicySet.EMPTY
                .with(redirecting)
                .with(browser("s2-s5", "{component: web.public}"))
                .with(server("web.public", 3, "s2"));

        assertEquals(
                "browser_t:s5 -> Component web.browser -> browser_t:s2",
                copied(false, documents).path());
    }

    private static ComplianceResult copied(boolean trusted, PolicySet documents) {
        return PolicyFlows.check(documents, List.of(), new LabelSettings(domain(trusted), Map.of()), List.of());
    }

    private static List<Document> mirror(String from, String to) {
        return read("""
                apiVersion: weir/v1
                kind: RuleSet
                metadata: {id: taps, tier: platform}
                spec:
                  rules:
                    - {id: tap, from: [%s], to: [%s], action: mirror, target: vm1}
                """.formatted(from, to));
    }

    /** Each pair of ranges has levels in common that neither names. */
    @Test
    @Timeout(20)
    void shouldTakeAThousandRangesInItsStride() {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String low = "s2:c" + i % 32 + ",c" + (32 + i / 32);
            documents.addAll(browserOf("web.b" + i, i, low + "-s5:c0.c63"));
        }
        PolicySet set = PolicySet.EMPTY.with(documents);

        assertFalse(copied(false, set).compliant());
        assertTrue(copied(true, set).compliant());
    }

    private static List<Document> browserOf(String id, int number, String range) {
        return read("""
                apiVersion: weir/v1
                kind: Component
                metadata: {id: %s}
                spec:
                  identity: {instances: [{port: vm%d}]}
                  securityLabel: "system_u:system_r:browser_t:%s"
                  egress: [{id: out, to: [{any: true}], action: allow}]
                """.formatted(id, number, range));
    }

    @Test
    void shouldSeeLevelsThatOnlyTwoRangesTogetherName() {
        ComplianceResult result = check(
                domain(false),
                browser("s2-s5:c1,c2", "{component: web.other}"),
                server("web.other", 2, "s1:c1-s4:c1.c3"));

        assertEquals("browser_t:s4:c1,c2 -> Component web.browser -> browser_t:s2:c1", result.path());
    }

    /** Every level of a small lattice, one by one. */
    @Test
    void shouldAgreeWithBruteForceOverAllLevels() {
        SplittableRandom random = new SplittableRandom(4);
        List<Level> lattice = new ArrayList<>();
        for (String sensitivity : List.of("s0", "s1", "s2")) {
            for (String categories : List.of("", ":c0", ":c1", ":c0,c1")) {
                lattice.add(Level.parse(sensitivity + categories));
            }
        }
        int violations = 0;
        for (int i = 0; i < 300; i++) {
            LevelRange own = range(random, lattice);
            List<LevelRange> peers = List.of(range(random, lattice), range(random, lattice));
            List<Level> spoken = lattice.stream()
                    .filter(level -> own.contains(level) && peers.stream().anyMatch(peer -> peer.contains(level)))
                    .toList();
            boolean down = spoken.stream().anyMatch(from -> spoken.stream().anyMatch(to -> !to.dominates(from)));

            FlowGraph graph = PolicyFlows.of(documents(own, peers), List.of(), settings(), List.of());

            assertEquals(down, leaks(graph), own + " with " + peers);
            violations += down ? 1 : 0;
        }
        assertTrue(violations > 30 && violations < 270, "cases of both kinds: " + violations);
    }

    /** Whether the browser alone moves information down. */
    private static boolean leaks(FlowGraph graph) {
        FlowGraph.Builder browser = FlowGraph.builder();
        int carrier = browser.carrier("Component web.browser");
        int reason = browser.reason("alone");
        for (int node = 0; node < graph.nodeCount(); node++) {
            if (graph.isLabel(node) && graph.name(node).startsWith("browser_t")) {
                browser.step(browser.label(graph.name(node)), carrier, reason);
                browser.step(carrier, browser.label(graph.name(node)), reason);
            }
        }
        return !Compliance.check(browser.build(), LabelMap.SAME, new DomainBound(domain(false)))
                .compliant();
    }

    private static LabelSettings settings() {
        return new LabelSettings(domain(false), Map.of());
    }

    private static PolicySet documents(LevelRange own, List<LevelRange> peers) {
        return PolicySet.EMPTY
                .with(browser(own.toString(), "{component: web.a}, {component: web.b}"))
                .with(server("web.a", 2, peers.get(0).toString()))
                .with(server("web.b", 3, peers.get(1).toString()));
    }

    private static LevelRange range(SplittableRandom random, List<Level> lattice) {
        Level one = lattice.get(random.nextInt(lattice.size()));
        Level other = lattice.get(random.nextInt(lattice.size()));
        return new LevelRange(one.glb(other), one.lub(other));
    }

    private static LabelDomain domain(boolean trusted) {
        Optional<DomainType.Trust> trust =
                trusted ? Optional.of(new DomainType.Trust("reviewed", true)) : Optional.empty();
        return new LabelDomain(
                "domain.yaml",
                "test",
                SecurityContext.UNLABELED,
                false,
                LabelNames.NONE,
                List.of(),
                Map.of(
                        "browser_t", new DomainType("browser_t", "", trust),
                        "server_t", new DomainType("server_t", "", Optional.empty()),
                        "unlabeled_t", new DomainType("unlabeled_t", "", Optional.empty())),
                Map.of("browser_t", Set.of("server_t"), "server_t", Set.of("browser_t")));
    }

    @SafeVarargs
    private static ComplianceResult check(LabelDomain domain, List<Document>... documents) {
        PolicySet set = PolicySet.EMPTY;
        for (List<Document> more : documents) {
            set = set.with(more);
        }
        assertEquals(documents.length, set.documents(Kind.COMPONENT).size());
        return PolicyFlows.check(set, List.of(), new LabelSettings(domain, Map.of()), List.of());
    }

    private static List<Document> browser(String range, String peers) {
        return read("""
                apiVersion: weir/v1
                kind: Component
                metadata: {id: web.browser}
                spec:
                  identity: {instances: [{port: vm1, ips: [10.0.0.1]}]}
                  securityLabel: "system_u:system_r:browser_t:%s"
                  egress: [{id: out, to: [%s], action: allow}]
                """.formatted(range, peers));
    }

    private static List<Document> server(String id, int number, String range) {
        return read("""
                apiVersion: weir/v1
                kind: Component
                metadata: {id: %s}
                spec:
                  identity: {instances: [{port: vm%d, ips: [10.0.0.%d]}]}
                  securityLabel: "system_u:system_r:server_t:%s"
                  ingress: [{id: in, from: [{any: true}], action: allow}]
                """.formatted(id, number, number, range));
    }

    private static List<Document> read(String yaml) {
        return ManifestReader.read("test.yaml", yaml);
    }
}
