package io.weir.datapath.replay;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
class FrameRingTest {
    private final FrameRing ring = new FrameRing();
    private final PacketPool pool = new PacketPool();
    private final PacketBatch batch = new PacketBatch();

    @AfterEach
    void close() {
        ring.close();
        pool.close();
    }

    private boolean offer(byte[] frame) {
        return ring.offer(new UnsafeBuffer(frame), 0, frame.length);
    }

    private int receive() {
        batch.reset(3, 0);
        return ring.receive(batch, pool);
    }

    private byte[] received(int i) {
        byte[] frame = new byte[batch.length(i)];
        Memory.copy(batch.address(i), frame, 0, frame.length);
        return frame;
    }

    @Test
    void shouldHandOverFramesInOrderWithAnEmptyVirtioNetHeader() {
        Memory.copy(SampleFrames.counting(64), 0, pool.receiveAddress(0), 64);
        offer(SampleFrames.counting(60));
        offer(new byte[0]);
        offer(SampleFrames.counting(1500));

        assertEquals(3, receive());

        assertArrayEquals(SampleFrames.counting(60), received(0));
        assertEquals(0, batch.length(1));
        assertArrayEquals(SampleFrames.counting(1500), received(2));
        VirtioNetHeader header = new VirtioNetHeader().wrapBefore(batch.address(0));
        assertTrue(header.isPlain() && header.gsoSize() == 0, "what was in the slot before is gone");
    }

    @Test
    void shouldHandOverNoMoreThanABatchAtATime() {
        for (int i = 0; i < PacketBatch.CAPACITY + 1; i++) {
            offer(SampleFrames.counting(60));
        }

        assertEquals(PacketBatch.CAPACITY, receive());
        assertFalse(ring.isDrained());
        assertEquals(1, receive());
        assertTrue(ring.isDrained());
        assertEquals(0, receive());
    }

    @Test
    void shouldKeepOfAnOverlongFrameWhatShowsThatItIsTooLong() {
        offer(SampleFrames.counting(100_000));

        receive();

        assertEquals(PacketPool.MAX_FRAME_LENGTH + 1, batch.length(0));
    }

    @Test
    void shouldRefuseAFrameWhileItIsFullAndTakeItLater() {
        byte[] large = new byte[FrameRing.maxFrameLength()];
        int taken = 0;
        while (offer(large)) {
            taken++;
        }

        assertTrue(taken >= 1, "the largest frame fits");
        assertEquals(taken, receive());
        assertTrue(offer(large));
    }
}
