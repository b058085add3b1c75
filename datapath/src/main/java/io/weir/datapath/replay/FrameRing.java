package io.weir.datapath.replay;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.port.Receiver;
import io.weir.kernel.EventFd;

/**
 * Frames that another thread feeds into a port as if they had arrived there: a replayed capture, an injected frame.
 *
 * <p>Threading: one feeder thread offers; the worker that owns the port receives.
 */
public final class FrameRing implements Receiver, AutoCloseable {
    private static final int CAPACITY = 4 * 1024 * 1024;
    private static final int MESSAGE_TYPE = 1;

    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH, 64)));
    private final EventFd wake = EventFd.create();
    private final UnsafeBuffer slot = new UnsafeBuffer(0, 0);
    private final MessageHandler handler = this::onFrame;
    private PacketBatch batch = new PacketBatch();
    private long[] slotAddresses = new long[PacketBatch.CAPACITY];

    /**
     * Offers a frame.
     *
     * @return false when the ring is full: try again when the worker has taken some
     */
    public boolean offer(DirectBuffer frame, int offset, int length) {
        boolean taken = ring.write(MESSAGE_TYPE, frame, offset, length);
        if (taken) {
            wake.signal();
        }
        return taken;
    }

    /** Whether the worker has taken all frames offered. Feeder. */
    public boolean isDrained() {
        return ring.size() == 0;
    }

    /** Largest frame that can be offered, in bytes. */
    public static int maxFrameLength() {
        return CAPACITY / 8;
    }

    @Override
    public int receive(PacketBatch into, PacketPool pool) {
        batch = into;
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            slotAddresses[i] = pool.receiveAddress(i);
        }
        ring.read(handler, PacketBatch.CAPACITY);
        if (into.count() == 0) {
            wake.drain();
            ring.read(handler, PacketBatch.CAPACITY);
        }
        return into.count();
    }

    private void onFrame(int type, DirectBuffer source, int index, int length) {
        int i = batch.count();
        int kept = Math.min(length, PacketPool.RECEIVE_CAPACITY - VirtioNetHeader.LENGTH);
        slot.wrap(slotAddresses[i], VirtioNetHeader.LENGTH + kept);
        slot.setMemory(0, VirtioNetHeader.LENGTH, (byte) 0);
        slot.putBytes(VirtioNetHeader.LENGTH, source, index, kept);
        batch.add(slotAddresses[i] + VirtioNetHeader.LENGTH, kept, i);
    }

    @Override
    public int pollDescriptor() {
        return wake.fd();
    }

    @Override
    public void close() {
        wake.close();
    }
}
