package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * A walk along the extension headers of an IPv6 packet, RFC 8200 section 4, to the header that is none: a transport header,
 * ESP, "no next header" or an unknown protocol.
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Next Header  |  Hdr Ext Len  |    8 * (Hdr Ext Len) + 6      |  hop-by-hop, routing, destination, mobility (RFC 6275),
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  HIP (RFC 7401), shim6 (RFC 5533)
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Next Header  |  Payload Len  |   4 * (Payload Len) + 6       |  authentication (RFC 4302 section 2)
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Next Header  |   Reserved    |      Fragment Offset    |Res|M|  fragment (RFC 8200 section 4.5)
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Identification                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Threading: not thread-safe; each worker owns one and walks again per packet.
 */
public final class Ipv6ExtensionChain {
    /** More headers than any known use needs; a bound on the work that a packet can ask for (RFC 8883 section 2.1). */
    public static final int MAX_HEADERS = 8;

    static final int MIN_HEADER_LENGTH = 8;
    private static final int MIN_AUTHENTICATION_LENGTH = 12;
    private static final int FRAGMENT_FIELD_OFFSET = 2;
    private static final int IDENTIFICATION_OFFSET = 4;
    private static final int MORE_FRAGMENTS = 1;
    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_JUMBO_PAYLOAD = 0xC2;

    // Bit p is set for protocol p below 64 when it is an extension header.
    private static final long EXTENSIONS_BELOW_64 = 1L << IpProtocol.HOP_BY_HOP
            | 1L << IpProtocol.ROUTING
            | 1L << IpProtocol.FRAGMENT
            | 1L << IpProtocol.AUTHENTICATION
            | 1L << IpProtocol.DESTINATION_OPTIONS;

    private static final int TRUNCATED = DropReason.IPV6_EXTENSION_TRUNCATED.code();
    private static final int TOO_LONG = DropReason.IPV6_EXTENSION_CHAIN_TOO_LONG.code();
    private static final int ORDER = DropReason.IPV6_EXTENSION_ORDER.code();
    private static final int BAD_LENGTH = DropReason.IPV6_BAD_LENGTH.code();
    private static final int TINY = DropReason.FRAGMENT_TINY.code();

    private int protocol;
    private int offset;
    private int fragmentHeader;
    private int fragmentField;
    private int headers;
    private long seenBelow64;
    private long seenAbove127;

    /** Whether the next-header value is an extension header that a walk passes. */
    public static boolean isExtension(int protocol) {
        return protocol < Long.SIZE
                ? (EXTENSIONS_BELOW_64 & 1L << protocol) != 0
                : protocol == IpProtocol.MOBILITY || protocol == IpProtocol.HIP || protocol == IpProtocol.SHIM6;
    }

    /**
     * Walks the chain that starts at {@code offset} with the header {@code nextHeader}, in a packet that ends at {@code limit}.
     * A fragment that is not the first ends the walk, for what follows it is payload.
     *
     * @return 0, IPV6_EXTENSION_TRUNCATED, IPV6_EXTENSION_CHAIN_TOO_LONG, IPV6_EXTENSION_ORDER, IPV6_BAD_LENGTH (a jumbo
     * payload option), or FRAGMENT_TINY when a first fragment does not hold the whole chain (RFC 7112 section 5)
     */
    public int walk(UnsafeBuffer frame, int nextHeader, int offset, int limit) {
        this.protocol = nextHeader;
        this.offset = offset;
        fragmentHeader = 0;
        fragmentField = 0;
        headers = 0;
        seenBelow64 = 0;
        seenAbove127 = 0;
        int reason = DropReason.NONE;
        while (reason == DropReason.NONE && fragmentOffset() == 0 && isExtension(protocol)) {
            reason = step(frame, limit);
        }
        return reason;
    }

    private int step(UnsafeBuffer frame, int limit) {
        headers++;
        if (headers > MAX_HEADERS) {
            return TOO_LONG;
        }
        if (repeated() || (protocol == IpProtocol.HOP_BY_HOP && headers > 1)) {
            return ORDER;
        }
        int length = limit - offset < MIN_HEADER_LENGTH ? Integer.MAX_VALUE : length(frame);
        if (length > limit - offset) {
            return moreFragments() ? TINY : TRUNCATED;
        }
        int reason = content(frame, length);
        protocol = u8(frame, offset);
        offset += length;
        return reason;
    }

    // Only destination options may occur more than once (RFC 8200 section 4.1).
    private boolean repeated() {
        long bit = 1L << protocol;
        boolean again = ((protocol < Long.SIZE ? seenBelow64 : seenAbove127) & bit) != 0;
        if (protocol < Long.SIZE) {
            seenBelow64 |= bit;
        } else {
            seenAbove127 |= bit;
        }
        return again && protocol != IpProtocol.DESTINATION_OPTIONS;
    }

    private int length(UnsafeBuffer frame) {
        int field = u8(frame, offset + 1);
        return switch (protocol) {
            case IpProtocol.FRAGMENT -> MIN_HEADER_LENGTH;
            case IpProtocol.AUTHENTICATION -> (field + 2) << 2;
            default -> (field + 1) << 3;
        };
    }

    private int content(UnsafeBuffer frame, int length) {
        if (protocol == IpProtocol.FRAGMENT) {
            fragmentHeader = offset;
            fragmentField = u16(frame, offset + FRAGMENT_FIELD_OFFSET);
        }
        return switch (protocol) {
            case IpProtocol.HOP_BY_HOP, IpProtocol.DESTINATION_OPTIONS -> options(frame, offset + 2, offset + length);
            case IpProtocol.AUTHENTICATION -> length < MIN_AUTHENTICATION_LENGTH ? TRUNCATED : DropReason.NONE;
            default -> DropReason.NONE;
        };
    }

    private static int options(UnsafeBuffer frame, int first, int limit) {
        int option = first;
        while (option < limit) {
            int type = u8(frame, option);
            if (type == OPTION_JUMBO_PAYLOAD) {
                return BAD_LENGTH;
            }
            if (type != OPTION_PAD1 && limit - option < 2) {
                return TRUNCATED;
            }
            option += type == OPTION_PAD1 ? 1 : 2 + u8(frame, option + 1);
        }
        return option == limit ? DropReason.NONE : TRUNCATED;
    }

    /** The protocol behind the chain; behind the fragment header of a later fragment, the one it names. */
    public int protocol() {
        return protocol;
    }

    /** Where the header of {@link #protocol} starts. */
    public int offset() {
        return offset;
    }

    /** Extension headers passed, 0 to {@link #MAX_HEADERS}. */
    public int headers() {
        return headers;
    }

    /** Where the fragment header starts, or 0 when there is none. */
    public int fragmentHeader() {
        return fragmentHeader;
    }

    /** Where the fragment's payload belongs in the datagram, in bytes; 0 without a fragment header. */
    public int fragmentOffset() {
        return fragmentField & 0xFFF8;
    }

    public boolean moreFragments() {
        return (fragmentField & MORE_FRAGMENTS) != 0;
    }

    /** Identification in the fragment header that starts at {@code fragmentHeader}. */
    public static int identification(UnsafeBuffer frame, int fragmentHeader) {
        return i32(frame, fragmentHeader + IDENTIFICATION_OFFSET);
    }

    @Override
    public String toString() {
        String fragment = fragmentHeader == 0 ? "" : ", frag " + fragmentOffset() + (moreFragments() ? "+" : "");
        return headers + " extension headers" + fragment + ", next-header " + protocol;
    }
}
