package io.weir.identity.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.compile.ActiveGrant;
import io.weir.identity.compile.CompileRequest;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.SecurityContext;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The compiled evaluator against {@link NaiveEvaluator}, on random documents and flows: {@code -Dweir.long=true} for a hundred times as
 * many, {@code -Dweir.seed=N} for others.
 */
class EvaluatorOracleTest {
    private static final int FLOWS_A_POLICY = 200;
    private static final int PAIRS = Boolean.getBoolean("weir.long") ? 10_000_000 : 100_000;
    private static final int CHANGES = Boolean.getBoolean("weir.long") ? 100_000 : 2_000;
    private static final int CHANGES_A_SEQUENCE = 20;
    private static final int FLOWS_A_CHANGE = 20;
    private static final long BUDGET = 1 << 26;
    private static final List<String> SEEN = List.of(
            "action 1",
            "action 2",
            "action 3",
            "action 4",
            "reason 0",
            "reason 121",
            "reason 122",
            "reason 123",
            "reason 124",
            "reason 125",
            "reason 126",
            "reason 127",
            "reason 138",
            "reason 180",
            "level true",
            "level false",
            "proven true",
            "labelled true",
            "audit 0",
            "audit 2",
            "audit 3",
            "audit 4",
            "guard 0",
            "guard 110",
            "guard 111",
            "guard 112",
            "foreign true",
            "talk false",
            "talk true",
            "assurance 0",
            "assurance 1",
            "assurance 2",
            "assurance 3",
            "assurance 4",
            "assurance 5",
            "onChange 0",
            "onChange 1",
            "onChange 2",
            "egress emergency",
            "egress platform",
            "egress grant",
            "egress component",
            "egress baseline",
            "egress none",
            "ingress emergency",
            "ingress platform",
            "ingress grant",
            "ingress component",
            "ingress baseline",
            "ingress none",
            "mirror true",
            "reset true",
            "limits 1",
            "limits 2",
            "limits 3",
            "bounded true",
            "component",
            "reserved.host",
            "reserved.world",
            "reserved.unknown");
    private static final LevelNumbers NUMBERS = LevelNumbers.process();
    private static final long SEED = Long.getLong("weir.seed", 0x5E55_101DL);

