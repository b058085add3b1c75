package io.weir.datapath.bridge;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.bridge.TestSwitch.Bridge;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.BridgeSettings.StormLimits;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** All stages of this package in their order, over a mix of frames: what they allocate, and that every frame has one fate. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SteadyStateTest implements ReplySink {
    private static final int WARM_UP = 3_000;
    private static final int ROUNDS = 2_000;
    private static final byte[] LINK_LOCAL6 = Frames.address6("fe80::a");
    private static final byte[] GROUP6 = Frames.address6("ff15::1:2:3");
    private static final int GROUP = Frames.address4("239.1.2.3");
    private static final int IP_A = Frames.address4("10.0.0.1");
    private static final int IP_B = Frames.address4("10.0.0.2");

    private final UnsafeBuffer room = new UnsafeBuffer(BufferUtil.allocateDirectAligned(256, 64));
    private int answers;

    private final TestSwitch on = new TestSwitch()
            .port(
                    VlanSettings.access(1),
                    Bridge.with().storm(new StormLimits(1_000, 1_000, 1_000)).done())
            .port(VlanSettings.trunk(1, 20), Bridge.with().suppressNeighbours().done())
            .port(VlanSettings.tunnel(1), Bridge.with().hairpin().bpduFilter().done())
            .port(VlanSettings.access(20), Bridge.with().macLimit(1).done());

    /** [port][frame] */
    private final byte[][][] traffic = {
        {
            Frames.plain(Frames.HOST_B, Frames.HOST_A),
            Frames.plain(Frames.HOST_C, Frames.HOST_A),
            Frames.plain(Frames.BROADCAST, Frames.HOST_A),
            Frames.arpRequest(Frames.HOST_A, IP_A, IP_B),
            Frames.tagged(9, Frames.plain(Frames.HOST_B, Frames.HOST_A)),
            Frames.igmp(Frames.HOST_A, IP_A, GROUP, Frames.igmpV2(0x16, 0, GROUP)),
            Frames.igmp(Frames.HOST_A, IP_A, GROUP, Frames.igmpV3Report(4, GROUP, IP_B)),
            Frames.mld(Frames.HOST_A, LINK_LOCAL6, GROUP6, Frames.mldV1(131, 0, GROUP6)),
            Frames.udp4(Frames.HOST_A, IP_A, GROUP),
            Frames.solicitation(Frames.HOST_A, LINK_LOCAL6, Frames.address6("fe80::b")),
        },
        {
            Frames.arpRequest(Frames.HOST_B, IP_B, IP_B),
            Frames.tagged(20, Frames.plain(Frames.BROADCAST, Frames.HOST_B)),
            Frames.tagged(33, Frames.plain(Frames.BROADCAST, Frames.HOST_B)),
            Frames.igmp(Frames.HOST_B, IP_B, Frames.address4("224.0.0.1"), Frames.igmpV2(0x11, 100, 0)),
            Frames.plain(Frames.HOST_A, Frames.HOST_B),
            Frames.plain(0x0180_C200_0003L, Frames.HOST_B),
        },
        {
            Frames.tagged(7, Frames.plain(Frames.HOST_A, Frames.HOST_C)),
            Frames.plain(0x0180_C200_0000L, Frames.HOST_C),
            Frames.plain(Frames.HOST_C, Frames.HOST_C),
            Frames.plain(Frames.HOST_A, 0),
            Frames.plain(Frames.HOST_A, 0x0200_0000_0057L),
        },
        {
            Frames.plain(Frames.HOST_A, 0x0200_0000_0031L), Frames.plain(Frames.HOST_A, 0x0200_0000_0032L),
        },
    };

    private final MulticastTable groups = new MulticastTable(64, 1, TableUpdates.NONE);
    private final NeighbourTable neighbours = new NeighbourTable(64, 300 * TestSwitch.SECOND_NS, 1, TableUpdates.NONE);
    private final PortEvents silent = (kind, port, mac, other) -> {};
    private final List<Stage> stages = List.of(
            new PortGuardStage(on.ports, on.blocks, silent, on.settings),
            new VlanIngressStage(on.ports),
            new LearnStage(on.ports, on.macs, on.blocks, silent, on.settings),
            new SnoopingStage(on.ports, groups, on.settings),
            new BridgeStage(on.ports, on.macs, on.blocks),
            new StormControlStage(on.ports, silent),
            new NeighbourStage(on.ports, on.macs, neighbours, this));

    @Override
    public long take() {
        return room.addressOffset() + 64;
    }

    @Override
    public boolean sendCopy(long frameAddress, int lengthBytes, int port, int level) {
        throw new AssertionError("the stage makes no copies");
    }

    @Override
    public void send(long frameAddress, int lengthBytes, int port, int vlan, int level) {
        answers++;
    }

    private void round() {
        on.nowNs += 3_000_000;
        on.macs.sweep(on.nowNs, 16);
        for (int port = 0; port < traffic.length; port++) {
            PacketBatch batch = on.receive(port, traffic[port]);
            for (int s = 0; s < stages.size(); s++) {
                stages.get(s).process(batch);
            }
        }
    }

    @Test
    void shouldAllocateNothingPerPacket() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            round();
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            round();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < ROUNDS, allocated + " bytes in " + ROUNDS + " rounds");
        assertTrue(answers > 0);
    }

    @Test
    void shouldGiveEveryFrameOneFateByAReasonThatItsStageDeclares() {
        for (int i = 0; i < 200; i++) {
            on.nowNs += 1_000_000;
            for (int port = 0; port < traffic.length; port++) {
                PacketBatch batch = on.receive(port, traffic[port]);
                stages.forEach(stage -> runChecked(stage, batch));
                for (int p = 0; p < batch.count(); p++) {
                    boolean decided = !batch.forwarded(p) || !on.egress(p).isEmpty();
                    assertTrue(decided, "port " + port + " frame " + p);
                }
            }
        }
    }

    private void runChecked(Stage stage, PacketBatch batch) {
        int[] before = new int[batch.count()];
        for (int p = 0; p < batch.count(); p++) {
            before[p] = batch.dropReason(p);
        }
        stage.process(batch);
        for (int p = 0; p < batch.count(); p++) {
            var reason = on.dropReason(p);
            if (before[p] != 0) {
                assertEquals(before[p], batch.dropReason(p));
            } else if (reason != null) {
                assertTrue(stage.dropReasons().contains(reason), stage.name() + " dropped for " + reason);
            }
        }
    }
}
