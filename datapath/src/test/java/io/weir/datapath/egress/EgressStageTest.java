package io.weir.datapath.egress;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class EgressStageTest {
    private static final byte[] PLAIN = SampleFrames.ethernet(0x88B5, SampleFrames.counting(46));
    private static final byte[] TAGGED_10 = SampleFrames.tagged(0x8100, 0x600A, 0x88B5, SampleFrames.counting(46));
    private static final byte[] SERVICE_TAGGED_10 =
            SampleFrames.tagged(0x88A8, 0x600A, 0x88B5, SampleFrames.counting(46));

    private final EgressBench bench = new EgressBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void send(int vlan, byte[]... frames) {
        bench.begin();
        for (byte[] frame : frames) {
            bench.frame(frame);
        }
        bench.parse(vlan);
        for (int i = 0; i < frames.length; i++) {
            bench.flood(i);
        }
        bench.send();
    }

    @Test
    void shouldNotChangeCopiesThatStillWaitWhenOtherPortsTakeOtherForms() {
        bench.port(trunk(0x8100));
        HeldTransmitter unchanged = bench.port(trunk(0x8100));
        HeldTransmitter popped = bench.port(VlanSettings.access(10));
        HeldTransmitter retagged = bench.port(trunk(0x88A8));
        HeldTransmitter nativeVlan = bench.port(VlanSettings.trunk(10, 20));
        HeldTransmitter last = bench.port(trunk(0x8100));

        send(10, TAGGED_10, TAGGED_10);

        assertFrames(unchanged, TAGGED_10, TAGGED_10);
        assertFrames(popped, PLAIN, PLAIN);
        assertFrames(retagged, SERVICE_TAGGED_10, SERVICE_TAGGED_10);
        assertFrames(nativeVlan, PLAIN, PLAIN);
        assertFrames(last, TAGGED_10, TAGGED_10);
        assertEquals(8, bench.counters.read(0, CounterTable.REPLICATED));
        assertEquals(2, bench.counters.read(0, CounterTable.FORWARDED));
    }

    @Test
    void shouldKeepCopiesApartWhenAPortThatTakesNoChecksumIsAmongThem() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter before = bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter completing = bench.port(0);
        HeldTransmitter after = bench.port(VlanSettings.trunk(0, 1));
        bench.begin();
        bench.frame(SuperFrames.checksumHeader(), SuperFrames.tcp(10));
        bench.parse(1);
        bench.flood(0);

        bench.send();

        byte[] completed = completing.frames().getFirst();
        assertTrue(TcpSegments.checksumHolds(completed), "the port without offloads gets a whole checksum");
        // Whoever sends later may get the checksum done or left to do, but header and bytes must agree.
        for (HeldTransmitter other : List.of(before, after)) {
            boolean leftToDo = other.headers().getFirst()[0] == VirtioNetHeader.NEEDS_CHECKSUM;
            byte[] untagged = TcpSegments.untagged(other.frames().getFirst());
            assertEquals(!leftToDo, TcpSegments.checksumHolds(untagged));
        }
    }

    @Test
    void shouldChangeAFrameWithOneWayOutInPlaceAndMoveItsOffsets() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter trunk = bench.port(VlanSettings.trunk(0, 1));
        bench.begin();
        bench.frame(SuperFrames.tcpHeader(1000), SuperFrames.tcp(3000));
        bench.parse(1);
        bench.to(0, 1);

        bench.send();

        assertEquals(SuperFrames.tcp(3000).length + 4, trunk.frames().getFirst().length);
        assertEquals(SuperFrames.TRANSPORT + 4, trunk.headers().getFirst()[6]);
        assertEquals(0, bench.counters.read(0, CounterTable.REPLICATED));
    }

    @Test
    void shouldDropAtThePortWhosePacketIsTooLargeWhateverItsTags() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter exact = bench.port(VlanSettings.trunk(0, 10), 46, Transmitter.TAKES_ALL);
        HeldTransmitter small = bench.port(VlanSettings.trunk(0, 10), 45, Transmitter.TAKES_ALL);

        send(10, TAGGED_10);
        send(10, PLAIN);

        assertEquals(2, exact.frames().size());
        assertEquals(0, small.frames().size());
        assertEquals(2, bench.drops(2, DropReason.EGRESS_MTU_EXCEEDED));
    }

    @Test
    void shouldMeasureSegmentsOfSuperFramesAgainstTheMtu() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter out = bench.port(Transmitter.TAKES_ALL);
        bench.begin();
        // 20 bytes of IPv4 and of TCP, 8 of UDP: the last size of each pair is one too many for 1,500.
        bench.frame(SuperFrames.tcpHeader(1460), SuperFrames.tcp(20_000));
        bench.frame(SuperFrames.tcpHeader(1461), SuperFrames.tcp(20_000));
        bench.frame(SuperFrames.udpHeader(1472), SuperFrames.udp(20_000));
        bench.frame(SuperFrames.udpHeader(1473), SuperFrames.udp(20_000));
        bench.parse(1);
        for (int i = 0; i < 4; i++) {
            bench.to(i, 1);
        }

        bench.send();

        assertEquals(2, out.frames().size());
        assertEquals(2, bench.drops(1, DropReason.EGRESS_MTU_EXCEEDED));
    }

    @Test
    void shouldDropWhenTheWayOutIsDown() {
        bench.port(Transmitter.TAKES_ALL);
        bench.unreadyPort();
        HeldTransmitter shut = bench.port(Transmitter.TAKES_ALL);
        bench.port(Transmitter.TAKES_ALL);
        bench.blocks.block(2, PortBlocks.FOR_EVER);
        bench.egress.detach(3);

        send(1, PLAIN);

        assertEquals(List.of(), shut.frames());
        for (int port = 1; port <= 3; port++) {
            assertEquals(1, bench.drops(port, DropReason.EGRESS_PORT_DOWN), "port " + port);
        }
    }

    @Test
    void shouldDropTheCopyOnlyWhenNoSpareIsLeft() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter same = bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter tagged = bench.port(VlanSettings.trunk(0, 1));
        bench.begin();
        bench.frame(PLAIN);
        bench.parse(1);
        bench.flood(0);
        while (bench.pool.takeSpare() != 0) {
            // Until none is left.
        }

        bench.send();

        assertFrames(same, PLAIN);
        assertEquals(List.of(), tagged.frames());
        assertEquals(1, bench.drops(2, DropReason.EGRESS_NO_BUFFER));
    }

    @Test
    void shouldCountDropsAtTheIngressPortAndConsumedFrames() {
        bench.port(Transmitter.TAKES_ALL);
        bench.port(Transmitter.TAKES_ALL);
        bench.begin();
        bench.frame(PLAIN);
        bench.frame(PLAIN);
        bench.parse(1);
        bench.batch.drop(0, DropReason.MAC_FLAPPING.code());
        bench.batch.consume(1);

        bench.send();

        assertEquals(1, bench.drops(0, DropReason.MAC_FLAPPING));
        assertEquals(1, bench.counters.read(0, CounterTable.CONSUMED));
        assertEquals(0, bench.counters.read(1, CounterTable.EGRESS_FRAMES));
    }

    @Test
    void shouldSendRepliesInTheFormOfTheirPort() {
        HeldTransmitter trunk = bench.port(VlanSettings.trunk(0, 10));
        bench.begin();
        bench.egress.begin(bench.batch);
        long room = bench.egress.take();
        Memory.copy(PLAIN, 0, room, PLAIN.length);

        bench.egress.send(room, PLAIN.length, 0, 10, 0);
        bench.egress.process(bench.batch);

        byte[] expected = SampleFrames.tagged(0x8100, 10, 0x88B5, SampleFrames.counting(46));
        assertFrames(trunk, expected);
        assertEquals(1, bench.counters.read(0, CounterTable.ORIGINATED));
        assertEquals(1, bench.counters.read(0, CounterTable.EGRESS_FRAMES));
    }

    @Test
    void shouldFloodAFullBatchInAllForms() {
        bench.port(trunk(0x8100));
        HeldTransmitter access = bench.port(VlanSettings.access(10));
        HeldTransmitter service = bench.port(trunk(0x88A8));
        byte[][] frames = new byte[PacketBatch.CAPACITY][];
        Arrays.fill(frames, TAGGED_10);

        send(10, frames);

        assertEquals(PacketBatch.CAPACITY, access.frames().size());
        service.frames().forEach(frame -> assertArrayEquals(SERVICE_TAGGED_10, frame));
        assertEquals(PacketBatch.CAPACITY, service.frames().size());
    }

    private static VlanSettings trunk(int tagType) {
        return new VlanSettings(
                VlanSettings.Mode.TRUNK, 0, VlanSettings.trunk(0, 10).trunk(), tagType);
    }

    private static void assertFrames(HeldTransmitter transmitter, byte[]... expected) {
        assertEquals(expected.length, transmitter.frames().size());
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], transmitter.frames().get(i));
        }
    }
}
