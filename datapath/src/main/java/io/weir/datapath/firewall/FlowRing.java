package io.weir.datapath.firewall;

import java.util.concurrent.atomic.AtomicLong;

import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;

/**
 * Flow events on their way from a worker to their reader. They are telemetry: when the reader is slower than flows come, what
 * does not fit is counted and lost. What was denied is not lost with them, for {@link DenyTable} has it.
 *
 * <p>Threading: the worker writes, one reader at a time drains; anyone may ask what was shed.
 */
public final class FlowRing {
    private static final int CAPACITY = 1 << 22;
    private static final int MESSAGE_TYPE = 1;
    private static final int FULL = -1;

    private final OneToOneRingBuffer ring;
    private final MutableDirectBuffer out;
    private final FlowRecord record = new FlowRecord();
    private final AtomicLong shed = new AtomicLong();
    private int claimed = FULL;

    public FlowRing() {
        this(CAPACITY);
    }

    /** @param capacity bytes, a power of two */
    FlowRing(int capacity) {
        ring = new OneToOneRingBuffer(
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(capacity + RingBufferDescriptor.TRAILER_LENGTH, 64)));
        out = ring.buffer();
    }

    /**
     * Begins a record; {@link #end} lets the reader have it.
     *
     * @param ingress switch port the flow enters by
     * @param egress switch port it leaves by, -1 where none was chosen
     */
    FlowRing begin(int kind, long nowNs, FlowKey flow, Verdict verdict, int ingress, int egress) {
        int index = ring.tryClaim(MESSAGE_TYPE, FlowRecord.LENGTH);
        claimed = index;
        if (index < 0) {
            shed.setRelease(shed.getPlain() + 1);
        } else {
            FlowRecord.write(out, index, kind, nowNs, flow, verdict, ingress << 16 | (egress & 0xFFFF));
        }
        return this;
    }

    FlowRing duration(long durationNs) {
        if (claimed >= 0) {
            FlowRecord.writeDuration(out, claimed, durationNs);
        }
        return this;
    }

    FlowRing counts(long packets, long bytes, long replyPackets, long replyBytes) {
        if (claimed >= 0) {
            FlowRecord.writeCounts(out, claimed, packets, bytes, replyPackets, replyBytes);
        }
        return this;
    }

    void end() {
        if (claimed >= 0) {
            ring.commit(claimed);
        }
    }

    /** On the reader: all events that wait; returns how many. */
    public int drain(FlowHandler handler) {
        MessageHandler decode = (type, buffer, index, length) -> handler.onFlow(record.wrap(buffer, index));
        return ring.read(decode);
    }

    /** Events that did not fit. */
    public long shed() {
        return shed.getAcquire();
    }
}
