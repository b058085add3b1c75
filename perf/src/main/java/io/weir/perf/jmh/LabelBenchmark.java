package io.weir.perf.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

import io.weir.datapath.policy.WireLevel;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.LevelRelations;

/**
 * The questions about labels that packets ask: whether a level lies in a range, whose tables know it, or were made before it was
 * numbered; and the number of a level that a label option says.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LabelBenchmark {
    private static final long SEED = 0x1ABE1L;
    private static final int RANGES = 64;
    /** Odd, so that it visits all levels and ranges before it repeats. */
    private static final int STEP = 61;

    /** How many levels are numbered, a power of two. */
    @Param({"256", "2048"})
    private int levels;

    private final LevelNumbers numbers = new LevelNumbers(new Random(SEED));
    private WireLevel[] wire = new WireLevel[0];
    private LevelRelations known = LevelRelations.none(numbers);
    private LevelRelations unknown = LevelRelations.none(numbers);
    private int next;

    /** Levels of up to eight categories, and ranges that begin at the lowest. */
    @Setup
    public void fill() {
        Random random = new Random(SEED);
        List<LevelRange> ranges = new ArrayList<>();
        for (int i = 0; i < RANGES; i++) {
            ranges.add(new LevelRange(Level.LOWEST, level(random).lub(level(random))));
        }
        unknown = unknown.with(ranges);
        wire = new WireLevel[levels];
        while (numbers.highest() < levels) {
            Level level = level(random);
            int number = numbers.number(level);
            wire[number - 1] = new WireLevel();
            level.copyTo(wire[number - 1]);
        }
        known = known.with(ranges);
    }

    private static Level level(Random random) {
        return Level.of(
                random.nextInt(16), random.ints(random.nextInt(8), 0, 1024).toArray());
    }

    private int step() {
        next = (next + STEP) & (levels - 1);
        return next;
    }

    @Benchmark
    public boolean check() {
        int at = step();
        return known.contains(at & (RANGES - 1), 1 + at);
    }

    @Benchmark
    public boolean checkOfALaterLevel() {
        int at = step();
        return unknown.contains(at & (RANGES - 1), 1 + at);
    }

    @Benchmark
    public int number() {
        return numbers.number(wire[step()]);
    }
}
