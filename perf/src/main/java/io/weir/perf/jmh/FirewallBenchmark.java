package io.weir.perf.jmh;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.weir.datapath.packet.PacketBatch;
import io.weir.perf.firewall.FirewallPipeline;
import io.weir.perf.firewall.StubPolicy;
import io.weir.perf.firewall.UdpBatch;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * What a 64-byte UDP frame costs under the firewall, in memory and in batches of 64: parse, port guard, VLAN, source guard,
 * learning, the way out, verdict and counters. Frames of as many sessions as the parameter says come in scattered order, so that
 * each finds its session in no cache that is smaller. The policy is a stub that answers at once: what an answer costs
 * is another benchmark's. Figures are for one frame; {@link #refill} is part of all.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@OperationsPerInvocation(PacketBatch.CAPACITY)
public class FirewallBenchmark {
    private static final int SESSION_CAPACITY = 1 << 18;
    private static final List<String> PORTS = List.of("port0", "port1");
    private static final int SOURCES = 256;
    private static final int SOURCE_IP_OFFSET = 26;
    private static final int SOURCE_PORT_OFFSET = 34;
    /** Prime, so that it visits every session before it repeats. */
    private static final int STEP = 7_919;

    @Param({"64", "100000"})
    private int sessions;

    private final UdpBatch frames = new UdpBatch();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final StubPolicy policy = new StubPolicy(PORTS);
    private final FirewallPipeline stages = new FirewallPipeline(PORTS, SESSION_CAPACITY);
    private int next;

    /** Begins the sessions; a benchmark of frames that are dropped would be a fast one. */
    @Setup
    public void begin() {
        stages.take(policy);
        stages.learn(UdpBatch.RECEIVER_MAC, UdpBatch.EGRESS_PORT, UdpBatch.NOW_NS);
        for (int done = 0; done < sessions * 2; done += PacketBatch.CAPACITY) {
            PacketBatch batch = pipeline();
            for (int i = 0; i < batch.count(); i++) {
                if (!batch.forwarded(i) || batch.egressPort(i) != UdpBatch.EGRESS_PORT) {
                    throw new IllegalStateException("frame %d: drop reason %d, egress port %d"
                            .formatted(i, batch.dropReason(i), batch.egressPort(i)));
                }
            }
        }
        if (stages.sessions().count() != sessions) {
            throw new IllegalStateException(stages.sessions().count() + " sessions instead of " + sessions);
        }
    }

    @Setup(Level.Iteration)
    public void allow() {
        policy.allows(true);
    }

    @Benchmark
    public PacketBatch refill() {
        PacketBatch batch = frames.refilled();
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            next += STEP;
            next = next >= sessions ? next % sessions : next;
            view.wrap(batch.address(i), UdpBatch.FRAME_LENGTH);
            view.putInt(SOURCE_IP_OFFSET, 0x0A4D_0000 | (next & (SOURCES - 1)), BIG_ENDIAN);
            view.putShort(SOURCE_PORT_OFFSET, (short) (1024 + next / SOURCES), BIG_ENDIAN);
        }
        return batch;
    }

    @Benchmark
    public PacketBatch parse() {
        PacketBatch batch = refill();
        stages.process(batch, 1);
        return batch;
    }

    @Benchmark
    public PacketBatch bridge() {
        PacketBatch batch = refill();
        stages.process(batch, stages.beforeFirewall());
        return batch;
    }

    @Benchmark
    public PacketBatch pipeline() {
        PacketBatch batch = refill();
        stages.process(batch);
        return batch;
    }

    /** Every frame under a key of its own. */
    @Benchmark
    public PacketBatch denied() {
        policy.allows(false);
        PacketBatch batch = refill();
        // Another destination than any session's.
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            view.wrap(batch.address(i), UdpBatch.FRAME_LENGTH);
            view.putShort(SOURCE_PORT_OFFSET, (short) 7, BIG_ENDIAN);
        }
        stages.process(batch);
        return batch;
    }

    @TearDown
    public void close() {
        frames.close();
        stages.close();
    }
}
