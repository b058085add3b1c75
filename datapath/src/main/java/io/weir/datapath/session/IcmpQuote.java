package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6ExtensionChain;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.TcpHeader;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * The packet that an ICMP error quotes (RFC 792, "Message Formats"; RFC 4443 section 2.4): whose session it is about. It is cut
 * off somewhere, eight bytes behind its IP header at the earliest, and written by whoever sent the error: every byte is
 * doubted.
 *
 * <p>Refused are quotes that are cut off before that, of later fragments, of other errors (RFC 1122 section 3.2.2, RFC 4443
 * section 2.4 (e)), and of packets that the error's receiver has not sent.
 *
 * <p>Threading: owned by one worker, and filled again per packet.
 */
public final class IcmpQuote {
    private static final int SOURCE_QUENCH = 4;
    private static final int FIRST_ICMPV6_QUERY = 128;
    private static final int MAX_ICMPV6_ERROR = 4;
    private static final int QUOTED_TRANSPORT_LENGTH = 8;
    private static final int REFUSED = -1;

    private final Ipv6ExtensionChain chain = new Ipv6ExtensionChain();

    private int protocol;
    private int sequence;

    /** Whether the packet is an ICMP or ICMPv6 error, which quotes another; of redirects only those of ICMP quote. */
    public static boolean isError(PacketBatch batch, int i, UnsafeBuffer frame) {
        int transport = batch.transportOffset(i);
        if (transport == 0) {
            return false;
        }
        if (batch.ipProtocol(i) == IpProtocol.ICMP && batch.is(i, PacketBatch.IS_IPV4)) {
            return quotes(u8(frame, transport));
        }
        if (batch.ipProtocol(i) != IpProtocol.ICMPV6 || !batch.is(i, PacketBatch.IS_IPV6)) {
            return false;
        }
        int type = u8(frame, transport);
        return type >= 1 && type <= MAX_ICMPV6_ERROR;
    }

    private static boolean quotes(int icmpType) {
        return icmpType == IcmpHeader.DESTINATION_UNREACHABLE
                || icmpType == SOURCE_QUENCH
                || icmpType == IcmpHeader.REDIRECT
                || icmpType == IcmpHeader.TIME_EXCEEDED
                || icmpType == IcmpHeader.PARAMETER_PROBLEM;
    }

    /**
     * Fills the key as of the quoted packet, when it is one that the error's receiver can have sent; at the level of the error.
     *
     * @param frame sees exactly the frame, whose packet is an {@link #isError error}
     * @return whether the quote is whole enough and true to itself; if not, the key is undefined
     */
    public boolean read(PacketBatch batch, int i, UnsafeBuffer frame, SessionKey key) {
        int quote = batch.transportOffset(i) + IcmpHeader.LENGTH;
        int limit = Math.min(batch.networkOffset(i) + batch.packetLength(i), batch.length(i));
        boolean ipv6 = batch.is(i, PacketBatch.IS_IPV6);
        int outer = batch.networkOffset(i);
        protocol = 0;
        boolean whole = ipv6 ? whole6(frame, quote, limit) : whole4(frame, quote, limit);
        if (!whole || !(ipv6 ? returns6(frame, outer, quote) : returns4(frame, outer, quote))) {
            return false;
        }
        int transport = ipv6 ? transport6(frame, quote, limit) : transport4(frame, quote, limit);
        if (transport == REFUSED || isErrorItself(frame, transport, ipv6)) {
            protocol = 0;
            return false;
        }
        sequence = i32(frame, transport + TcpHeader.SEQUENCE_OFFSET);
        key.fill(frame, quote, ipv6, batch.vlan(i), protocol, transport);
        key.level(batch.label(i)).quoted();
        return true;
    }

    private static boolean whole4(UnsafeBuffer frame, int quote, int limit) {
        return limit - quote >= Ipv4Header.MIN_LENGTH + QUOTED_TRANSPORT_LENGTH && u8(frame, quote) >>> 4 == 4;
    }

    private static boolean whole6(UnsafeBuffer frame, int quote, int limit) {
        return limit - quote >= Ipv6Header.LENGTH + QUOTED_TRANSPORT_LENGTH && u8(frame, quote) >>> 4 == 6;
    }

    private static boolean returns4(UnsafeBuffer frame, int outer, int quote) {
        return i32(frame, outer + Ipv4Header.DESTINATION_OFFSET) == i32(frame, quote + Ipv4Header.SOURCE_OFFSET);
    }

    private static boolean returns6(UnsafeBuffer frame, int outer, int quote) {
        int receiver = outer + Ipv6Header.DESTINATION_OFFSET;
        int sender = quote + Ipv6Header.SOURCE_OFFSET;
        return i64(frame, receiver) == i64(frame, sender) && i64(frame, receiver + 8) == i64(frame, sender + 8);
    }

    // Where the quoted transport header starts; sets the protocol.
    private int transport4(UnsafeBuffer frame, int quote, int limit) {
        int headerLength = Ipv4Header.headerLength(frame, quote);
        int needed = headerLength + QUOTED_TRANSPORT_LENGTH;
        int fragment = u16(frame, quote + Ipv4Header.FRAGMENT_OFFSET) & Ipv4Header.FRAGMENT_OFFSET_MASK;
        boolean cut = limit - quote < needed || Ipv4Header.totalLength(frame, quote) < needed;
        if (headerLength < Ipv4Header.MIN_LENGTH || cut || fragment != 0) {
            return REFUSED;
        }
        protocol = u8(frame, quote + Ipv4Header.PROTOCOL_OFFSET);
        return quote + headerLength;
    }

    private int transport6(UnsafeBuffer frame, int quote, int limit) {
        int next = u8(frame, quote + Ipv6Header.NEXT_HEADER_OFFSET);
        int reason = chain.walk(frame, next, quote + Ipv6Header.LENGTH, limit);
        boolean cut = limit - chain.offset() < QUOTED_TRANSPORT_LENGTH;
        if (reason != DropReason.NONE || chain.fragmentOffset() != 0 || cut) {
            return REFUSED;
        }
        protocol = chain.protocol();
        return chain.offset();
    }

    private boolean isErrorItself(UnsafeBuffer frame, int transport, boolean ipv6) {
        int type = u8(frame, transport);
        return ipv6
                ? protocol == IpProtocol.ICMPV6 && type < FIRST_ICMPV6_QUERY
                : protocol == IpProtocol.ICMP && quotes(type);
    }

    /** Whether the quoted packet is a TCP segment, so that its {@link #sequence} can be checked: {@link TcpTracker#inFlight}. */
    public boolean hasSequence() {
        return protocol == IpProtocol.TCP;
    }

    /** Sequence number of the quoted segment, when {@link #hasSequence}. */
    public int sequence() {
        return sequence;
    }
}
