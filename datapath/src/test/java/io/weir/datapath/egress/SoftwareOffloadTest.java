package io.weir.datapath.egress;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class SoftwareOffloadTest {
    private final EgressBench bench = new EgressBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldCutSuperFramesForAPortThatTakesNone() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter whole = bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter cut = bench.port(0);
        bench.begin();
        bench.frame(SuperFrames.tcpHeader(1000), SuperFrames.tcp(2500));
        bench.parse(1);
        bench.flood(0);

        bench.send();

        assertArrayEquals(SuperFrames.tcp(2500), whole.frames().getFirst());
        assertArrayEquals(SuperFrames.tcpHeader(1000), whole.headers().getFirst());
        assertEquals(
                List.of(1054, 1054, 554),
                cut.frames().stream().map(frame -> frame.length).toList());
        assertArrayEquals(
                SampleFrames.counting(2500), TcpSegments.payload(cut.frames(), SuperFrames.TCP_HEADERS_LENGTH));
        for (int i = 0; i < 3; i++) {
            assertEquals(1 + 1000L * i, TcpSegments.sequence(cut.frames().get(i)));
            assertTrue(TcpSegments.checksumHolds(cut.frames().get(i)), "checksum of segment " + i);
            assertArrayEquals(new byte[VirtioNetHeader.LENGTH], cut.headers().get(i), "nothing is left to do");
        }
    }

    @Test
    void shouldCountSegmentsAsReplicatedAndAsHandedToThePort() {
        bench.port(Transmitter.TAKES_ALL);
        bench.port(0);
        bench.begin();
        bench.frame(SuperFrames.tcpHeader(1000), SuperFrames.tcp(2500));
        bench.frame(SuperFrames.udpHeader(500), SuperFrames.udp(1000));
        bench.parse(1);
        bench.to(0, 1);
        bench.to(1, 1);

        bench.send();

        assertEquals(2, bench.counters.read(0, CounterTable.FORWARDED));
        assertEquals(3, bench.counters.read(0, CounterTable.REPLICATED));
        assertEquals(5, bench.counters.read(1, CounterTable.EGRESS_FRAMES));
        assertEquals(5, bench.counters.read(1, CounterTable.TX_FRAMES));
    }

    @Test
    void shouldServeAFullBatchOfSuperFramesFloodedToManyPortsThatTakeNone() {
        bench.port(Transmitter.TAKES_ALL);
        for (int port = 1; port <= 5; port++) {
            bench.port(0);
        }
        bench.begin();
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            bench.frame(SuperFrames.tcpHeader(1000), SuperFrames.tcp(2000));
        }
        bench.parse(1);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            bench.flood(i);
        }

        bench.send();

        for (int port = 1; port <= 5; port++) {
            assertEquals(2 * PacketBatch.CAPACITY, bench.counters.read(port, CounterTable.TX_FRAMES), "port " + port);
        }
    }

    @Test
    void shouldCompleteChecksumsForAPortThatDoesNot() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter out = bench.port(0);
        bench.begin();
        bench.frame(SuperFrames.checksumHeader(), SuperFrames.tcp(100));
        bench.parse(1);
        bench.to(0, 1);

        bench.send();

        assertTrue(TcpSegments.checksumHolds(out.frames().getFirst()));
        assertArrayEquals(new byte[VirtioNetHeader.LENGTH], out.headers().getFirst());
    }

    @Test
    void shouldCutTheSuperFrameAlsoWhenNoSpareIsLeft() {
        bench.port(Transmitter.TAKES_ALL);
        bench.port(0);
        bench.begin();
        bench.frame(SuperFrames.tcpHeader(1000), SuperFrames.tcp(2500));
        bench.parse(1);
        bench.to(0, 1);
        while (bench.pool.takeSpare() != 0) {
            // Until none is left.
        }

        bench.send();

        assertEquals(0, bench.drops(1, DropReason.EGRESS_NO_BUFFER));
        assertEquals(3, bench.counters.read(1, CounterTable.EGRESS_FRAMES));
    }

    @Test
    void shouldDropWhatItCannotCut() {
        bench.port(Transmitter.TAKES_ALL);
        bench.port(0);
        bench.begin();
        bench.frame(SuperFrames.tcp(2000 - SuperFrames.TCP_HEADERS_LENGTH));
        bench.parse(1);
        // What the parse stage would have refused, should it ever come this far.
        Memory.copy(unknownKind(), 0, bench.batch.address(0) - VirtioNetHeader.LENGTH, VirtioNetHeader.LENGTH);
        bench.batch.networkOffset(0, 14);
        bench.to(0, 1);

        bench.send();

        assertEquals(1, bench.drops(1, DropReason.EGRESS_UNSEGMENTABLE));
    }

    private static byte[] unknownKind() {
        byte[] header = SuperFrames.tcpHeader(500);
        header[1] = 3;
        return header;
    }
}
