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

import io.weir.datapath.bridge.MacTable;
import io.weir.datapath.bridge.TableUpdates;

/** Look-ups in the forwarding database: of addresses that are there in a scattered order, and of one that is not. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MacTableBenchmark {
    private static final int CAPACITY = 1 << 16;
    private static final long SEED = 0x5E55_101DL;
    private static final long FIRST_MAC = 0x52_54_00_00_00_00L;
    private static final int VLAN = 1;
    private static final long NOW_NS = 1;
    private static final long AGEING_NS = TimeUnit.SECONDS.toNanos(300);
    /** Odd, so that it visits every address before it repeats; large, so that it leaves the cache line. */
    private static final int STEP = 7_919;

    /** A few hosts, all in the first-level cache, and as many as do not fit there. */
    @Param({"2", "1024", "32768"})
    private int addresses;

    private final MacTable table = MacTable.create(CAPACITY, SEED, AGEING_NS, TableUpdates.NONE);
    private int next;

    @Setup
    public void learn() {
        for (int i = 0; i < addresses; i++) {
            int outcome = table.learn(VLAN, FIRST_MAC + i, i & 1, NOW_NS, MacTable.LEARNED, 0, 0);
            if (outcome != MacTable.ADDED) {
                throw new IllegalStateException("address " + i + " was not learned: " + outcome);
            }
        }
    }

    @Benchmark
    public int found() {
        next = next + STEP & addresses - 1;
        return table.lookup(VLAN, FIRST_MAC + next, NOW_NS);
    }

    @Benchmark
    public int missed() {
        return table.lookup(VLAN + 1, FIRST_MAC, NOW_NS);
    }
}
