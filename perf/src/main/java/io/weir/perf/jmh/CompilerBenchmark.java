package io.weir.perf.jmh;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.PolicySet;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.perf.firewall.PolicyFixture;

/** Compiling 10,000 components with ten rules each: all of them, and one of them after the others were compiled. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CompilerBenchmark {
    private static final int COMPONENTS = 10_000;
    private static final int RULES_EACH = 10;
    private static final int VARIANTS = 2;

    private final PolicyFixture fixture = new PolicyFixture(COMPONENTS, RULES_EACH);
    private final PolicyCompiler compiler = new PolicyCompiler(PolicyCompiler.DEFAULT_BUDGET_BYTES);
    private final PolicySet[] variants = new PolicySet[VARIANTS];
    private int epoch;

    @Setup
    public void compile() {
        PolicySet all = fixture.documents();
        for (int i = 0; i < VARIANTS; i++) {
            variants[i] = all.with(List.of(fixture.component(COMPONENTS / 2, i)));
        }
        compiler.compile(fixture.request(++epoch, all));
    }

    @Benchmark
    public PolicyEpoch oneChanged() {
        epoch++;
        return compiler.compile(fixture.request(epoch, variants[epoch % VARIANTS]));
    }

    @Benchmark
    public PolicyEpoch all() {
        return new PolicyCompiler(PolicyCompiler.DEFAULT_BUDGET_BYTES).compile(fixture.request(1, fixture.documents()));
    }
}
