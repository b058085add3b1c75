package io.weir.identity.compile;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.weir.identity.compliance.ComplianceResult;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.DomainType;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelNames;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.SecurityContext;
import io.weir.identity.manifest.ManifestReader;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
