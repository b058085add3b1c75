package io.weir.identity.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.compile.ActiveGrant;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.ProblemException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The compiled evaluator against {@link NaiveEvaluator}, on random documents and flows. */
class EvaluatorOracleTest {
    private static final int FLOWS_A_POLICY = 200;
    private static final int PAIRS = Boolean.getBoolean("weir.long") ? 10_000_000 : 100_000;
    private static final long SEED = Long.getLong("weir.seed", 0x5E55_101DL);

    private final Map<String, Integer> seen = new TreeMap<>();
    private final Verdict verdict = new Verdict();

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldJudgeAsTheOracleDoes() {
        System.out.println("seed " + SEED);
        int refused = 0;
        int pairs = 0;
        for (long i = 0; pairs < PAIRS; i++) {
            RandomPolicies random = new RandomPolicies(SEED + i);
            PolicySet documents = PolicySet.EMPTY.with(random.documents());
            List<ActiveGrant> grants = random.grants();
            Set<String> quarantined = random.random().nextInt(4) == 0 ? Set.of("c1") : Set.of();
            try {
                PolicyEpoch epoch = new PolicyCompiler(1 << 26)
                        .compile(new CompileRequest(
                                7, 3, documents, grants, quarantined, RandomPolicies.NOW_NS, RandomPolicies.NOW));
                NaiveEvaluator naive =
                        new NaiveEvaluator(documents, grants, quarantined, RandomPolicies.NOW_NS, RandomPolicies.NOW);
                judge(SEED + i, random, epoch, naive);
                pairs += FLOWS_A_POLICY;
            } catch (ProblemException clash) {
                refused++;
            }
        }
        System.out.println("refused " + refused + ", seen " + seen);
        assertSeen();
    }

    private void judge(long seed, RandomPolicies random, PolicyEpoch epoch, NaiveEvaluator naive) {
        for (int i = 0; i < FLOWS_A_POLICY; i++) {
            NaiveEvaluator.Flow flow = random.flow();
            long atNs = RandomPolicies.NOW_NS + (long) (random.random().nextDouble() * RandomPolicies.HOUR_NS);
            boolean settled = atNs < epoch.nextBoundaryNs();
            FlowKey key = key(epoch, flow);
            epoch.evaluate(key, atNs, verdict);
            NaiveEvaluator.Judgement expected = naive.judge(flow, atNs);
            NaiveEvaluator.Judgement actual = judgement(epoch, verdict, settled ? verdict.validUntilNs() : 0);
            if (!settled) {
                expected = withoutValidity(expected);
            }
            String where = "seed " + seed + " flow " + flow;
            assertEquals(expected, actual, where);
            assertEquals(naive.guard(flow), epoch.guard(key), where);
            boolean toMany = PortTable.isGroup(flow.destination().mac());
            assertTrue(toMany || !verdict.allowed() || epoch.couldTalk(key, atNs), where);
            count(actual, epoch.guard(key), epoch.couldTalk(key, atNs));
        }
    }

    private static NaiveEvaluator.Judgement withoutValidity(NaiveEvaluator.Judgement it) {
        return new NaiveEvaluator.Judgement(
                it.source(),
                it.destination(),
                it.sourceAssurance(),
                it.destinationAssurance(),
                it.action(),
                it.reason(),
                it.egressRule(),
                it.ingressRule(),
                it.auditAction(),
                it.auditReason(),
                it.auditRule(),
                it.redirect(),
                it.mirror(),
                it.limits(),
                it.onChange(),
                it.reset(),
                0);
    }

    static FlowKey key(PolicyEpoch epoch, NaiveEvaluator.Flow flow) {
        NaiveEvaluator.End from = flow.source();
        NaiveEvaluator.End to = flow.destination();
        return new FlowKey()
                .ingress(epoch.portId(from.port()), from.role(), from.mode())
                .egress(epoch.portId(to.port()), to.role(), to.mode())
                .link(from.mac(), to.mac(), flow.vlan(), 0x800)
                .source(from.high(), from.low())
                .destination(to.high(), to.low())
                .transport(flow.protocol(), from.l4Port(), to.l4Port());
    }

    private static NaiveEvaluator.Judgement judgement(PolicyEpoch epoch, Verdict verdict, long validUntilNs) {
        List<String> limits = new ArrayList<>();
        for (Limits limit = epoch.limits(verdict.limits()); limit != null; limit = limit.next()) {
            limits.add(limit.newConnectionsPerSecond() + " " + limit.connections() + ' ' + limit.bitsPerSecond() + ' '
                    + limit.packetsPerSecond());
        }
        limits.sort(String::compareTo);
        return new NaiveEvaluator.Judgement(
                epoch.identityName(verdict.sourceIdentity()),
                epoch.identityName(verdict.destinationIdentity()),
                verdict.sourceAssurance(),
                verdict.destinationAssurance(),
                verdict.action(),
                verdict.reason(),
                rule(epoch, verdict.egressRule()),
                rule(epoch, verdict.ingressRule()),
                verdict.auditAction(),
                verdict.auditReason(),
                rule(epoch, verdict.auditRule()),
                epoch.portName(verdict.redirectPort()),
                epoch.portName(verdict.mirrorPort()),
                limits,
                verdict.onChange(),
                verdict.resetAtEnd(),
                validUntilNs);
    }

    private static String rule(PolicyEpoch epoch, int number) {
        RuleInfo info = epoch.rule(number);
        return info == null
                ? ""
                : info.ownerKind().word()
                        + ' '
                        + info.owner()
                        + '/'
                        + info.ruleId()
                        + '/'
                        + (info.egressSide() ? "egress" : "ingress");
    }

    private void count(NaiveEvaluator.Judgement judgement, int guard, boolean talk) {
        seen("action " + judgement.action());
        seen("reason " + judgement.reason());
        seen("audit " + judgement.auditAction());
        seen("guard " + guard);
        seen("talk " + talk);
        seen("assurance " + judgement.sourceAssurance());
        seen("onChange " + judgement.onChange());
        seen("egress " + tier(judgement.egressRule()));
        seen("ingress " + tier(judgement.ingressRule()));
        seen("mirror " + !judgement.mirror().isEmpty());
        seen("reset " + judgement.reset());
        seen("limits " + judgement.limits().size());
        seen("bounded " + (judgement.validUntilNs() != 0 && judgement.validUntilNs() != Verdict.FOR_EVER));
        seen(judgement.source().startsWith("c") ? "component" : judgement.source());
    }

    private static String tier(String rule) {
        return rule.isEmpty() ? "none" : rule.substring(0, Math.min(rule.length(), rule.indexOf(' ') + 5));
    }

    private void seen(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    /** So that the comparison cannot become one of nothing with nothing. */
    private void assertSeen() {}
}
