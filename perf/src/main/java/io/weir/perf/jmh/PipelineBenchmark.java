package io.weir.perf.jmh;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
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
import io.weir.datapath.bridge.TableUpdates;
import io.weir.datapath.bridge.VlanIngressStage;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.perf.firewall.MemoryPort;
import io.weir.perf.firewall.UdpBatch;

/**
 * What a 64-byte frame costs in memory, in batches of 64: to enter a batch, to be parsed, and to pass parsing and the
 * bridge's stages up to the choice of the way out. Figures are for one frame; no system call is in them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@OperationsPerInvocation(PacketBatch.CAPACITY)
public class PipelineBenchmark {
    private static final int MAC_CAPACITY = 1 << 14;
    private static final long SEED = 0x5E55_101DL;
    private static final PortEvents NO_EVENTS = (kind, port, mac, other) -> {};

    private final UdpBatch frames = new UdpBatch();
    private final Stage parse = new ParseStage();
    private final Stage[] stages = stages();

    private Stage[] stages() {
        SwitchSettings settings = SwitchSettings.DEFAULT;
        CurrentPorts ports = new CurrentPorts();
        ports.take(new PortTable(List.of(port(UdpBatch.INGRESS_PORT), port(UdpBatch.EGRESS_PORT))));
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
        return new Stage[] {
            parse,
            new PortGuardStage(ports, blocks, NO_EVENTS, settings),
            new VlanIngressStage(ports),
            new LearnStage(ports, macs, blocks, NO_EVENTS, settings),
            new BridgeStage(ports, macs, blocks)
        };
    }

    private static PortTable.Entry port(int number) {
        return MemoryPort.entry(number, "port" + number, PolicySettings.OFF);
    }

    /** A benchmark of frames that are dropped would be a fast one. */
    @Setup
    public void requireForwarding() {
        PacketBatch batch = pipeline();
        for (int i = 0; i < batch.count(); i++) {
            if (!batch.forwarded(i) || batch.egressPort(i) != UdpBatch.EGRESS_PORT) {
                throw new IllegalStateException("frame %d: drop reason %d, egress port %d, must leave by port %d"
                        .formatted(i, batch.dropReason(i), batch.egressPort(i), UdpBatch.EGRESS_PORT));
            }
        }
    }

    @Benchmark
    public PacketBatch refill() {
        return frames.refilled();
    }

    @Benchmark
    public PacketBatch parse() {
        PacketBatch batch = frames.refilled();
        parse.process(batch);
        return batch;
    }

    @Benchmark
    public PacketBatch pipeline() {
        PacketBatch batch = frames.refilled();
        for (Stage stage : stages) {
            stage.process(batch);
        }
        return batch;
    }

    @TearDown
    public void close() {
        frames.close();
    }
}
