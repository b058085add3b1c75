package io.weir.datapath.worker;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Two workers' pipelines over the same four ports, exchanging what they learn. */
@Timeout(10)
class TableExchangeTest {
    private static final int A = 0;
    private static final int B = 1;
    private static final int C = 2;
    private static final int D = 3;
    private static final List<PortSettings> PORTS =
            PortLines.parse("a access 10\nb access 10\nc access 10\nd access 10\n");

    private final PortTable table = new PortTable(List.of(entry(A), entry(B), entry(C), entry(D)));
    private final Side first = new Side(0);
    private final Side second = new Side(1);
    private long nowNs;

    private static PortTable.Entry entry(int number) {
        return new PortTable.Entry(number, PORTS.get(number), true, true, 1500);
    }

    /** One worker. */
    private final class Side {
        private final Pipeline pipeline;
        private final PacketBatch batch = new PacketBatch();

        Side(int worker) {
            pipeline =
                    new Pipeline(worker, SwitchSettings.DEFAULT, new PortBlocks(), (kind, port, mac, other) -> {}, 0);
            for (int port = 0; port < PORTS.size(); port++) {
                pipeline.attach(port, new RecordingTransmitter(port, pipeline.counters()));
            }
        }

        /** A duty cycle with one frame; returns over how many ports it left. */
        long receive(int port, byte[] frame) {
            long before = sent();
            idle();
            batch.reset(port, nowNs);
            long address = pipeline.pool().receiveAddress(0) + VirtioNetHeader.LENGTH;
            Memory.copy(new byte[VirtioNetHeader.LENGTH], 0, address - VirtioNetHeader.LENGTH, VirtioNetHeader.LENGTH);
            Memory.copy(frame, 0, address, frame.length);
            batch.add(address, frame.length, 0);
            pipeline.process(batch);
            return sent() - before;
        }

        /** A duty cycle without frames. */
        void idle() {
            nowNs += 1_000_000;
            pipeline.begin(table, null, nowNs);
        }

        /** Addresses known, its own and the other's. */
        int macs() {
            idle();
            return pipeline.macEntries(nowNs, port -> PORTS.get(port).name()).size();
        }

        long sentBy(int port) {
            return pipeline.counters().read(port, CounterTable.TX_FRAMES);
        }

        private long sent() {
            return sentBy(A) + sentBy(B) + sentBy(C) + sentBy(D);
        }
    }

    @BeforeEach
    void connect() {
        List<TableExchange> both = List.of(first.pipeline.exchange(), second.pipeline.exchange());
        both.forEach(exchange -> exchange.connect(both));
    }

    @AfterEach
    void close() {
        first.pipeline.close();
        second.pipeline.close();
    }

    @Test
    void shouldSendByOnePortWhatTheOtherWorkerHasLearned() {
        first.receive(A, Traffic.plain(Traffic.BROADCAST, Traffic.HOST_A));

        long copies = second.receive(B, Traffic.plain(Traffic.HOST_A, Traffic.HOST_B));

        assertEquals(1, copies);
        assertEquals(1, second.sentBy(A));
    }

    @Test
    void shouldFloodAgainWhenTheOtherWorkerHasForgotten() {
        first.receive(A, Traffic.plain(Traffic.BROADCAST, Traffic.HOST_A));
        second.receive(B, Traffic.plain(Traffic.HOST_A, Traffic.HOST_B));
        assertEquals(2, first.macs());
        nowNs += 2 * SwitchSettings.DEFAULT.ageingNs();
        for (int i = 0; first.pipeline.macCount(A) > 0; i++) {
            assertTrue(i < SwitchSettings.DEFAULT.macTableCapacity(), "the sweep must come round");
            first.pipeline.housekeeping(nowNs);
        }

        long copies = second.receive(B, Traffic.plain(Traffic.HOST_A, Traffic.HOST_B));

        assertEquals(3, copies);
    }

    @Test
    void shouldFollowAHostThatMovesToAPortOfTheOtherWorker() {
        first.receive(A, Traffic.plain(Traffic.BROADCAST, Traffic.HOST_A));
        second.receive(C, Traffic.plain(Traffic.BROADCAST, Traffic.HOST_A));

        long copies = first.receive(B, Traffic.plain(Traffic.HOST_A, Traffic.HOST_B));

        assertEquals(1, copies);
        assertEquals(1, first.sentBy(C) - 1, "one by flooding, one after the move");
    }

    @Test
    void shouldShareMulticastMemberships() {
        first.receive(D, Traffic.igmpQuery(Traffic.HOST_C, Traffic.IP_B));
        first.receive(A, Traffic.igmpReport(Traffic.HOST_A, Traffic.IP_A, Traffic.GROUP));

        long copies = second.receive(B, Traffic.multicast(Traffic.HOST_B, Traffic.IP_B, Traffic.GROUP));

        assertEquals(2, copies, "to the member and to the router");
        assertEquals(1, second.sentBy(A));
        assertEquals(1, second.sentBy(D));
    }

    @Test
    void shouldGoOnWhenTheOtherWorkerDoesNotTakeUpdates() {
        for (int i = 0; i < 20_000; i++) {
            first.receive(A, Traffic.plain(Traffic.BROADCAST, 0x0200_0100_0000L + i));
        }
        second.idle();

        assertEquals(1, second.receive(B, Traffic.plain(0x0200_0100_0000L, Traffic.HOST_B)), "the first fitted");
        long lost = second.receive(B, Traffic.plain(0x0200_0100_0000L + 16_000, Traffic.HOST_B));
        assertEquals(3, lost, "what did not fit is flooded");
    }
}
