package io.weir.datapath.parse;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6ExtensionChain;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * The network layer of the parse stage: IPv4 and IPv6 headers, extension headers, and what makes a lone fragment malformed.
 *
 * <p>Threading: owned by one parse stage.
 */
final class InternetParser {
    /** Largest datagram, header included for IPv4, its own fixed header excluded for IPv6. */
    private static final int MAX_DATAGRAM_LENGTH = 65_535;

    private static final int FRAGMENT_HEADER_LENGTH = 8;

    /** Third word of an IPv4-mapped address, behind eight zero bytes: RFC 4291 section 2.5.5.2. */
    private static final int MAPPED_PREFIX = 0xFFFF;

    private static final int MAPPED_ADDRESS = DropReason.IPV6_MAPPED_ADDRESS.code();
    private static final int FRAGMENT_BAD_LENGTH = DropReason.FRAGMENT_BAD_LENGTH.code();
    private static final int FRAGMENT_BEYOND_DATAGRAM = DropReason.FRAGMENT_BEYOND_DATAGRAM.code();
    private static final int FRAGMENT_TINY = DropReason.FRAGMENT_TINY.code();

    private final TransportParser transport = new TransportParser();
    private final Ipv6ExtensionChain chain = new Ipv6ExtensionChain();
    private int networkEnd;

    /** Where the network layer's headers ended in the IP packet parsed last. */
    int networkEnd() {
        return networkEnd;
    }

    int ipv4(PacketBatch batch, int i, UnsafeBuffer frame, int offset, int limit) {
        int reason = Ipv4Header.check(frame, offset, limit);
        if (reason != DropReason.NONE) {
            return reason;
        }
        int protocol = u8(frame, offset + Ipv4Header.PROTOCOL_OFFSET);
        int length = Ipv4Header.totalLength(frame, offset);
        int headerLength = Ipv4Header.headerLength(frame, offset);
        int fragment = u16(frame, offset + Ipv4Header.FRAGMENT_OFFSET)
                & (Ipv4Header.MORE_FRAGMENTS | Ipv4Header.FRAGMENT_OFFSET_MASK);
        batch.ipProtocol(i, protocol);
        batch.packetLength(i, length);
        networkEnd = offset + headerLength;
        if (fragment == 0) {
            return transport.parse(batch, i, frame, protocol, networkEnd, offset + length);
        }
        int start = (fragment & Ipv4Header.FRAGMENT_OFFSET_MASK) << 3;
        boolean more = (fragment & Ipv4Header.MORE_FRAGMENTS) != 0;
        return fragment(batch, i, frame, start, more, headerLength, networkEnd, offset + length);
    }

    int ipv6(PacketBatch batch, int i, UnsafeBuffer frame, int offset, int limit) {
        int reason = Ipv6Header.check(frame, offset, limit);
        if (reason != DropReason.NONE) {
            return reason;
        }
        // Identities and sessions know IPv4 addresses as mapped ones, and these would pass for them.
        if (isMapped(frame, offset + Ipv6Header.SOURCE_OFFSET)
                || isMapped(frame, offset + Ipv6Header.DESTINATION_OFFSET)) {
            return MAPPED_ADDRESS;
        }
        int protocol = u8(frame, offset + Ipv6Header.NEXT_HEADER_OFFSET);
        int length = Ipv6Header.LENGTH + u16(frame, offset + Ipv6Header.PAYLOAD_LENGTH_OFFSET);
        batch.ipProtocol(i, protocol);
        batch.packetLength(i, length);
        networkEnd = offset + Ipv6Header.LENGTH;
        return Ipv6ExtensionChain.isExtension(protocol)
                ? extensions(batch, i, frame, offset, protocol, offset + length)
                : transport.parse(batch, i, frame, protocol, networkEnd, offset + length);
    }

    /** Whether an address is in ::ffff:0:0/96. */
    private static boolean isMapped(UnsafeBuffer frame, int address) {
        return i64(frame, address) == 0 && i32(frame, address + Long.BYTES) == MAPPED_PREFIX;
    }

    private int extensions(PacketBatch batch, int i, UnsafeBuffer frame, int offset, int first, int limit) {
        int reason = chain.walk(frame, first, offset + Ipv6Header.LENGTH, limit);
        batch.ipProtocol(i, chain.protocol());
        networkEnd = chain.offset();
        if (reason != DropReason.NONE) {
            return reason;
        }
        if (chain.fragmentHeader() == 0) {
            return transport.parse(batch, i, frame, chain.protocol(), networkEnd, limit);
        }
        int payload = chain.fragmentHeader() + FRAGMENT_HEADER_LENGTH;
        int reassembledBefore = chain.fragmentHeader() - (offset + Ipv6Header.LENGTH);
        boolean more = chain.moreFragments();
        if (chain.fragmentOffset() == 0 && !more) {
            // An atomic fragment is processed by itself, whatever else is under way (RFC 6946 section 4).
            return payload == limit
                    ? FRAGMENT_BAD_LENGTH
                    : transport.parse(batch, i, frame, chain.protocol(), networkEnd, limit);
        }
        return fragment(batch, i, frame, chain.fragmentOffset(), more, reassembledBefore, payload, limit);
    }

    // Payload from `payload` to `limit`, which belongs `start` bytes into the datagram, behind `before` bytes of
    // headers.
    private int fragment(
            PacketBatch batch, int i, UnsafeBuffer frame, int start, boolean more, int before, int payload, int limit) {
        ParseStage.mark(
                batch,
                i,
                PacketBatch.IS_FRAGMENT
                        | (more ? PacketBatch.MORE_FRAGMENTS : 0)
                        | (start != 0 ? PacketBatch.IS_LATER_FRAGMENT : 0));
        int length = limit - payload;
        if (length == 0 || (more && (length & 7) != 0)) {
            return FRAGMENT_BAD_LENGTH;
        }
        if (before + start + length > MAX_DATAGRAM_LENGTH) {
            return FRAGMENT_BEYOND_DATAGRAM;
        }
        int protocol = batch.ipProtocol(i);
        if (start == 0) {
            return transport.parseFirstFragment(batch, i, frame, protocol, networkEnd, limit);
        }
        // Eight bytes of TCP header in an earlier fragment hide the flags from filters (RFC 1858 section 3.2.2).
        return start == 8 && protocol == IpProtocol.TCP ? FRAGMENT_TINY : DropReason.NONE;
    }
}
