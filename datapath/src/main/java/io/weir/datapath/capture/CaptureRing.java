package io.weir.datapath.capture;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.packet.VirtioNetHeader;

/**
 * Frames on their way from one worker to the reader of one capture session. Of a matching frame the worker copies a header
 * and the bytes into the ring; when there is no room it counts the frame as shed and goes on. It never waits.
 *
 * <pre>
 *  0         8              16     20     24      28         32         36        40      44
 *  +---------+--------------+------+------+-------+----------+----------+---------+-------+-----------
 *  | time ns | shed before  | port | fate | vlan  | original | captured | gso size| level | bytes ...
 *  +---------+--------------+------+------+-------+----------+----------+---------+-------+-----------
 * </pre>
 *
 * <p>At rest {@code matched == written + shed}, for each port and overall.
 *
 * <p>Threading: {@link #offer} belongs to one worker, {@link #read} to one reader; counters have one writer, the worker, and
 * may be read by any thread. The set of ports is replaced whole by the control thread.
 */
public final class CaptureRing {
    static final int TIME_OFFSET = 0;
    static final int SHED_OFFSET = 8;
    static final int PORT_OFFSET = 16;
    static final int FATE_OFFSET = 20;
    static final int VLAN_OFFSET = 24;
    static final int ORIGINAL_LENGTH_OFFSET = 28;
    static final int CAPTURED_LENGTH_OFFSET = 32;
    static final int GSO_SIZE_OFFSET = 36;
    static final int LABEL_OFFSET = 40;
    static final int HEADER_LENGTH = 44;

    private static final int FRAME = 1;

    private final OneToOneRingBuffer ring;
    private final int choice;
    private final int keptBytes;
    private final BpfProgram filter;
    private final boolean filtersNothing;
    // The control thread replaces it when ports come or go; a volatile read is a plain load here, and once per packet.
    private volatile PortSet ports;

    private final AtomicLong matched = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    // [port number], written by the worker.
    private final AtomicLongArray matchedByPort = new AtomicLongArray(PortSet.MAX_PORTS);
    private final AtomicLongArray shedByPort = new AtomicLongArray(PortSet.MAX_PORTS);
    // [port number], how much of shedByPort the frames in the ring have told; the worker's own.
    private final long[] shedTold = new long[PortSet.MAX_PORTS];

    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private final VirtioNetHeader offload = new VirtioNetHeader();

    /** A ring for the frames of those ports that the request chooses; the set is never changed again. */
    CaptureRing(CaptureRequest request, PortSet ports) {
        this.ring = new OneToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect(request.ringBytes() + RingBufferDescriptor.TRAILER_LENGTH)));
        this.choice = FrameFate.choice(request.directions(), request.verdicts());
        this.keptBytes = Math.min(request.snaplenBytes(), ring.maxMsgLength() - HEADER_LENGTH);
        this.filter = request.filter().program();
        this.filtersNothing = request.filter() == CaptureFilter.ALL;
        this.ports = ports;
    }

    /** From now on frames of these ports; the set is never changed again. */
    void ports(PortSet chosen) {
        ports = chosen;
    }

    /** Takes what is chosen of a batch at the end of its way through the pipeline, with each packet's verdict. */
    void offer(PacketBatch batch) {
        if (!ports.contains(batch.ingressPort())) {
            return;
        }
        for (int i = 0; i < batch.count(); i++) {
            int fate = fate(batch, i);
            if (FrameFate.isChosen(choice, fate)) {
                offerChosen(
                        batch.ingressPort(),
                        fate,
                        batch.vlan(i),
                        batch.label(i),
                        batch.address(i),
                        batch.length(i),
                        batch.nowNs());
            }
        }
    }

    private static int fate(PacketBatch batch, int i) {
        if (batch.forwarded(i)) {
            return FrameFate.RX_FORWARDED;
        }
        return batch.consumed(i) ? FrameFate.RX_CONSUMED : FrameFate.rxDropped(batch.dropReason(i));
    }

    /** Takes one frame, with its virtio-net header in front, if it is chosen. */
    void offer(int port, int fate, int vlan, int label, long address, int length, long nowNs) {
        if (FrameFate.isChosen(choice, fate) && ports.contains(port)) {
            offerChosen(port, fate, vlan, label, address, length, nowNs);
        }
    }

    private void offerChosen(int port, int fate, int vlan, int label, long address, int length, long nowNs) {
        if (!filtersNothing && !filter.matches(address, length)) {
            return;
        }
        increment(matched);
        increment(matchedByPort, port);
        int captured = Math.min(length, keptBytes);
        int at = ring.tryClaim(FRAME, HEADER_LENGTH + captured);
        if (at < 0) {
            increment(shedByPort, port);
            return;
        }
        AtomicBuffer memory = ring.buffer();
        long shed = shedByPort.getPlain(port);
        memory.putLong(at + TIME_OFFSET, nowNs);
        memory.putLong(at + SHED_OFFSET, shed - shedTold[port]);
        memory.putInt(at + PORT_OFFSET, port);
        memory.putInt(at + FATE_OFFSET, fate);
        memory.putInt(at + VLAN_OFFSET, vlan);
        memory.putInt(at + ORIGINAL_LENGTH_OFFSET, length);
        memory.putInt(at + CAPTURED_LENGTH_OFFSET, captured);
        memory.putInt(at + GSO_SIZE_OFFSET, gsoSize(address));
        memory.putInt(at + LABEL_OFFSET, label);
        frame.wrap(address, captured);
        memory.putBytes(at + HEADER_LENGTH, frame, 0, captured);
        shedTold[port] = shed;
        ring.commit(at);
        increment(written);
    }

    private int gsoSize(long address) {
        offload.wrapBefore(address);
        return offload.gsoType() == VirtioNetHeader.GSO_NONE ? 0 : offload.gsoSize();
    }

    private static void increment(AtomicLong counter) {
        counter.setOpaque(counter.getPlain() + 1);
    }

    private static void increment(AtomicLongArray counters, int index) {
        counters.setOpaque(index, counters.getPlain(index) + 1);
    }

    /** What {@link #read} hands over for each frame; the memory is the ring's, and good during the call only. */
    @FunctionalInterface
    interface Reader {
        /** A record as drawn above, from {@code offset} on. */
        void onRecord(DirectBuffer memory, int offset);
    }

    /** Hands up to {@code limit} frames to the reader and says how many; 0 means that none waits. */
    int read(Reader reader, int limit) {
        MessageHandler handler =
                (int type, MutableDirectBuffer memory, int offset, int length) -> reader.onRecord(memory, offset);
        // One read ends where the memory ends, and may have met nothing but the padding there: the frames go on at its
        // begin.
        int untilEnd = ring.read(handler, limit);
        return untilEnd == limit ? limit : untilEnd + ring.read(handler, limit - untilEnd);
    }

    /** Frames that were chosen. */
    public long matched() {
        return matched.getOpaque();
    }

    /** Frames that found room in the ring. */
    public long written() {
        return written.getOpaque();
    }

    /** Frames of a port that were chosen. */
    long matched(int port) {
        return matchedByPort.getOpaque(port);
    }

    /** Frames of a port that were chosen and found no room. */
    long shed(int port) {
        return shedByPort.getOpaque(port);
    }
}
