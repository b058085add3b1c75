package io.weir.ipsec.tunnel;

import org.agrona.concurrent.NanoClock;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.segment.Checksums;
import io.weir.datapath.segment.Segmenter;
import io.weir.ipsec.esp.EspOutbound;
import io.weir.ipsec.transport.DatagramTransport;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;

/**
 * The way of a frame into the tunnel: checksums completed, super-frames cut so that each ESP packet fits the path, sealed with the
 * SA of the frame's level, sent in runs.
 *
 * <p>Segments of TCP become smaller than their sender asked for where the path demands it. A packet that does not fit and may not
 * be fragmented is dropped, and its sender told (RFC 4301 section 8.2.1).
 *
 * <p>Threading: one worker, the same as the receiver's.
 */
final class TunnelTransmitter implements Transmitter, AutoCloseable {
    // As large as a frame may be.
    private static final int SPARE_LENGTH = 65_600;

    // Of an inner packet: as large as it may be, each fragmented by the network.
    private static final int UNLIMITED = 65_535;

    private static final int UNSEGMENTABLE = DropReason.ESP_UNSEGMENTABLE.code();
    private static final int MTU_EXCEEDED = DropReason.ESP_MTU_EXCEEDED.code();

    private final TunnelPayload payload;
    private final EspOutbound esp;
    private final DatagramTransport transport;
    private final SendBuffer buffer;
    private final PathMtu path;
    private final boolean mayFragmentOutside;
    private final TunnelSettings.Dscp dscp;
    private final IcmpErrors errors;
    private final TunnelCounters counters;
    private final FrameAccount account;
    private final NanoClock clock;
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final InnerFrame inner = new InnerFrame();
    private final Segmenter segmenter = new Segmenter();
    private final Checksums checksums = new Checksums();
    private final Ipv4Fragments fragments = new Ipv4Fragments();
    // For a segment that cannot be written in place, and behind it for a fragment of that.
    private final long spare = Memory.map(2 * SPARE_LENGTH);
    // Of the frame under way.
    private long nowNs;
    private int label;

    /** A way out of {@code tunnel} that counts at its port in {@code table}. */
    TunnelTransmitter(TunnelParts tunnel, CounterTable table) {
        this.payload = tunnel.payload();
        this.esp = tunnel.outbound();
        this.transport = tunnel.transport();
        this.buffer = new SendBuffer(transport);
        this.path = tunnel.path();
        this.mayFragmentOutside = !tunnel.settings().dontFragment();
        this.dscp = tunnel.settings().dscp();
        this.errors = tunnel.errors();
        this.counters = tunnel.counters();
        this.account = new FrameAccount(tunnel.port(), table);
        this.clock = tunnel.clock();
    }

    @Override
    public int offloads() {
        return TAKES_ALL;
    }

    @Override
    public boolean judgesSize() {
        return true;
    }

    @Override
    public void tell(Refusals refusals) {
        account.tell(refusals);
    }

    @Override
    public void transmit(long address, int length) {
        transmit(address, length, 0);
    }

    @Override
    public void transmit(long address, int length, int label) {
        if (account.isFull()) {
            flush();
        }
        if (account.isEmpty()) {
            nowNs = clock.nanoTime();
        }
        this.label = label;
        account.begin(address, length);
        inner.wrap(address, length);
        int reason = payload.admit(inner, label, nowNs);
        if (reason == DropReason.NONE) {
            reason = seal(address, length);
            payload.sealed(inner);
        }
        account.end(reason == TunnelPayload.CONSUMED ? DropReason.NONE : reason);
    }

    private int seal(long address, int length) {
        header.wrapBefore(address);
        if (header.gsoType() != VirtioNetHeader.GSO_NONE) {
            return sealSegments(address, length);
        }
        if (header.needsChecksum() && !checksums.complete(address, length)) {
            return UNSEGMENTABLE;
        }
        return sealWhole(address, length);
    }

