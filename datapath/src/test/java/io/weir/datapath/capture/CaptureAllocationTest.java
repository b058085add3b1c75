package io.weir.datapath.capture;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.packet.PacketBatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The worker's side allocates nothing per packet: off, on, filtering, and shedding. */
@Timeout(60)
class CaptureAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 20_000;
    private static final int BATCHES = 20_000;

    // What the measurement itself, class loading and compilation may leave behind, whatever the number of packets.
    private static final long TOLERANCE_BYTES = 16 << 10;

    @Test
    void shouldAllocateNothingPerPacket() throws Exception {
        WorkerCapture worker = new WorkerCapture();
        ActiveCaptures captures = new ActiveCaptures(List.of(worker));
        captures.portsChanged(Switchboard.ports("vm1"));

        long off = allocatedBytes(worker);
        captures.start(CaptureRequest.EVERYTHING.withSizes(96, 1 << 16), 0);
        captures.start(
                CaptureRequest.EVERYTHING
                        .withFilter(CaptureFilter.compile("tcp[tcpflags] & tcp-syn != 0 and host 10.0.0.2"))
                        .withDirections(Set.of(Direction.RX)),
                0);
        long shedding = allocatedBytes(worker);

        assertTrue(off < TOLERANCE_BYTES, "off: " + off + " bytes for " + BATCHES + " batches");
        assertTrue(shedding < TOLERANCE_BYTES, "on: " + shedding + " bytes for " + BATCHES + " batches");
        assertEquals(
                2L * (WARM_UP + BATCHES) * PacketBatch.CAPACITY,
                captures.sessions().getFirst().matched());
    }

    /** Bytes that this thread allocates for batches on their way in and out, after warming up. */
    private static long allocatedBytes(WorkerCapture worker) {
        byte[] frame = Frames.bytes(Frames.IPV4_TCP_SYN);
        try (OffHeapFrames memory = new OffHeapFrames()) {
            PacketBatch batch = new PacketBatch();
            batch.reset(1, 0);
            long address = memory.place(frame);
            for (int i = 0; i < PacketBatch.CAPACITY; i++) {
                batch.add(address, frame.length, i);
            }
            pass(worker, batch, WARM_UP);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            pass(worker, batch, BATCHES);
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }
    }

    private static void pass(WorkerCapture worker, PacketBatch batch, int batches) {
        for (int n = 0; n < batches; n++) {
            worker.stage().process(batch);
            for (int i = 0; i < batch.count(); i++) {
                worker.tap().transmitted(1, batch.address(i), batch.length(i), 0, n);
            }
        }
    }
}
