package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Receiver;
import io.weir.ipsec.esp.EspInbound;
import io.weir.ipsec.transport.DatagramTransport;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;

/**
 * The way of a datagram out of the tunnel: opened into the memory of the batch, judged, joined with its neighbours, labelled with
 * the level of its SA. A datagram that is refused becomes a dropped frame of the batch, with outer headers in front.
 *
 * <p>What the peer sent beside ESP to keep a NAT's mapping, or for IKE, is counted and passes nowhere (RFC 3948 section 2.2 and 2.3).
 *
 * <p>Threading: one worker, the same as the transmitter's.
 */
final class TunnelReceiver implements Receiver, AutoCloseable {
    // Frames up to here in one batch: more would push the first out of the L2 cache before they are sent.
    private static final int BATCH_BYTES = 256 * 1024;
    // Reads at most for one batch, should they bring nothing but keepalives.
    private static final int READS_MAX = 4;
    private static final int ESP_MIN = 8;
    private static final int MARKER_LENGTH = 4;
    private static final byte KEEPALIVE = (byte) 0xFF;

    private static final int TRUNCATED = DropReason.ESP_TRUNCATED.code();
    private static final int UNREACHABLE = DropReason.ESP_INNER_UNREACHABLE.code();
    private static final int CONGESTION_LOST = DropReason.ESP_CONGESTION_LOST.code();

    private final TunnelPayload payload;
    private final EspInbound esp;
    private final DatagramTransport transport;
    private final boolean udp;
    private final OwnFrames own;
    private final TunnelCounters counters;
    private final Arrivals arrivals;
    private final Coalescer coalescer;
    private final OuterHeaders outer;
    private final InnerFrame inner = new InnerFrame();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int bytes;

    TunnelReceiver(TunnelParts tunnel) {
        this.payload = tunnel.payload();
        this.esp = tunnel.inbound();
        this.transport = tunnel.transport();
        this.udp = tunnel.settings().encapsulation() == Encapsulation.UDP;
        this.own = tunnel.own();
        this.counters = tunnel.counters();
        this.arrivals = new Arrivals(transport);
        this.coalescer = new Coalescer(counters);
        this.outer = new OuterHeaders(tunnel.settings().transportSettings());
    }

    @Override
    public int pollDescriptor() {
        return transport.pollDescriptor();
    }

    /** Frames of the tunnel's own, and datagrams that were received already: the descriptor tells of neither. */
    @Override
    public boolean pending() {
        return own.waiting() || arrivals.hasNext();
    }

    @Override
    public long kernelDrops() {
        return transport.drops() + counters.read(TunnelCounters.RECEIVE_ERRORS);
    }

    @Override
    public void housekeeping(long nowNs) {
        payload.expire(nowNs);
        esp.idle();
    }

    @Override
    public int receive(PacketBatch batch, PacketPool pool) {
        payload.expire(batch.nowNs());
        own.receive(batch, pool);
        coalescer.begin();
        bytes = 0;
        int received = DatagramTransport.RECEIVED_MAX;
        for (int reads = 0; hasRoom(batch); ) {
            if (arrivals.hasNext()) {
                take(batch, pool);
            } else if (reads++ < READS_MAX && received == DatagramTransport.RECEIVED_MAX) {
                received = arrivals.receive();
            } else {
                break;
            }
        }
        coalescer.finish(batch);
        if (batch.count() == 0) {
            esp.idle();
        }
        return batch.count() == 0 && received < 0 ? failed(received) : batch.count();
    }

    private boolean hasRoom(PacketBatch batch) {
        return batch.count() < PacketBatch.CAPACITY && bytes < BATCH_BYTES;
    }

    /** An error that a datagram of ours has caused is reported here too: no reason to take the tunnel away. */
    private int failed(int error) {
        if (error == -Errno.EBADF) {
            return GONE;
        }
        if (error != -Errno.EINTR && error != -Errno.EAGAIN) {
            counters.add(TunnelCounters.RECEIVE_ERRORS, 1);
        }
        return 0;
    }