    private int sealSegments(long address, int length) {
        int capacity = capacity();
        if (capacity < 0) {
            return -capacity;
        }
        int limit = capacity + payload.innerOffset(inner);
        int segments = segmenter.begin(address, length, limit);
        if (segments == 0) {
            return UNSEGMENTABLE;
        }
        boolean fit = segmenter.maxSegmentLength() <= limit;
        if (!fit && inner.dontFragment() && !mayFragmentOutside) {
            return tooBig(capacity);
        }
        int reason = DropReason.NONE;
        for (int i = 0; i < segments && reason == DropReason.NONE; i++) {
            long segment = segmenter.nextInPlace(spare);
            int segmentLength = segmenter.segmentLength();
            reason = segmentLength <= limit
                    ? sealPacket(segment, segmentLength, capacity == UNLIMITED)
                    : sealLong(segment, segmentLength, capacity);
            segmenter.restore();
        }
        return reason;
    }

    private int sealWhole(long address, int length) {
        int capacity = capacity();
        if (capacity < 0) {
            return -capacity;
        }
        return payload.innerLength(inner, length) <= capacity
                ? sealPacket(address, length, capacity == UNLIMITED)
                : sealLong(address, length, capacity);
    }

    /**
     * Bytes of an inner packet at most, or the negative code of a reason. An SA may pad every packet to more than the path takes: then
     * there is no such packet, unless the network may fragment them all.
     */
    private int capacity() {
        int capacity = esp.innerCapacity(label, path.espMax(nowNs));
        return capacity == -MTU_EXCEEDED && mayFragmentOutside ? UNLIMITED : capacity;
    }

    /** Seals a packet that does not fit the path: in fragments, or as an ESP packet that is fragmented below. */
    private int sealLong(long address, int length, int capacity) {
        if (!inner.dontFragment()) {
            return sealFragments(address, capacity);
        }
        return mayFragmentOutside ? sealPacket(address, length, true) : tooBig(capacity);
    }

    private int sealFragments(long address, int capacity) {
        int network = inner.networkOffset();
        int count = fragments.begin(address, network, capacity + payload.innerOffset(inner) - network);
        int reason = count == 0 ? MTU_EXCEEDED : DropReason.NONE;
        for (int i = 0; i < count && reason == DropReason.NONE; i++) {
            reason = sealPacket(spare + SPARE_LENGTH, fragments.next(spare + SPARE_LENGTH), false);
        }
        return reason;
    }

    private int tooBig(int capacity) {
        errors.tooBig(inner, capacity + payload.innerOffset(inner) - inner.networkOffset(), label, nowNs);
        return MTU_EXCEEDED;
    }

    private int sealPacket(long address, int length, boolean whole) {
        if (!buffer.hasRoom()) {
            send();
        }
        int offset = payload.innerOffset(inner);
        int sealed = esp.seal(
                label,
                address + offset,
                payload.innerLength(inner, length),
                payload.nextHeader(inner),
                buffer.next(),
                nowNs);
        if (sealed < 0) {
            return -sealed;
        }
        buffer.add(sealed, outerTrafficClass(), whole);
        account.sealed();
        counters.add(TunnelCounters.SENT, 1);
        return DropReason.NONE;
    }

    /** RFC 6040 section 4.1 copies the congestion bits, which are not the guest's alone; the rest is as the operator says. */
    private int outerTrafficClass() {
        int trafficClass = inner.trafficClass();
        return dscp.copies(label) ? trafficClass : trafficClass & Congestion.ECN_MASK;
    }

    @Override
    public void flush() {
        if (!account.isEmpty()) {
            send();
        }
    }

    private void send() {
        int refused = buffer.flush();
        int reason = DropReason.NONE;
        if (refused > 0) {
            reason = reason(transport.errno());
            counters.add(TunnelCounters.REFUSED, refused);
            counters.add(TunnelCounters.SENT, -refused);
        }
        if (reason == MTU_EXCEEDED) {
            path.ask(nowNs);
        }
        account.settle(refused, reason);
    }

    private static int reason(int errno) {
        return switch (errno) {
            case Errno.EMSGSIZE -> MTU_EXCEEDED;
            case 0, Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM, Errno.EINTR -> DropReason.ESP_QUEUE_FULL.code();
            default -> DropReason.ESP_SEND_REFUSED.code();
        };
    }

    @Override
    public void close() {
        buffer.close();
        Memory.unmap(spare, 2 * SPARE_LENGTH);
    }
}
