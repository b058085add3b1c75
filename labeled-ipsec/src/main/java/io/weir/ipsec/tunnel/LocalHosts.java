package io.weir.ipsec.tunnel;

/**
 * Which MAC address a local host was last seen with. An IPv6 address that looks like a mapped one of IPv4 is another host's. Bounded: each address has four places it may take; the one seen longest ago
 * makes room.
 *
 * <p>An address that somebody asked for and nobody has answered takes a place too, so that it is asked for only once a second; but
 * never that of a known host.
 *
 * <p>Threading: one worker.
 */
final class LocalHosts {
    /** {@link #find}: nobody was seen with the address. */
    static final long UNKNOWN = 0;

    /** Until then a host is believed to be where it was. */
    static final long FORGET_NS = 600_000_000_000L;

    /** After that it is asked whether it is still there. */
    static final long DOUBT_NS = 60_000_000_000L;

    static final long ASK_AGAIN_NS = 1_000_000_000L;

    private static final int SETS = 1024;
    private static final int WAYS = 4;
    private static final int CAPACITY = SETS * WAYS;
    private static final int SET_SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(SETS);

    private final long seed;
    private final long[] high = new long[CAPACITY];
    private final long[] low = new long[CAPACITY];
    private final long[] mac = new long[CAPACITY];
    private final long[] seenNs = new long[CAPACITY];
    private final long[] askedNs = new long[CAPACITY];
    // Version of IP, 0 of a place that nobody has.
    private final byte[] version = new byte[CAPACITY];

    /** @param seed unknown to whoever chooses addresses */
    LocalHosts(long seed) {
        this.seed = seed | 1;
    }

    /** MAC address in the low 48 bits, or {@link #UNKNOWN}. */
    long find(int version, long addressHigh, long addressLow, long nowNs) {
        int place = place(version, addressHigh, addressLow);
        return place >= 0 && known(place, nowNs) ? mac[place] : UNKNOWN;
    }

    /** A frame came from that host. */
    void see(int version, long addressHigh, long addressLow, long hostMac, long nowNs) {
        int place = place(version, addressHigh, addressLow);
        if (place < 0) {
            place = oldest(addressHigh, addressLow);
            take(place, version, addressHigh, addressLow, nowNs);
        }
        mac[place] = hostMac;
        seenNs[place] = nowNs;
    }

    /** Whether it is time to ask for the address: nobody has it, or it was not seen for long; and it was not asked for just now. */
    boolean ask(int version, long addressHigh, long addressLow, long nowNs) {
        int place = place(version, addressHigh, addressLow);
        if (place < 0) {
            place = unclaimed(addressHigh, addressLow, nowNs);
            if (place < 0) {
                return false;
            }
            take(place, version, addressHigh, addressLow, nowNs);
            mac[place] = UNKNOWN;
        }
        boolean doubtful = !known(place, nowNs) || nowNs - seenNs[place] >= DOUBT_NS;
        if (!doubtful || nowNs - askedNs[place] < ASK_AGAIN_NS) {
            return false;
        }
        askedNs[place] = nowNs;
        return true;
    }

    /** Whether the address was asked for just now. */
    boolean asked(int version, long addressHigh, long addressLow, long nowNs) {
        int place = place(version, addressHigh, addressLow);
        return place >= 0 && nowNs - askedNs[place] < ASK_AGAIN_NS;
    }

    private void take(int place, int version, long addressHigh, long addressLow, long nowNs) {
        this.version[place] = (byte) version;
        high[place] = addressHigh;
        low[place] = addressLow;
        seenNs[place] = nowNs;
        askedNs[place] = nowNs - ASK_AGAIN_NS;
    }

    private boolean known(int place, long nowNs) {
        return mac[place] != UNKNOWN && nowNs - seenNs[place] < FORGET_NS;
    }

    private int set(long addressHigh, long addressLow) {
        long hash = (addressHigh * 31 + addressLow) * seed;
        return (int) (((hash ^ (hash >>> 32)) * 0x9E37_79B9_7F4A_7C15L) >>> SET_SHIFT) * WAYS;
    }

    private int place(int version, long addressHigh, long addressLow) {
        int set = set(addressHigh, addressLow);
        for (int i = set; i < set + WAYS; i++) {
            if (this.version[i] == version && high[i] == addressHigh && low[i] == addressLow) {
                return i;
            }
        }
        return -1;
    }

    /** The place whose host was seen longest ago; before those the ones that hold no host. */
    private int oldest(long addressHigh, long addressLow) {
        int set = set(addressHigh, addressLow);
        int found = set;
        for (int i = set; i < set + WAYS; i++) {
            if (version[i] == 0 || mac[i] == UNKNOWN) {
                return i;
            }
            found = seenNs[i] - seenNs[found] < 0 ? i : found;
        }
        return found;
    }

    /** A place without a host that is known, or -1. */
    private int unclaimed(long addressHigh, long addressLow, long nowNs) {
        int set = set(addressHigh, addressLow);
        int found = -1;
        for (int i = set; i < set + WAYS; i++) {
            if (version[i] == 0) {
                return i;
            }
            if (!known(i, nowNs) && (found < 0 || askedNs[i] - askedNs[found] < 0)) {
                found = i;
            }
        }
        return found;
    }
}