    private void take(PacketBatch batch, PacketPool pool) {
        long datagram = arrivals.address();
        int length = arrivals.length();
        int trafficClass = arrivals.trafficClass();
        arrivals.advance();
        counters.add(TunnelCounters.RECEIVED, 1);
        bytes += length;
        if (udp && isNotEsp(datagram, length)) {
            return;
        }
        int place = batch.count();
        long slot = pool.receiveAddress(place) + VirtioNetHeader.LENGTH;
        int reason = length < ESP_MIN ? TRUNCATED : open(batch, slot, datagram, length, trafficClass);
        if (reason != DropReason.NONE) {
            clearHeader(slot);
            int most = PacketPool.MAX_FRAME_LENGTH - outer.length();
            int frameLength = outer.write(slot, datagram, Math.min(length, most), trafficClass);
            batch.add(slot, frameLength, place);
            batch.drop(place, reason);
        }
    }

    /** RFC 3948 sections 2.2 and 2.3. */
    private boolean isNotEsp(long datagram, int length) {
        if (length == 1 && Memory.readByte(datagram) == KEEPALIVE) {
            counters.add(TunnelCounters.KEEPALIVES, 1);
            return true;
        }
        if (length >= MARKER_LENGTH && Memory.readInt(datagram) == 0) {
            counters.add(TunnelCounters.IKE_MESSAGES, 1);
            return true;
        }
        return false;
    }

    private int open(PacketBatch batch, long slot, long datagram, int length, int trafficClass) {
        int headroom = payload.headroom();
        long at = coalescer.place(slot, headroom + length);
        int opened = esp.open(datagram, length, at + headroom, batch.nowNs());
        int reason = opened < 0 ? -opened : judge(at, headroom + opened, trafficClass, batch.nowNs());
        if (reason != DropReason.NONE) {
            // Before it is abandoned, which gives the place of its headers back to another's payload.
            boolean kept = reason == UNREACHABLE && keep(trafficClass, batch.nowNs());
            coalescer.abandon();
            return kept ? DropReason.NONE : reason;
        }
        int level = esp.level();
        int place = batch.count();
        if (!coalescer.offer(at, headroom + opened, level, slot, place)) {
            clearHeader(slot);
            batch.add(slot, headroom + opened, place);
            batch.label(place, level);
        }
        return DropReason.NONE;
    }

    /** A mark of congestion is on the outer header only, and would be lost: that packet is dropped, which says the same. */
    private boolean keep(int trafficClass, long nowNs) {
        boolean congested = trafficClass > 0 && (trafficClass & Congestion.ECN_MASK) == Congestion.ECN_MASK;
        return !congested && payload.keep(view, esp.nextHeader(), esp.level(), nowNs);
    }

    private int judge(long at, int length, int trafficClass, long nowNs) {
        view.wrap(at, length);
        int reason = payload.deliver(view, esp.nextHeader(), esp.level(), nowNs);
        boolean marked = trafficClass > 0 && (trafficClass & Congestion.ECN_MASK) != 0;
        return reason == DropReason.NONE && marked ? decapsulate(at, length, trafficClass) : reason;
    }

    private int decapsulate(long at, int length, int trafficClass) {
        inner.wrap(at, length);
        if (inner.version() == 0) {
            return DropReason.NONE;
        }
        int before = inner.trafficClass() & Congestion.ECN_MASK;
        int after = Congestion.decapsulated(before, trafficClass & Congestion.ECN_MASK);
        if (after < 0) {
            return CONGESTION_LOST;
        }
        if (after != before) {
            Congestion.write(view, inner.networkOffset(), inner.version(), after);
        }
        return DropReason.NONE;
    }

    private static void clearHeader(long frame) {
        Memory.writeLong(frame - VirtioNetHeader.LENGTH, 0);
        Memory.writeShort(frame - Short.BYTES, 0);
    }

    @Override
    public void close() {
        coalescer.close();
    }
}
