package io.weir.identity.compliance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import io.weir.identity.compliance.ComplianceResult.Outcome;
import io.weir.identity.compliance.ComplianceResult.Step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Random policies against brute force. */
class ComplianceOracleTest {
    private static final long SEED = 20_081_031;
    private static final int CASES = Integer.getInteger("weir.compliance.cases", 20_000);
    private static final int MAX_NODES = 12;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<int[]> steps = new ArrayList<>();
    private int labels;

    @Test
    void shouldAgreeWithBruteForce() {
        int violated = 0;
        for (int i = 0; i < CASES; i++) {
            int nodes = 1 + random.nextInt(MAX_NODES);
            labels = 1 + random.nextInt(nodes);
            FlowGraph policy = graph(nodes, random.nextInt(2 * nodes + 1));
            NaiveClosure flows = new NaiveClosure(nodes, steps);
            FlowGraph other = graph(labels, random.nextInt(3 * labels + 1));
            NaiveClosure allowed = new NaiveClosure(labels, steps);

            ComplianceResult result = Compliance.check(policy, LabelMap.SAME, FlowBound.of(other));

            violated += agree(i, policy, flows, allowed, result);
        }
        assertTrue(violated > CASES / 20 && violated < CASES, "cases of both kinds: " + violated);
    }

    private int agree(int i, FlowGraph policy, NaiveClosure flows, NaiveClosure allowed, ComplianceResult result) {
        int shortest = NaiveClosure.FAR;
        for (int from = 0; from < labels; from++) {
            for (int to = 0; to < labels; to++) {
                if (allowed.length(from, to) >= NaiveClosure.FAR) {
                    shortest = Math.min(shortest, flows.length(from, to));
                }
            }
        }
        boolean violates = shortest < NaiveClosure.FAR;
        assertEquals(violates ? Outcome.VIOLATED : Outcome.COMPLIANT, result.outcome(), "case " + i);
        assertEquals(violates ? shortest : 0, result.counterexample().size(), "case " + i);
        if (violates) {
            check(policy, allowed, result.counterexample());
        }
        return violates ? 1 : 0;
    }

    /** The counterexample is a way in the policy, and leads where it must not. */
    private static void check(FlowGraph policy, NaiveClosure allowed, List<Step> way) {
        for (int at = 0; at < way.size(); at++) {
            assertTrue(has(policy, way.get(at)), () -> "no such step in " + way);
            assertTrue(at == 0 || way.get(at).from().equals(way.get(at - 1).to()), () -> "not one way: " + way);
        }
        int from = policy.node(way.getFirst().from());
        int to = policy.node(way.getLast().to());
        assertTrue(policy.isLabel(from) && policy.isLabel(to));
        assertTrue(allowed.length(from, to) >= NaiveClosure.FAR);
    }

    private static boolean has(FlowGraph policy, Step step) {
        int node = policy.node(step.from());
        for (int at = policy.firstStep(node); at < policy.firstStep(node + 1); at++) {
            if (policy.name(policy.target(at)).equals(step.to())
                    && policy.reason(at).equals(step.reason())) {
                return true;
            }
        }
        return false;
    }

    /** The first nodes are labels, so that numbers agree with those of the oracle. */
    private FlowGraph graph(int nodes, int count) {
        FlowGraph.Builder builder = FlowGraph.builder();
        for (int node = 0; node < nodes; node++) {
            int _ = node < labels ? builder.label("l" + node) : builder.carrier("c" + node);
        }
        steps.clear();
        int reason = builder.reason("random");
        for (int i = 0; i < count; i++) {
            int[] step = {random.nextInt(nodes), random.nextInt(nodes)};
            steps.add(step);
            builder.step(step[0], step[1], reason);
        }
        return builder.build();
    }
}
