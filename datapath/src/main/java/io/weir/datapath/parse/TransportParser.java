package io.weir.datapath.parse;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.Icmpv6Header;
import io.weir.datapath.wire.IgmpMessage;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.MldMessage;
import io.weir.datapath.wire.NeighbourMessage;
import io.weir.datapath.wire.SctpHeader;
import io.weir.datapath.wire.TcpHeader;
import io.weir.datapath.wire.UdpHeader;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * The transport layer of the parse stage. ICMP and IGMP are protocols of IPv4 only, ICMPv6 of IPv6 only; elsewhere their
 * numbers are unknown ones, and an unknown protocol has no transport header.
 *
 * <p>Threading: stateless, owned by one internet parser.
 */
final class TransportParser {
    private static final int FRAGMENT_TINY = DropReason.FRAGMENT_TINY.code();
    private static final int UDP_BAD_LENGTH = DropReason.UDP_BAD_LENGTH.code();

    // The lower of two neighbours: RFC 2131 section 4.1, RFC 8415 section 7.2.
    private static final int DHCP_PORTS = 67;
    private static final int DHCPV6_PORTS = 546;

    /** Parses the header at {@code offset} of a whole packet that ends at {@code limit}. */
    int parse(PacketBatch batch, int i, UnsafeBuffer frame, int protocol, int offset, int limit) {
        batch.transportOffset(i, offset);
        return switch (protocol) {
            case IpProtocol.TCP -> TcpHeader.check(frame, offset, limit);
            case IpProtocol.UDP -> udp(batch, i, frame, offset, UdpHeader.check(frame, offset, limit));
            default -> uncommon(batch, i, frame, protocol, offset, limit);
        };
    }

    private static int udp(PacketBatch batch, int i, UnsafeBuffer frame, int offset, int reason) {
        if (reason == DropReason.NONE) {
            int ports = i32(frame, offset);
            ParseStage.mark(batch, i, batch.is(i, PacketBatch.IS_IPV4) ? dhcp4(ports) : dhcp6(ports));
        }
        return reason;
    }

    /** The trait of IPv4 packets with these UDP ports: source in the upper 16 bits, destination in the lower. */
    static int dhcp4(int ports) {
        return dhcp(ports, DHCP_PORTS);
    }

    private static int dhcp6(int ports) {
        return dhcp(ports, DHCPV6_PORTS);
    }

    private static int dhcp(int ports, int first) {
        return isEither(ports >>> 16, first) || isEither(ports & 0xFFFF, first) ? PacketBatch.IS_DHCP : 0;
    }

    private static boolean isEither(int port, int first) {
        return port == first || port == first + 1;
    }

    private int uncommon(PacketBatch batch, int i, UnsafeBuffer frame, int protocol, int offset, int limit) {
        if (protocol == IpProtocol.SCTP) {
            return SctpHeader.check(frame, offset, limit);
        }
        boolean version4 = batch.is(i, PacketBatch.IS_IPV4);
        if (protocol == IpProtocol.ICMP && version4) {
            return IcmpHeader.check(frame, offset, limit);
        }
        if (protocol == IpProtocol.IGMP && version4) {
            ParseStage.mark(batch, i, PacketBatch.IS_GROUP_MEMBERSHIP);
            return IgmpMessage.check(frame, offset, limit);
        }
        if (protocol == IpProtocol.ICMPV6 && !version4) {
            return icmpv6(batch, i, frame, offset, limit);
        }
        batch.transportOffset(i, 0);
        return DropReason.NONE;
    }

    private static int icmpv6(PacketBatch batch, int i, UnsafeBuffer frame, int offset, int limit) {
        int reason = Icmpv6Header.check(frame, offset, limit);
        if (reason != DropReason.NONE) {
            return reason;
        }
        int type = u8(frame, offset);
        if (NeighbourMessage.isType(type)) {
            ParseStage.mark(batch, i, PacketBatch.IS_ICMPV6_ND);
            return NeighbourMessage.check(frame, offset, limit);
        }
        if (MldMessage.isType(type)) {
            ParseStage.mark(batch, i, PacketBatch.IS_GROUP_MEMBERSHIP);
            return MldMessage.check(frame, offset, limit);
        }
        return DropReason.NONE;
    }

    /**
     * Parses the header of a first fragment, of which the payload ends at {@code limit} but the datagram does not. It must hold
     * the whole header (RFC 1858 section 3.2.1, RFC 7112 section 5). Neighbour discovery is never fragmented (RFC 6980
     * section 5), nor do group-membership messages outgrow a packet, so that those must be whole.
     */
    int parseFirstFragment(PacketBatch batch, int i, UnsafeBuffer frame, int protocol, int offset, int limit) {
        int reason = protocol == IpProtocol.UDP
                ? firstFragmentUdp(batch, i, frame, offset, limit)
                : parse(batch, i, frame, protocol, offset, limit);
        if (reason == DropReason.NONE && batch.is(i, PacketBatch.IS_ICMPV6_ND)) {
            return DropReason.ND_TRUNCATED.code();
        }
        return reason == DropReason.NONE ? reason : tinyOr(reason, frame, protocol, offset, limit);
    }

    private static int firstFragmentUdp(PacketBatch batch, int i, UnsafeBuffer frame, int offset, int limit) {
        batch.transportOffset(i, offset);
        if (limit - offset < UdpHeader.LENGTH) {
            return FRAGMENT_TINY;
        }
        int length = UdpHeader.length(frame, offset);
        return udp(batch, i, frame, offset, length < UdpHeader.LENGTH ? UDP_BAD_LENGTH : DropReason.NONE);
    }

    // What is truncation in a whole packet is a tiny fragment here; a header that is wrong in itself stays that.
    private static int tinyOr(int reason, UnsafeBuffer frame, int protocol, int offset, int limit) {
        int available = limit - offset;
        boolean tiny = switch (protocol) {
            case IpProtocol.TCP ->
                available < TcpHeader.MIN_LENGTH || available < TcpHeader.headerLength(frame, offset);
            case IpProtocol.UDP -> available < UdpHeader.LENGTH;
            case IpProtocol.SCTP -> available < SctpHeader.LENGTH;
            default -> available < IcmpHeader.LENGTH;
        };
        return tiny ? FRAGMENT_TINY : reason;
    }
}
