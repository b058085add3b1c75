package io.weir.perf.label;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

import io.weir.identity.compliance.Compliance;
import io.weir.identity.compliance.ComplianceResult;
import io.weir.identity.compliance.ComplianceResult.Outcome;
import io.weir.identity.compliance.FlowBound;
import io.weir.identity.compliance.FlowGraph;
import io.weir.identity.compliance.LabelMap;

/**
 * How long it takes to compare a policy of 4,096 labels and 1,000,000 rules with another: the closure of both, all pairs that flow, and
 * once more with a single rule too many, which must be found. The worse of both, the median of several runs.
 *
 * <p>Prints {@code compliance_time} in seconds.
 */
public final class ComplianceTime {
    private static final int LABELS = 4096;
    private static final int RULES = 1_000_000;
    private static final int RUNS = 7;
    private static final int WARM_UP_RUNS = 3;
    private static final long SEED = 20_081_031;
    private static final double NS_PER_SECOND = 1e9;

    private ComplianceTime() {}

    /** {@code --quick}: fewer runs. */
    public static void main(String[] arguments) {
        int runs = List.of(arguments).contains("--quick") ? 1 : RUNS;
        FlowGraph bound = random(false);
        FlowGraph compliant = random(false);
        FlowGraph leaking = random(true);
        for (int run = 0; run < WARM_UP_RUNS; run++) {
            time(compliant, bound, Outcome.COMPLIANT);
        }
        double good = median(runs, compliant, bound, Outcome.COMPLIANT);
        double bad = median(runs, leaking, bound, Outcome.VIOLATED);
        System.out.printf(Locale.ROOT, "compliance_time %.3f%n", Math.max(good, bad) / NS_PER_SECOND);
    }

    private static double median(int runs, FlowGraph policy, FlowGraph bound, Outcome expected) {
        long[] times = new long[runs];
        for (int run = 0; run < runs; run++) {
            times[run] = time(policy, bound, expected);
        }
        Arrays.sort(times);
        return times[runs / 2];
    }

    private static long time(FlowGraph policy, FlowGraph bound, Outcome expected) {
        long begin = System.nanoTime();
        ComplianceResult result = Compliance.check(policy, LabelMap.SAME, FlowBound.of(bound));
        long time = System.nanoTime() - begin;
        if (result.outcome() != expected) {
            throw new IllegalStateException("outcome " + result.outcome() + " instead of " + expected);
        }
        return time;
    }

    /** Rules from lower labels to higher ones, so that nothing flows down; but for one from the highest to the lowest when asked. */
    private static FlowGraph random(boolean leaks) {
        SplittableRandom random = new SplittableRandom(SEED);
        FlowGraph.Builder builder = FlowGraph.builder();
        for (int label = 0; label < LABELS; label++) {
            int _ = builder.label("l" + label);
        }
        int reason = builder.reason("random rule");
        for (int rule = 0; rule < RULES; rule++) {
            int one = random.nextInt(LABELS);
            int other = random.nextInt(LABELS);
            builder.step(Math.min(one, other), Math.max(one, other), reason);
        }
        if (leaks) {
            builder.step(LABELS - 1, 0, reason);
        }
        return builder.build();
    }
}
