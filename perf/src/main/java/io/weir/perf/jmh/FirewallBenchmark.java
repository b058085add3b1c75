package io.weir.perf.jmh;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
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

import io.weir.datapath.bridge.BridgeStage;
import io.weir.datapath.bridge.LearnStage;
import io.weir.datapath.bridge.MacTable;
import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.bridge.PortGuardStage;
import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.bridge.TableUpdates;
import io.weir.datapath.bridge.VlanIngressStage;
import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.firewall.DenyRecorder;
import io.weir.datapath.firewall.DenyTable;
import io.weir.datapath.firewall.FirewallStage;
import io.weir.datapath.firewall.FlowRing;
import io.weir.datapath.firewall.Sessions;
import io.weir.datapath.firewall.SourceGuardStage;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;

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
    private static final int MAC_CAPACITY = 1 << 14;
    private static final int SESSION_CAPACITY = 1 << 18;
    private static final long SEED = 0x5E55_101DL;
    private static final int MTU_BYTES = 1_500;
    private static final int SOURCES = 256;
    private static final int SOURCE_IP_OFFSET = 26;
    private static final int SOURCE_PORT_OFFSET = 34;
    /** Prime, so that it visits every session before it repeats. */
    private static final int STEP = 7_919;

    private static final PortEvents NO_EVENTS = (kind, port, mac, other) -> {};

    @Param({"64", "100000"})
    private int sessions;

    private final UdpBatch frames = new UdpBatch();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final StubPolicy policy = new StubPolicy();
    private final DenyTable denies = new DenyTable();
    private final FlowRing events = new FlowRing();
    private final Sessions table = new Sessions(SESSION_CAPACITY, SEED, events);
    private final CounterTable counters = new CounterTable();
    private final Stage[] stages = stages();
    private int next;

    /** Allows everything, or denies it for another reason each time. */
    private static final class StubPolicy implements Policy {
        private boolean allows = true;
        private long random = SEED;

        @Override
        public int epoch() {
            return 1;
        }

        @Override
        public int portId(String portName) {
            return portName.equals("port0") ? 1 : 2;
        }

        @Override
        public String portName(int portId) {
            return "port" + (portId - 1);
        }

        @Override
        public int guard(FlowKey sender) {
            return 0;
        }

        @Override
        public void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
            verdict.begin(1);
            verdict.identities(16, 17);
            if (!allows) {
                random = random * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
                verdict.identities((int) (random >>> 40), (int) (random >>> 20) & 0xF_FFFF);
                verdict.egressRule((int) (random >>> 48));
                verdict.decide(Action.DROP, DropReason.EGRESS_DENIED.code());
            }
        }

        @Override
        public boolean couldTalk(FlowKey ends, long nowNs) {
            return true;
        }

        @Override
        public @Nullable Limits limits(int number) {
            return null;
        }
    }

    /** No frame is answered here. */
    private static final class NoSink implements ReplySink {
        @Override
        public long take() {
            return 0;
        }

        @Override
        public void send(long frameAddress, int lengthBytes, int port, int vlan) {
            throw new IllegalStateException("nothing is rejected");
        }

        @Override
        public void sendCopy(long frameAddress, int lengthBytes, int port) {
            throw new IllegalStateException("nothing is copied");
        }
    }

    private Stage[] stages() {
        SwitchSettings settings = SwitchSettings.DEFAULT;
        CurrentPorts ports = new CurrentPorts();
        ports.take(new PortTable(List.of(port(UdpBatch.INGRESS_PORT), port(UdpBatch.EGRESS_PORT))));
        CurrentPolicy current = new CurrentPolicy();
        current.take(policy, ports.table());
        PortBlocks blocks = new PortBlocks();
        MacTable macs = MacTable.create(MAC_CAPACITY, SEED, settings.ageingNs(), TableUpdates.NONE);
        macs.learn(
                VlanSettings.DEFAULT_VLAN,
                UdpBatch.RECEIVER_MAC,
                UdpBatch.EGRESS_PORT,
                UdpBatch.NOW_NS,
                MacTable.LEARNED,
                0,
                0);
        table.table().portShare(SESSION_CAPACITY);
        DenyRecorder recorder = new DenyRecorder(denies, events);
        return new Stage[] {
            new ParseStage(),
            new PortGuardStage(ports, blocks, NO_EVENTS, settings),
            new VlanIngressStage(ports),
            new SourceGuardStage(current, recorder),
            new LearnStage(ports, macs, blocks, NO_EVENTS, settings),
            new BridgeStage(ports, macs, blocks),
            new FirewallStage(current, ports, recorder, table, new NoSink(), SEED)
        };
    }

    private static PortTable.Entry port(int number) {
        PortSettings settings = new PortSettings(
                "port" + number,
                PortSettings.Type.TAP,
                "tap" + number,
                null,
                PortSettings.Io.AUTO,
                MTU_BYTES,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                PolicySettings.ENFORCED);
        return new PortTable.Entry(number, settings, true, true, MTU_BYTES);
    }

    /** Begins the sessions; a benchmark of frames that are dropped would be a fast one. */
    @Setup
    public void begin() {
        for (int done = 0; done < sessions * 2; done += PacketBatch.CAPACITY) {
            PacketBatch batch = pipeline();
            for (int i = 0; i < batch.count(); i++) {
                if (!batch.forwarded(i) || batch.egressPort(i) != UdpBatch.EGRESS_PORT) {
                    throw new IllegalStateException("frame %d: drop reason %d, egress port %d"
                            .formatted(i, batch.dropReason(i), batch.egressPort(i)));
                }
            }
        }
        if (table.table().count() != sessions) {
            throw new IllegalStateException(table.table().count() + " sessions instead of " + sessions);
        }
    }

    @Setup(Level.Iteration)
    public void allow() {
        policy.allows = true;
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
        stages[0].process(batch);
        return batch;
    }

    @Benchmark
    public PacketBatch bridge() {
        PacketBatch batch = refill();
        for (int i = 0; i < stages.length - 1; i++) {
            stages[i].process(batch);
        }
        return batch;
    }

    @Benchmark
    public PacketBatch pipeline() {
        PacketBatch batch = refill();
        for (Stage stage : stages) {
            stage.process(batch);
        }
        return account(batch);
    }

    /** Every frame under a key of its own. */
    @Benchmark
    public PacketBatch denied() {
        policy.allows = false;
        PacketBatch batch = refill();
        // Another destination than any session's.
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            view.wrap(batch.address(i), UdpBatch.FRAME_LENGTH);
            view.putShort(SOURCE_PORT_OFFSET, (short) 7, BIG_ENDIAN);
        }
        for (Stage stage : stages) {
            stage.process(batch);
        }
        return account(batch);
    }

    private PacketBatch account(PacketBatch batch) {
        int forwarded = 0;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i)) {
                forwarded++;
            } else {
                counters.drop(UdpBatch.INGRESS_PORT, batch.dropReason(i));
            }
        }
        counters.add(UdpBatch.INGRESS_PORT, CounterTable.FORWARDED, forwarded);
        return batch;
    }

    @TearDown
    public void close() {
        frames.close();
        table.close();
        denies.close();
    }
}
