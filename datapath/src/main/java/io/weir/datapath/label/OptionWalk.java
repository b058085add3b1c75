package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * Steps from option to option in IPv4 headers (RFC 791 section 3.1) and hop-by-hop options headers (RFC 8200 section 4.2) that
 * the parse stage found good. Offsets are those of the view.
 *
 * <p>Threading: stateless.
 */
final class OptionWalk {
    static final int IPV4_END = 0;
    static final int IPV4_NO_OPERATION = 1;
    static final int IPV6_PAD1 = 0;
    static final int IPV6_PADN = 1;

    /** No option there. */
    static final int NONE = -1;

    private static final int NO_OPTIONS = Ipv4Header.MIN_LENGTH >>> 2;
    private static final int IPV6_LENGTH_AND_NEXT_HEADER = 4;

    private OptionWalk() {}

    /** Whether an IP packet has options at all. Nearly none has: that much the fixed header tells. */
    static boolean hasOptions(PacketBatch batch, int i) {
        int network = batch.networkOffset(i);
        return batch.is(i, PacketBatch.IS_IPV4)
                ? (batch.word(i, network) >>> 24 & 0xF) != NO_OPTIONS
                : (batch.word(i, network + IPV6_LENGTH_AND_NEXT_HEADER) >>> 8 & 0xFF) == IpProtocol.HOP_BY_HOP;
    }

    /** Whether {@code length} bytes of both views are equal. */
    static boolean equal(UnsafeBuffer view, int offset, UnsafeBuffer other, int otherOffset, int length) {
        int at = 0;
        while (length - at >= Long.BYTES) {
            if (view.getLong(offset + at) != other.getLong(otherOffset + at)) {
                return false;
            }
            at += Long.BYTES;
        }
        while (at < length && view.getByte(offset + at) == other.getByte(otherOffset + at)) {
            at++;
        }
        return at == length;
    }

    /** The first CIPSO option of the IPv4 header at {@code network}, or {@link #NONE}. */
    static int firstCipso(UnsafeBuffer frame, int network) {
        int end = network + Ipv4Header.headerLength(frame, network);
        return cipso(frame, network + Ipv4Header.MIN_LENGTH, end);
    }

    /** The CIPSO option behind the one at {@code option}, or {@link #NONE}. */
    static int nextCipso(UnsafeBuffer frame, int network, int option) {
        int end = network + Ipv4Header.headerLength(frame, network);
        return cipso(frame, option + u8(frame, option + 1), end);
    }

    private static int cipso(UnsafeBuffer frame, int from, int end) {
        int option = from;
        while (option < end && u8(frame, option) != IPV4_END) {
            if (u8(frame, option) == CipsoOption.TYPE) {
                return option;
            }
            option += ipv4Length(frame, option);
        }
        return NONE;
    }

    /** Bytes of an option in an IPv4 header. */
    static int ipv4Length(UnsafeBuffer frame, int option) {
        return u8(frame, option) == IPV4_NO_OPERATION ? 1 : u8(frame, option + 1);
    }

    /** The first CALIPSO option behind the IPv6 header at {@code network}, whose next header is hop-by-hop, or {@link #NONE}. */
    static int firstCalipso(UnsafeBuffer frame, int network) {
        int header = network + Ipv6Header.LENGTH;
        return calipso(frame, header + 2, header + hopByHopLength(frame, header));
    }

    /** The CALIPSO option behind the one at {@code option}, or {@link #NONE}. */
    static int nextCalipso(UnsafeBuffer frame, int network, int option) {
        int header = network + Ipv6Header.LENGTH;
        return calipso(frame, option + ipv6Length(frame, option), header + hopByHopLength(frame, header));
    }

    private static int calipso(UnsafeBuffer frame, int from, int end) {
        int option = from;
        while (option < end) {
            if (u8(frame, option) == CalipsoOption.TYPE) {
                return option;
            }
            option += ipv6Length(frame, option);
        }
        return NONE;
    }

    /** Bytes of an option in a hop-by-hop options header. */
    static int ipv6Length(UnsafeBuffer frame, int option) {
        return u8(frame, option) == IPV6_PAD1 ? 1 : 2 + u8(frame, option + 1);
    }

    /** Bytes of the hop-by-hop options header at {@code header}. */
    static int hopByHopLength(UnsafeBuffer frame, int header) {
        return (u8(frame, header + 1) + 1) << 3;
    }
}
