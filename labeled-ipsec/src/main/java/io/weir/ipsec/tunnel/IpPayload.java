package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.NeighbourMessage;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * IP packets, next header 4 and 41 (RFC 4303 section 2.6), to a gateway that may know nothing of Weir. Towards the switch the tunnel is
 * a router: it takes packets that are addressed to its MAC address and that the selectors let pass (RFC 4301 sections 5.1 and 5.2),
 * takes a hop off them, and delivers what arrives to the host's MAC address.
 *
 * <p>The hop is taken off on the way out only: a pair of tunnels counts as one.
 *
 * <p>Threading: one worker.
 */
final class IpPayload implements TunnelPayload {
    static final int NEXT_HEADER_IPV4 = 4;
    static final int NEXT_HEADER_IPV6 = 41;

    private static final int NOT_IP = DropReason.ESP_NOT_IP.code();
    private static final int OUTBOUND_SELECTOR = DropReason.ESP_OUTBOUND_SELECTOR.code();
    private static final int HOPS_EXCEEDED = DropReason.ESP_HOPS_EXCEEDED.code();
    private static final int NEXT_HEADER = DropReason.ESP_NEXT_HEADER.code();
    private static final int INNER_INVALID = DropReason.ESP_INNER_INVALID.code();
    private static final int SELECTOR_MISMATCH = DropReason.ESP_SELECTOR_MISMATCH.code();
    private static final int INNER_UNREACHABLE = DropReason.ESP_INNER_UNREACHABLE.code();

    private static final int SOURCE_MAC_OFFSET = 6;
    private static final int TIME_TO_LIVE_OFFSET = 8;
    private static final int HOP_LIMIT_OFFSET = 7;
    private static final int NETWORK = EthernetHeader.LENGTH;

    private final long mac;
    private final Selectors selectors;
    private final Neighbourhood neighbours;
    private final IcmpErrors errors;
    // Addresses of the packet under way.
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;

    /** @param mac of the gateway, in the low 48 bits */
    IpPayload(long mac, Selectors selectors, Neighbourhood neighbours, IcmpErrors errors) {
        this.mac = mac;
        this.selectors = selectors;
        this.neighbours = neighbours;
        this.errors = errors;
    }

    @Override
    public int headroom() {
        return EthernetHeader.LENGTH;
    }

    @Override
    public int admit(InnerFrame frame, int level, long nowNs) {
        if (frame.etherType() == EthernetHeader.TYPE_ARP) {
            return neighbours.arp(frame, level, nowNs) ? CONSUMED : NOT_IP;
        }
        if (frame.version() == 0) {
            return NOT_IP;
        }
        if (isDiscovery(frame)) {
            return neighbours.discovery(frame, level, nowNs) ? CONSUMED : NOT_IP;
        }
        UnsafeBuffer view = frame.view();
        readAddresses(view, frame.networkOffset(), frame.version());
        // A frame that was only flooded to here is not the tunnel's.
        if (u48(view, 0) != mac
                || !selectors.match(frame.version(), sourceHigh, sourceLow, destinationHigh, destinationLow)) {
            return OUTBOUND_SELECTOR;
        }
        neighbours.see(frame, sourceHigh, sourceLow, level, nowNs);
        if (hops(frame) <= 1) {
            errors.timeExceeded(frame, level, nowNs);
            return HOPS_EXCEEDED;
        }
        changeHops(frame, -1);
        return DropReason.NONE;
    }

    private static boolean isDiscovery(InnerFrame frame) {
        UnsafeBuffer view = frame.view();
        int network = frame.networkOffset();
        return frame.version() == 6
                && u8(view, network + Ipv6Header.NEXT_HEADER_OFFSET) == IpProtocol.ICMPV6
                && frame.packetLength() > Ipv6Header.LENGTH
                && NeighbourMessage.isType(u8(view, network + Ipv6Header.LENGTH));
    }

