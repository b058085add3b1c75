package io.weir.ipsec.tunnel;

/**
 * Addresses that were asked for within the last second. Bounded, with a share for each level: who lets many addresses be asked for
 * keeps none of another share from being asked for.
 *
 * <p>Threading: one worker.
 */
final class OpenQuestions {
    static final long ASK_AGAIN_NS = 1_000_000_000L;

    // For each share, more than it may ask in a second.
    private static final int SETS = 64;
    private static final int WAYS = 8;
    private static final int SHARE = SETS * WAYS;
    private static final int CAPACITY = LevelShares.COUNT * SHARE;

    private final AddressSets sets;
    // [share][set][way]
    private final long[] high = new long[CAPACITY];
    private final long[] low = new long[CAPACITY];
    private final long[] askedNs = new long[CAPACITY];
    // Version of IP, 0 of a place that nobody has.
    private final byte[] version = new byte[CAPACITY];

    /** @param seed unknown to whoever chooses addresses */
    OpenQuestions(long seed) {
        this.sets = new AddressSets(seed, SETS);
    }

    /**
     * Notes that somebody of that level asks for the address; false when one of its share did just now, or the share has no room. What
     * another level asks may not reach the host.
     */
    boolean ask(int version, long addressHigh, long addressLow, int level, long nowNs) {
        int set = LevelShares.of(level) * SHARE + set(addressHigh, addressLow);
        if (asked(set, version, addressHigh, addressLow, nowNs)) {
            return false;
        }
        for (int i = set; i < set + WAYS; i++) {
            if (!open(i, nowNs)) {
                this.version[i] = (byte) version;
                high[i] = addressHigh;
                low[i] = addressLow;
                askedNs[i] = nowNs;
                return true;
            }
        }
        return false;
    }

    /** Whether somebody of any level asked for the address just now. */
    boolean asked(int version, long addressHigh, long addressLow, long nowNs) {
        for (int set = set(addressHigh, addressLow); set < CAPACITY; set += SHARE) {
            if (asked(set, version, addressHigh, addressLow, nowNs)) {
                return true;
            }
        }
        return false;
    }

    private boolean asked(int set, int version, long addressHigh, long addressLow, long nowNs) {
        for (int i = set; i < set + WAYS; i++) {
            boolean same = this.version[i] == version && high[i] == addressHigh && low[i] == addressLow;
            if (same && open(i, nowNs)) {
                return true;
            }
        }
        return false;
    }

    private boolean open(int place, long nowNs) {
        return version[place] != 0 && nowNs - askedNs[place] < ASK_AGAIN_NS;
    }

    private int set(long addressHigh, long addressLow) {
        return sets.of(addressHigh, addressLow) * WAYS;
    }
}
