package io.weir.ipsec.tunnel;

/**
 * Which MAC address a local host was last seen with. An IPv6 address that looks like a mapped one of IPv4 is another host's.
 *
 * <p>Bounded: each address has the eight places of one set that it may take. In a set that is full the one makes room that was seen
 * longest ago of the MAC address, and before that of the share of levels, that has most of the set. So whoever speaks for any number of
 * addresses evicts his own: a share of levels keeps a place in each set as long as not more than eight of them want one, and so does a
 * MAC address within its share.
 *
 * <p>Questions, which keep an address from being asked for more than once a second by one level, are apart: no host takes their
 * places, and they take no host's.
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

    static final long ASK_AGAIN_NS = OpenQuestions.ASK_AGAIN_NS;

    private static final int SETS = 512;
    private static final int WAYS = 8;
    private static final int CAPACITY = SETS * WAYS;

    private final AddressSets sets;
    private final OpenQuestions questions;
    private final long[] high = new long[CAPACITY];
    private final long[] low = new long[CAPACITY];
    private final long[] mac = new long[CAPACITY];
    private final long[] seenNs = new long[CAPACITY];
    private final byte[] share = new byte[CAPACITY];
    // Version of IP, 0 of a place that nobody has.
    private final byte[] version = new byte[CAPACITY];

    /** @param seed unknown to whoever chooses addresses */
    LocalHosts(long seed) {
        this.sets = new AddressSets(seed, SETS);
        this.questions = new OpenQuestions(seed);
    }

    /** MAC address in the low 48 bits, or {@link #UNKNOWN}. */
    long find(int version, long addressHigh, long addressLow, long nowNs) {
        int place = place(version, addressHigh, addressLow);
        return place >= 0 && known(place, nowNs) ? mac[place] : UNKNOWN;
    }

    /** A frame of that level came from that host. */
    void see(int version, long addressHigh, long addressLow, long hostMac, int level, long nowNs) {
        int place = place(version, addressHigh, addressLow);
        if (place < 0) {
            place = roomFor(sets.of(addressHigh, addressLow) * WAYS, hostMac, LevelShares.of(level), nowNs);
            this.version[place] = (byte) version;
            high[place] = addressHigh;
            low[place] = addressLow;
        }
        mac[place] = hostMac;
        share[place] = (byte) LevelShares.of(level);
        seenNs[place] = nowNs;
    }

    /**
     * Whether it is time to ask for the address: nobody has it, or it was not seen for long; and it was not asked for just now.
     *
     * @param level of who wants to know
     */
    boolean ask(int version, long addressHigh, long addressLow, int level, long nowNs) {
        int place = place(version, addressHigh, addressLow);
        boolean doubtful = place < 0 || !known(place, nowNs) || nowNs - seenNs[place] >= DOUBT_NS;
        return doubtful && questions.ask(version, addressHigh, addressLow, level, nowNs);
    }

    /** Whether the address was asked for just now. */
    boolean asked(int version, long addressHigh, long addressLow, long nowNs) {
        return questions.asked(version, addressHigh, addressLow, nowNs);
    }

    private boolean known(int place, long nowNs) {
        return version[place] != 0 && nowNs - seenNs[place] < FORGET_NS;
    }

    private int place(int version, long addressHigh, long addressLow) {
        int set = sets.of(addressHigh, addressLow) * WAYS;
        for (int i = set; i < set + WAYS; i++) {
            if (this.version[i] == version && high[i] == addressHigh && low[i] == addressLow) {
                return i;
            }
        }
        return -1;
    }

    /** A place without a host that is known, else that of the oldest among the most crowded. */
    private int roomFor(int set, long hostMac, int hostShare, long nowNs) {
        int found = set;
        int most = -1;
        for (int i = set; i < set + WAYS; i++) {
            if (!known(i, nowNs)) {
                return i;
            }
            int crowd = crowd(set, i, hostMac, hostShare);
            if (crowd > most || (crowd == most && seenNs[i] - seenNs[found] < 0)) {
                found = i;
                most = crowd;
            }
        }
        return found;
    }

    /** Places of its share in a set, then those of its MAC address therein, the newcomer counted in; its own make room before others. */
    private int crowd(int set, int place, long hostMac, int hostShare) {
        boolean own = share[place] == hostShare;
        boolean ownMac = own && mac[place] == hostMac;
        int ofShare = own ? 1 : 0;
        int ofMac = ownMac ? 1 : 0;
        for (int i = set; i < set + WAYS; i++) {
            ofShare += share[i] == share[place] ? 1 : 0;
            ofMac += share[i] == share[place] && mac[i] == mac[place] ? 1 : 0;
        }
        int shareRank = ofShare * 2 + (own ? 1 : 0);
        return shareRank * 4 * WAYS + ofMac * 2 + (ownMac ? 1 : 0);
    }
}
