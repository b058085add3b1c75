package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Network-layer addresses as two longs in network order, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2), and the sum that
 * protects the messages which carry them.
 *
 * <p>Threading: stateless.
 */
final class InternetAddresses {
    /** The upper half of every mapped IPv4 address. */
    static final long IPV4_HIGH = 0;

    private static final long IPV4_LOW = 0xFFFFL << 32;

    private InternetAddresses() {}

    /** The lower half of a mapped IPv4 address. */
    static long ipv4Low(int address) {
        return IPV4_LOW | (address & 0xFFFF_FFFFL);
    }

    static boolean isMulticast4(int address) {
        return address >>> 28 == 0xE;
    }

    /** 224.0.0.0/24, which no router forwards and no switch may prune: RFC 4541 section 2.1.2. */
    static boolean isLinkLocalGroup4(int address) {
        return address >>> 8 == 0xE0_0000;
    }

    static boolean isMulticast6(long high) {
        return high >>> 56 == 0xFF;
    }

    /** Scope of a multicast address at most link-local: RFC 4291 section 2.7. */
    static boolean isLinkLocalGroup6(long high) {
        return isMulticast6(high) && ((high >>> 48) & 0xF) <= 2;
    }

    /** fe80::/10. */
    static boolean isLinkLocal6(long high) {
        return high >>> 54 == 0xFE80 >>> 6;
    }

    /** Ones' complement sum of bytes (RFC 1071), folded to 16 bits, on top of an earlier sum. */
    static int sum(UnsafeBuffer view, int offset, int length, int initial) {
        long sum = initial;
        int i = 0;
        for (; i + 1 < length; i += 2) {
            sum += view.getShort(offset + i, BIG_ENDIAN) & 0xFFFF;
        }
        if (i < length) {
            sum += (view.getByte(offset + i) & 0xFF) << 8;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }

    /** Sum of the IPv6 pseudo-header for an ICMPv6 message: RFC 8200 section 8.1. */
    static int pseudoHeaderSum(UnsafeBuffer view, int sourceOffset, int length) {
        int addresses = sum(view, sourceOffset, 32, 0);
        return addresses + length + 58;
    }
}
