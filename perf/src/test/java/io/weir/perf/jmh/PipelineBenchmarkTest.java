package io.weir.perf.jmh;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.perf.firewall.UdpBatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class PipelineBenchmarkTest {
    private final PipelineBenchmark benchmark = new PipelineBenchmark();

    @AfterEach
    void close() {
        benchmark.close();
    }

    @Test
    void shouldForwardEveryFrameWhenMeasured() {
        PacketBatch batch = benchmark.pipeline();

        assertEquals(PacketBatch.CAPACITY, batch.count());
        for (int i = 0; i < batch.count(); i++) {
            assertTrue(batch.forwarded(i), "drop reason " + batch.dropReason(i));
            assertEquals(UdpBatch.EGRESS_PORT, batch.egressPort(i));
        }
    }

    @Test
    void shouldFindEveryHeaderWhenParsed() {
        PacketBatch batch = benchmark.parse();

        for (int i = 0; i < batch.count(); i++) {
            assertTrue(batch.is(i, PacketBatch.IS_IPV4));
            assertEquals(14, batch.networkOffset(i));
            assertEquals(34, batch.transportOffset(i));
            assertEquals(UdpBatch.SENDER_MAC, batch.sourceMac(i));
        }
    }
}
