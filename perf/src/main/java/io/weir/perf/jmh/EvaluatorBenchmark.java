package io.weir.perf.jmh;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.perf.firewall.PolicyFixture;

/**
 * Judging a flow, under a few rules and under as many as a large host has: flows between ten components, whose tables stay in the
 * first-level cache, and flows between all of them in a scattered order, each of which finds its tables in memory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EvaluatorBenchmark {
    private static final int FEW = 10;
    /** Odd and no multiple of five, so that it visits every component before it repeats. */
    private static final int STEP = 7_919;

    /** Components, each with one rule. */
    @Param({"10", "100000"})
    private int rules;

    private final FlowKey key = new FlowKey();
    private final Verdict verdict = new Verdict();
    private PolicyFixture fixture = new PolicyFixture(FEW, 1);
    private PolicyEpoch epoch = compile(fixture);
    private int[] portIds = new int[0];
    private int next;

    @Setup
    public void compile() {
        fixture = new PolicyFixture(rules, 1);
        epoch = compile(fixture);
        portIds = fixture.ports().stream().mapToInt(epoch::portId).toArray();
        fixture.flow(key, 0, portIds);
        if (!judge().allowed()) {
            throw new IllegalStateException("the flow is not allowed: reason " + verdict.reason());
        }
    }

    private static PolicyEpoch compile(PolicyFixture of) {
        return new PolicyCompiler(PolicyCompiler.DEFAULT_BUDGET_BYTES).compile(of.request(1, of.documents()));
    }

    private Verdict judge() {
        epoch.evaluate(key, PolicyFixture.NOW_NS, verdict);
        return verdict;
    }

    @Benchmark
    public int few() {
        next = next == FEW - 1 ? 0 : next + 1;
        fixture.flow(key, next, portIds);
        return judge().action();
    }

    @Benchmark
    public int scattered() {
        next = (next + STEP) % rules;
        fixture.flow(key, next, portIds);
        return judge().action();
    }

    @Benchmark
    public int guard() {
        next = next == FEW - 1 ? 0 : next + 1;
        fixture.flow(key, next, portIds);
        return epoch.guard(key);
    }
}
