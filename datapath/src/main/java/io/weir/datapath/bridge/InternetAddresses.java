package io.weir.datapath.bridge;

/**
 * Network-layer addresses as two longs in network order, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2).
 *
 * <p>Threading: stateless.
 */
public final class InternetAddresses {
    /** The upper half of every mapped IPv4 address. */
    public static final long IPV4_HIGH = 0;

    private static final long IPV4_LOW = 0xFFFFL << 32;

    private InternetAddresses() {}

    /** The lower half of a mapped IPv4 address. */
    public static long ipv4Low(int address) {
        return IPV4_LOW | (address & 0xFFFF_FFFFL);
    }

    public static boolean isMulticast4(int address) {
        return address >>> 28 == 0xE;
    }

    /** 224.0.0.0/24, which no router forwards and no switch may prune: RFC 4541 section 2.1.2. */
    public static boolean isLinkLocalGroup4(int address) {
        return address >>> 8 == 0xE0_0000;
    }

    public static boolean isMulticast6(long high) {
        return high >>> 56 == 0xFF;
    }

    /** Scope of a multicast address at most link-local: RFC 4291 section 2.7. */
    public static boolean isLinkLocalGroup6(long high) {
        return isMulticast6(high) && ((high >>> 48) & 0xF) <= 2;
    }

    /** fe80::/10. */
    public static boolean isLinkLocal6(long high) {
        return high >>> 54 == 0xFE80 >>> 6;
    }
}
