package io.weir.identity.evaluate;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.Tier;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.LevelNumbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ExplainerTest {
    private static final int FLOWS = Boolean.getBoolean("weir.long") ? 1_000_000 : 100_000;
    private static final int FLOWS_A_POLICY = 500;
    private static final long SEED = Long.getLong("weir.seed", 0x0E_5E_55L);

    private static PolicyEpoch compile(Document... documents) {
        return new PolicyCompiler(1 << 26)
                .compile(new CompileRequest(
                        1, 1, PolicySet.EMPTY.with(List.of(documents)), List.of(), Set.of(), 0, Instant.EPOCH));
    }

    private static Explanation explain(PolicyEpoch epoch, String from, String to, int port) {
        return Explainer.explain(
                epoch, ProbeFlows.between(epoch, from, to, Documents.TCP, port).getFirst(), 0);
    }

    private static PolicyEpoch api() {
        Rule out = Documents.to("out", RuleAction.ALLOW, new Peer.ById("db"));
        Rule in = Documents.from("in", RuleAction.ALLOW, new Peer.ById("api"), Documents.tcp(5432));
        Rule all = Documents.rule("skip", 5, RuleAction.PASS, List.of(new Peer.Any()), List.of(new Peer.Any()));
        return compile(
                Documents.component("api", 1, List.of(), List.of(out)),
                Documents.component("db", 2, List.of(in), List.of()),
                Documents.component("web", 3, List.of(), List.of(out)),
                Documents.ruleSet("open", Tier.PLATFORM, all));
    }

    @Test
    void shouldNameTheRulesOfBothSidesAndTheirPlaces() {
        Explanation explanation = explain(api(), "api", "db", 5432);

        assertEquals(Action.ALLOW, explanation.action());
        assertEquals(
                "api/out (api.yaml:20, component tier, allow)",
                String.valueOf(explanation.egress().rule()));
        assertEquals(
                "db/in (db.yaml:10, component tier, allow)",
                String.valueOf(explanation.ingress().rule()));
        assertEquals(
                List.of(Tier.EMERGENCY, Tier.PLATFORM, Tier.GRANT, Tier.COMPONENT),
                explanation.egress().tiers().stream()
                        .map(Explanation.Asked::tier)
                        .toList());
        assertEquals(
                "open/skip (open.yaml:10, platform tier, pass)",
                String.valueOf(explanation.egress().tiers().get(1).decided()));
        assertNull(explanation.egress().nearest());
    }

    @Test
    void shouldNameTheRuleWithTheRightPeerAndTheWrongPort() {
        Explanation explanation = explain(api(), "api", "db", 22);

        Explanation.Nearest nearest = explanation.ingress().nearest();
        assertEquals(DropReason.INGRESS_NO_RULE.code(), explanation.reason());
        assertNotNull(nearest);
        assertEquals("in", nearest.rule().rule().ruleId());
        assertEquals(List.of("it is for tcp/5432"), nearest.differences());
    }

    @Test
    void shouldNameTheRuleWithTheRightPortAndTheWrongPeer() {
        Explanation explanation = explain(api(), "web", "db", 5432);

        Explanation.Nearest nearest = explanation.ingress().nearest();
        assertNotNull(nearest);
        assertEquals(List.of("it is for api, not web"), nearest.differences());
    }

    @Test
    void shouldRunTheTestsOfComponents() {
        Rule in = Documents.from("in", RuleAction.ALLOW, new Peer.ById("api"), Documents.tcp(5432));
        Rule out = Documents.to("out", RuleAction.ALLOW, new Peer.Any());
        PolicyTest holds = new PolicyTest("api", "db", Documents.TCP, 5432, true);
        PolicyTest fails = new PolicyTest("reserved.world", "db", Documents.TCP, 5432, true);
        PolicyEpoch epoch = compile(
                Documents.component("api", 1, List.of(), List.of(out)),
                Documents.component("db", 2, List.of(in), List.of(), holds, fails));

        List<String> failures = PolicyTests.failures(epoch, 0).stream()
                .map(problem -> problem.key() + ": " + problem.problem())
                .toList();

        assertEquals(
                List.of("spec.tests[1]: expected allow from reserved.world () to db (vm2): was ingress-no-rule"),
                failures);
    }

    /** Both sides together, as an explanation tells them, are the verdict that the packet path gives. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void shouldTellWhatThePacketPathDoes() {
        System.out.println("seed " + SEED);
        Verdict verdict = new Verdict();
        int flows = 0;
        for (long seed = SEED; flows < FLOWS; seed++) {
            RandomPolicies random = new RandomPolicies(seed);
            List<Document> documents = random.documents();
            try {
                EvaluatorOracleTest.Case request = new EvaluatorOracleTest.Case(
                        PolicySet.EMPTY.with(documents), random.grants(), random.quarantined(), random.labelSettings());
                PolicyEpoch epoch = new PolicyCompiler(1 << 26).compile(request.request(1));
                List<Instance> instances = RandomPolicies.instances(documents);
                for (int i = 0; i < FLOWS_A_POLICY; i++, flows++) {
                    FlowKey key = EvaluatorOracleTest.key(epoch, random.flow(instances));
                    long atNs = RandomPolicies.NOW_NS + random.random().nextInt(1_000_000);
                    epoch.evaluate(key, atNs, verdict);
                    assertSame(epoch, verdict, Explainer.explain(epoch, key, atNs), "seed " + seed + " flow " + i);
                }
            } catch (ProblemException clash) {
                // Random documents may contradict each other.
            }
        }
    }

    private static void assertSame(PolicyEpoch epoch, Verdict verdict, Explanation told, String where) {
        Explanation.Side stricter = told.ingress().action() > told.egress().action() ? told.ingress() : told.egress();
        assertEquals(verdict.action(), told.action(), where);
        assertEquals(verdict.action(), stricter.action(), where);
        assertEquals(verdict.reason(), stricter.reason(), where);
        assertEquals(epoch.identityName(verdict.sourceIdentity()), told.egress().component(), where);
        assertEquals(verdict.egressRule(), rule(told.egress().rule()), where);
        assertEquals(verdict.ingressRule(), rule(told.ingress().rule()), where);
        assertEquals(LevelNumbers.process().text(verdict.label()), told.label().level(), where);
        assertEquals(LabelTable.denies(verdict.reason()), told.label().failed() != LabelStep.Check.NONE, where);
        for (Explanation.Side side : List.of(told.egress(), told.ingress())) {
            if (side.rule() != null) {
                assertEquals(side.rule(), side.tiers().getLast().decided(), where);
            }
        }
        assertTrue(told.validUntilNs() == verdict.validUntilNs(), where);
    }

    private static int rule(Explanation.@Nullable Matched matched) {
        return matched == null ? 0 : matched.rule().number();
    }
}
