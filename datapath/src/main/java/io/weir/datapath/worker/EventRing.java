package io.weir.datapath.worker;

import org.agrona.BufferUtil;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import io.weir.datapath.pipeline.PortEvents;
import io.weir.kernel.EventFd;

/**
 * Events on their way from a worker to the supervisor. Events are rare, a few a second at most: should the ring be full all
 * the same, the event is lost, for a worker never waits.
 *
 * <p>Threading: the worker reports, the supervisor drains.
 */
final class EventRing implements PortEvents {
    private static final int CAPACITY = 64 * 1024;
    private static final int MESSAGE_TYPE = 1;
    private static final int KIND_OFFSET = 0;
    private static final int PORT_OFFSET = 4;
    private static final int OTHER_OFFSET = 8;
    private static final int MAC_OFFSET = 16;
    private static final int MESSAGE_LENGTH = 24;

    /** Takes one event. */
    interface Handler {
        void event(Kind kind, int port, long mac, int other);
    }

    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH, 64)));
    private final EventFd wake;

    EventRing(EventFd wake) {
        this.wake = wake;
    }

    @Override
    public void report(Kind kind, int port, long mac, int other) {
        int index = ring.tryClaim(MESSAGE_TYPE, MESSAGE_LENGTH);
        if (index < 0) {
            return;
        }
        var buffer = ring.buffer();
        buffer.putInt(index + KIND_OFFSET, kind.code());
        buffer.putInt(index + PORT_OFFSET, port);
        buffer.putInt(index + OTHER_OFFSET, other);
        buffer.putLong(index + MAC_OFFSET, mac);
        ring.commit(index);
        wake.signal();
    }

    /** Hands all waiting events over. */
    void drain(Handler handler) {
        MessageHandler decode = (type, buffer, index, length) -> handler.event(
                Kind.ofCode(buffer.getInt(index + KIND_OFFSET)),
                buffer.getInt(index + PORT_OFFSET),
                buffer.getLong(index + MAC_OFFSET),
                buffer.getInt(index + OTHER_OFFSET));
        ring.read(decode);
    }
}