    private void readAddresses(UnsafeBuffer view, int network, int version) {
        if (version == 4) {
            sourceHigh = InternetAddresses.IPV4_HIGH;
            sourceLow = InternetAddresses.ipv4Low(i32(view, network + Ipv4Header.SOURCE_OFFSET));
            destinationHigh = InternetAddresses.IPV4_HIGH;
            destinationLow = InternetAddresses.ipv4Low(i32(view, network + Ipv4Header.DESTINATION_OFFSET));
        } else {
            sourceHigh = i64(view, network + Ipv6Header.SOURCE_OFFSET);
            sourceLow = i64(view, network + Ipv6Header.SOURCE_OFFSET + Long.BYTES);
            destinationHigh = i64(view, network + Ipv6Header.DESTINATION_OFFSET);
            destinationLow = i64(view, network + Ipv6Header.DESTINATION_OFFSET + Long.BYTES);
        }
    }

    private static int hops(InnerFrame frame) {
        int offset = frame.version() == 4 ? TIME_TO_LIVE_OFFSET : HOP_LIMIT_OFFSET;
        return u8(frame.view(), frame.networkOffset() + offset);
    }

    private static void changeHops(InnerFrame frame, int by) {
        UnsafeBuffer view = frame.view();
        int network = frame.networkOffset();
        if (frame.version() == 6) {
            put8(view, network + HOP_LIMIT_OFFSET, hops(frame) + by);
            return;
        }
        int before = u16(view, network + TIME_TO_LIVE_OFFSET);
        put8(view, network + TIME_TO_LIVE_OFFSET, hops(frame) + by);
        Congestion.patchChecksum(view, network, before, u16(view, network + TIME_TO_LIVE_OFFSET));
    }

    @Override
    public void sealed(InnerFrame frame) {
        changeHops(frame, 1);
    }

    @Override
    public int innerOffset(InnerFrame frame) {
        return frame.networkOffset();
    }

    /** Without what an Ethernet frame was padded with. */
    @Override
    public int innerLength(InnerFrame frame, int length) {
        return Math.min(length - frame.networkOffset(), frame.packetLength());
    }

    @Override
    public int nextHeader(InnerFrame frame) {
        return frame.version() == 4 ? NEXT_HEADER_IPV4 : NEXT_HEADER_IPV6;
    }

    @Override
    public int deliver(UnsafeBuffer view, int nextHeader, int level, long nowNs) {
        int version = version(nextHeader);
        if (version == 0) {
            return NEXT_HEADER;
        }
        int malformed = version == 4
                ? Ipv4Header.check(view, NETWORK, view.capacity())
                : Ipv6Header.check(view, NETWORK, view.capacity());
        if (malformed != DropReason.NONE) {
            return INNER_INVALID;
        }
        readAddresses(view, NETWORK, version);
        if (!selectors.match(version, destinationHigh, destinationLow, sourceHigh, sourceLow)) {
            return SELECTOR_MISMATCH;
        }
        long host = neighbours.resolve(version, destinationHigh, destinationLow, sourceHigh, sourceLow, level, nowNs);
        put48(view, 0, host);
        put48(view, SOURCE_MAC_OFFSET, mac);
        put16(view, EthernetHeader.TYPE_OFFSET, version == 4 ? EthernetHeader.TYPE_IPV4 : EthernetHeader.TYPE_IPV6);
        return host == LocalHosts.UNKNOWN ? INNER_UNREACHABLE : DropReason.NONE;
    }

    @Override
    public boolean keep(UnsafeBuffer view, int nextHeader, int level, long nowNs) {
        int version = version(nextHeader);
        return neighbours.waiting().keep(version, destinationHigh, destinationLow, view, level, nowNs);
    }

    @Override
    public void expire(long nowNs) {
        neighbours.waiting().expire(nowNs);
    }

    @Override
    public void close() {
        neighbours.waiting().close();
    }

    private static int version(int nextHeader) {
        return switch (nextHeader) {
            case NEXT_HEADER_IPV4 -> 4;
            case NEXT_HEADER_IPV6 -> 6;
            default -> 0;
        };
    }
}
