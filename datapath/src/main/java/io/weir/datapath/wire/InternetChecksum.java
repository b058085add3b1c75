package io.weir.datapath.wire;

import java.nio.ByteOrder;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.kernel.Memory;

import static java.nio.ByteOrder.nativeOrder;

/**
 * The Internet checksum, RFC 1071: one's complement of the one's complement sum of 16-bit words.
 *
 * <p>A <em>partial sum</em> is a long below 2^49 that only the methods of this class read: it is kept in native byte order, for
 * the sum is independent of byte order but for the order of its own two bytes (RFC 1071 section 2, B), and so eight bytes
 * are added at a time. Partial sums of pieces add up with {@code +}, if all pieces but the last have an even length.
 *
 * <p>Threading: stateless.
 */
public final class InternetChecksum {
    private static final boolean LITTLE = nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    // Bytes from which on the vector loop is worth its begin.
    private static final int MANY = 64;

    private InternetChecksum() {}

    /** Partial sum of {@code length} bytes at {@code offset}. An odd last byte counts as if a zero byte followed it. */
    public static long sum(UnsafeBuffer view, int offset, int length) {
        int end = offset + length;
        if (length < MANY || view.byteArray() != null) {
            return sumFew(view, offset, end);
        }
        view.boundsCheck(offset, length);
        int longs = length >>> 3;
        return reduce(Memory.sumWords(view.addressOffset() + offset, longs)) + sumTail(view, offset + longs * 8, end);
    }

    private static long sumFew(UnsafeBuffer view, int offset, int end) {
        long low = 0;
        long high = 0;
        int index = offset;
        for (; end - index >= 8; index += 8) {
            long word = view.getLong(index);
            low += word & 0xFFFF_FFFFL;
            high += word >>> 32;
        }
        return reduce(low) + reduce(high) + sumTail(view, index, end);
    }

    private static long sumTail(UnsafeBuffer view, int offset, int end) {
        int index = offset;
        long sum = 0;
        if (end - index >= 4) {
            sum = view.getInt(index) & 0xFFFF_FFFFL;
            index += 4;
        }
        if (end - index >= 2) {
            sum += view.getShort(index) & 0xFFFF;
            index += 2;
        }
        if (end - index == 1) {
            int last = view.getByte(index) & 0xFF;
            sum += LITTLE ? last : last << 8;
        }
        return sum;
    }

    // 2^32 is 1 modulo 2^16 - 1, so that the upper half may be added to the lower one.
    private static long reduce(long sum) {
        return (sum & 0xFFFF_FFFFL) + (sum >>> 32);
    }

    /** Partial sum of one 16-bit field, given as a number. */
    public static long sum16(int value) {
        return LITTLE ? Short.reverseBytes((short) value) & 0xFFFF : value & 0xFFFF;
    }

    /**
     * Partial sum of the IPv4 pseudo-header (RFC 9293 section 3.1, RFC 768) of the packet whose header starts at {@code offset}.
     *
     * @param length bytes of transport header and payload
     */
    public static long pseudoHeader4(UnsafeBuffer view, int offset, int protocol, int length) {
        return sum(view, offset + Ipv4Header.SOURCE_OFFSET, 8) + sum16(protocol) + sum16(length);
    }

    /**
     * Partial sum of the IPv6 pseudo-header (RFC 8200 section 8.1) of the packet whose header starts at {@code offset}.
     *
     * @param length bytes of transport header and payload, below 65,536
     */
    public static long pseudoHeader6(UnsafeBuffer view, int offset, int protocol, int length) {
        return sum(view, offset + Ipv6Header.SOURCE_OFFSET, 32) + sum16(protocol) + sum16(length);
    }

    /** The checksum of a partial sum, as the number to write in the field: 0 to 65,535. */
    public static int finish(long partialSum) {
        return ~fold(partialSum) & 0xFFFF;
    }

    /** A partial sum as the 16-bit number of its field, not complemented; what virtio wants of a pseudo-header. */
    public static int fold(long partialSum) {
        long sum = partialSum;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum16((int) sum);
    }

    /** Checksum of {@code length} bytes at {@code offset}; 0 when they hold their own right checksum. */
    public static int of(UnsafeBuffer view, int offset, int length) {
        return finish(sum(view, offset, length));
    }
}
