package io.weir.identity.component;

/**
 * An IP network or address as 128 bits; IPv4 stands as {@code ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2), its prefix length
 * grown by 96.
 *
 * @param high upper 64 bits, network order
 * @param low lower 64 bits
 * @param length prefix length in bits, 0 to 128; bits behind it are zero
 */
public record IpPrefix(long high, long low, int length) {
    private static final long MAPPED = 0xFFFFL << 32;
    private static final int MAPPED_LENGTH = 96;

    /** All IPv4 addresses. */
    public static final IpPrefix ALL_IPV4 = new IpPrefix(0, MAPPED, MAPPED_LENGTH);

    public IpPrefix {
        if (length < 0 || length > 128) {
            throw new IllegalArgumentException("prefix length must be 0 to 128: was " + length);
        }
        if ((high & ~highMask(length)) != 0 || (low & ~lowMask(length)) != 0) {
            throw new IllegalArgumentException("address bits behind the prefix must be zero");
        }
    }

    /** An IPv4 network; length 0 to 32. */
    public static IpPrefix ipv4(int address, int length) {
        return new IpPrefix(0, MAPPED | (address & 0xFFFF_FFFFL), MAPPED_LENGTH + length);
    }

    public boolean isIpv4() {
        return length >= MAPPED_LENGTH && mapped(high, low);
    }

    private static boolean mapped(long high, long low) {
        return high == 0 && low >>> 32 == 0xFFFF;
    }

    /** Whether an address is in it. An IPv6 network holds no IPv4 address: not even {@code ::/0}, whose bits all have. */
    public boolean contains(long addressHigh, long addressLow) {
        return covers(addressHigh, addressLow) && (length >= MAPPED_LENGTH || !mapped(addressHigh, addressLow));
    }

    private boolean covers(long addressHigh, long addressLow) {
        return (addressHigh & highMask(length)) == high && (addressLow & lowMask(length)) == low;
    }

    /** Whether it is an IPv6 network whose bits {@link #ALL_IPV4} has, which does not belong to it. */
    public boolean surroundsIpv4() {
        return length < MAPPED_LENGTH && covers(0, MAPPED);
    }

    /** Whether every address of the other is in this one. */
    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.high, other.low);
    }

    /** The upper 64 bits of the mask. */
    public static long highMask(int length) {
        return length == 0 ? 0 : length >= 64 ? -1L : -1L << (64 - length);
    }

    /** The lower 64 bits of the mask. */
    public static long lowMask(int length) {
        return length <= 64 ? 0 : -1L << (128 - length);
    }
}
