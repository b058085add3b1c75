package io.weir.ipsec.tunnel;

import io.weir.ipsec.esp.EspOutbound;
import io.weir.ipsec.transport.DatagramTransport;
import io.weir.kernel.Memory;

/**
 * Where sealed packets wait for the flush, one behind the other. Neighbours of equal length and traffic class are one run, which
 * the transport gets as one send; a shorter packet may end a run.
 *
 * <p>Threading: one worker.
 */
final class SendBuffer implements AutoCloseable {
    private static final int CAPACITY = 1 << 20;
    private static final int IP_PACKET_MAX = 65_535;

    // Largest inner frame, or as much traffic-flow-confidentiality padding, and what sealing adds.
    private static final int PACKET_ROOM = 2 * IP_PACKET_MAX + EspOutbound.MAX_OVERHEAD;

    private final DatagramTransport transport;
    private final long base = Memory.map(CAPACITY, true);
    private final int segmentsMax;
    private long end = base;
    private long run = base;
    private int segment;
    private int segments;
    private int trafficClass;
    // A shorter packet was added, or none may follow.
    private boolean ended;

    SendBuffer(DatagramTransport transport) {
        this.transport = transport;
        this.segmentsMax = transport.segments() ? transport.maxSegments() : 1;
    }

    /** Whether one more packet of any size fits. */
    boolean hasRoom() {
        return base + CAPACITY - end >= PACKET_ROOM;
    }

    /** Where the next packet goes. */
    long next() {
        return end;
    }

    /**
     * Adds the packet that was written to {@link #next}.
     *
     * @param whole whether it must travel by itself, as one that will be fragmented
     */
    void add(int length, int trafficClass, boolean whole) {
        if (segments > 0 && !fits(length, trafficClass, whole)) {
            endRun();
        }
        if (segments == 0) {
            segment = length;
            this.trafficClass = trafficClass;
        }
        segments++;
        ended = whole || length < segment;
        end += length;
    }

    private boolean fits(int length, int trafficClass, boolean whole) {
        return !ended
                && !whole
                && length <= segment
                && trafficClass == this.trafficClass
                && segments < segmentsMax
                && end - run + length <= DatagramTransport.SEND_MAX;
    }

    private void endRun() {
        transport.send(run, (int) (end - run), segment, trafficClass);
        run = end;
        segments = 0;
    }

    /** Sends everything, as {@link DatagramTransport#flush}. */
    int flush() {
        if (segments > 0) {
            endRun();
        }
        int refused = transport.flush();
        end = base;
        run = base;
        return refused;
    }

    @Override
    public void close() {
        Memory.unmap(base, CAPACITY);
    }
}