    private final Map<String, Integer> seen = new TreeMap<>();
    private final Verdict verdict = new Verdict();

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldJudgeAsTheOracleDoes() {
        System.out.println("seed " + SEED);
        int refused = 0;
        int pairs = 0;
        for (long seed = SEED; pairs < PAIRS; seed++) {
            RandomPolicies random = new RandomPolicies(seed);
            List<Document> documents = random.documents();
            Case request = new Case(
                    PolicySet.EMPTY.with(documents), random.grants(), random.quarantined(), random.labelSettings());
            try {
                PolicyEpoch epoch = new PolicyCompiler(BUDGET).compile(request.request(7));
                judge("seed " + seed, random, epoch, request, FLOWS_A_POLICY);
                pairs += FLOWS_A_POLICY;
            } catch (ProblemException clash) {
                refused++;
            }
        }
        System.out.println("refused " + refused + ", seen " + seen);
        assertSeen();
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldJudgeAsTheOracleDoesAfterEachOfManyChanges() {
        int compiled = 0;
        int refused = 0;
        for (long seed = SEED; compiled < CHANGES; seed++) {
            RandomPolicies random = new RandomPolicies(seed);
            PolicyCompiler compiler = new PolicyCompiler(BUDGET);
            Case last = new Case(PolicySet.EMPTY.with(random.documents()), List.of(), Set.of(), LabelSettings.NONE);
            for (int i = 0; i < CHANGES_A_SEQUENCE; i++) {
                Case next = i == 0 ? last : random.changed(last);
                try {
                    PolicyEpoch epoch = compiler.compile(next.request(i + 1));
                    judge("seed " + seed + " change " + i, random, epoch, next, FLOWS_A_CHANGE);
                    last = next;
                    compiled++;
                } catch (ProblemException clash) {
                    refused++;
                }
            }
        }
        System.out.println("changes " + compiled + ", refused " + refused);
        assertTrue(refused < 4 * compiled, "most changes are refused: " + refused);
    }

    private void judge(String seed, RandomPolicies random, PolicyEpoch epoch, Case request, int flows) {
        NaiveEvaluator naive = request.naive();
        List<Instance> instances =
                RandomPolicies.instances(List.copyOf(request.documents().documents()));
        for (int i = 0; i < flows; i++) {
            NaiveEvaluator.Flow flow = random.flow(instances);
            long atNs = RandomPolicies.NOW_NS + (long) (random.random().nextDouble() * RandomPolicies.HOUR_NS);
            boolean settled = atNs < epoch.nextBoundaryNs();
            FlowKey key = key(epoch, flow);
            epoch.evaluate(key, atNs, verdict);
            NaiveEvaluator.Judgement expected = naive.judge(flow, atNs);
            NaiveEvaluator.Judgement actual = judgement(epoch, verdict, settled ? verdict.validUntilNs() : 0);
            String where = seed + " flow " + flow + " at " + atNs;
            assertEquals(settled ? expected : withoutValidity(expected), actual, where);
            assertEquals(naive.guard(flow, true), epoch.guard(key.fromRouter(true)), where);
            assertEquals(naive.guard(flow, false), epoch.guard(key.fromRouter(false)), where);
            seen("proven " + (!flow.level().isEmpty() && verdict.allowed()));
            seen("foreign " + (naive.guard(flow, true) != naive.guard(flow, false)));
            boolean toMany = PortTable.isGroup(flow.destination().mac());
            assertTrue(toMany || !verdict.allowed() || epoch.couldTalk(key, atNs), where);
            boolean told =
                    !flow.ip() && (flow.source().low() | flow.destination().low()) != 0;
            assertTrue(told || !verdict.allowed() || epoch.level(key) == verdict.label(), where);
            boolean outside = !flow.level().isEmpty()
                    && !(naive.labels().inPort(flow.source(), flow.level())
                            && naive.labels().inPort(flow.destination(), flow.level()));
            assertFalse(outside && epoch.couldTalk(key, atNs), where);
            count(epoch, actual, epoch.guard(key), epoch.couldTalk(key, atNs));
        }
    }

    private static NaiveEvaluator.Judgement withoutValidity(NaiveEvaluator.Judgement it) {
        return new NaiveEvaluator.Judgement(
                it.source(),
                it.destination(),
                it.sourceAssurance(),
                it.destinationAssurance(),
                it.level(),
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

    /** What is compiled and judged. */
    record Case(PolicySet documents, List<ActiveGrant> grants, Set<String> quarantined, LabelSettings labels) {
        CompileRequest request(int epoch) {
            return new CompileRequest(
                    epoch, 3, documents, grants, quarantined, RandomPolicies.NOW_NS, RandomPolicies.NOW, labels);
        }

        NaiveEvaluator naive() {
            return new NaiveEvaluator(
                    documents, grants, quarantined, naiveLabels(), RandomPolicies.NOW_NS, RandomPolicies.NOW);
        }

        private NaiveLabels naiveLabels() {
            LabelDomain domain = labels.domain();
            Set<String> sends = new TreeSet<>();
            domain.receivers().forEach((from, all) -> all.forEach(to -> sends.add(from + ' ' + to)));
            Map<String, String> ports = new TreeMap<>();
            labels.ports().forEach((port, range) -> ports.put(port, range.toString()));
            return new NaiveLabels(
                    !domain.equals(LabelDomain.NONE),
                    domain.unlabeled().toString(),
                    domain.types().keySet(),
                    sends,
                    ports);
        }
    }

    static FlowKey key(PolicyEpoch epoch, NaiveEvaluator.Flow flow) {
        NaiveEvaluator.End from = flow.source();
        NaiveEvaluator.End to = flow.destination();
        return new FlowKey()
                .ingress(epoch.portId(from.port()), from.role(), from.mode())
                .egress(epoch.portId(to.port()), to.role(), to.mode())
                .label(flow.level().isEmpty() ? 0 : NUMBERS.number(Level.parse(flow.level())))
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
                NUMBERS.text(verdict.label()),
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

    private void count(PolicyEpoch epoch, NaiveEvaluator.Judgement judgement, int guard, boolean talk) {
        seen("action " + judgement.action());
        seen("reason " + judgement.reason());
        seen("audit " + judgement.auditAction());
        seen("level " + !judgement.level().isEmpty());
        seen("labelled " + !epoch.contextOf(verdict.sourceIdentity()).equals(SecurityContext.UNLABELED));
        seen("guard " + guard);
        seen("talk " + talk);
        seen("assurance " + judgement.sourceAssurance());
        seen("onChange " + judgement.onChange());
        seen("egress " + tier(epoch, verdict.egressRule()));
        seen("ingress " + tier(epoch, verdict.ingressRule()));
        seen("mirror " + !judgement.mirror().isEmpty());
        seen("reset " + judgement.reset());
        seen("limits " + judgement.limits().size());
        seen("bounded " + (judgement.validUntilNs() != 0 && judgement.validUntilNs() != Verdict.FOR_EVER));
        seen(judgement.source().startsWith("c") ? "component" : judgement.source());
    }

    private static String tier(PolicyEpoch epoch, int rule) {
        RuleInfo info = epoch.rule(rule);
        return info == null ? "none" : info.tier().word();
    }

    private void seen(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    /** So that the comparison cannot become one of nothing with nothing. */
    private void assertSeen() {
        for (String what : SEEN) {
            assertTrue(seen.getOrDefault(what, 0) >= 20, () -> what + " was hardly seen: " + seen);
        }
    }
}
