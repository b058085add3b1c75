package io.weir.datapath.firewall;

import io.weir.datapath.packet.PortSet;

/**
 * Who holds which link-local IPv6 address (RFC 4291 section 2.5.6), of which no document says: a MAC address behind a port, by
 * first come. A claim goes on while it is repeated, and ends with its port or when its time is
 * over.
 *
 * <p>A <em>firm</em> claim takes an address from whoever holds it: of a router, of the MAC address that the interface identifier
 * is made of (RFC 4291 appendix A). From a router only the latter takes it, where that MAC address is known to be the port's.
 *
 * <h2>Bounded work</h2>
 *
 * An address has one bucket of eight places, found by a secret hash. A port that is no router has 64 claims at most; what is
 * beyond, or finds no place, is refused unless it is firm, and a firm one passes without being kept. Claims of routers give way
 * to each other in the order of age, and take no more than half a bucket while others are in it.
 *
 * <p>Threading: owned by one worker; allocates nothing.
 */
final class LinkLocalClaims {
    static final int PER_PORT = 64;

    /** As neighbours are forgotten. */
    static final long LIFETIME_NS = 300_000_000_000L;

    /** Two of the longest intervals at which a router advertises itself (RFC 4861 section 6.2.1). */
    static final long ROUTER_LIFETIME_NS = 3_600_000_000_000L;

    private static final int BUCKETS = 1 << 10;
    private static final int WAYS = 8;
    private static final int NONE = -1;

    // What a place holds.
    private static final byte EMPTY = 0;
    private static final byte FIRST = 1;
    private static final byte DERIVED = 2;
    private static final byte ROUTER = 3;

    private final long seed;
    // [place]
    private final byte[] kinds = new byte[BUCKETS * WAYS];
    private final int[] vlans = new int[BUCKETS * WAYS];
    private final int[] ports = new int[BUCKETS * WAYS];
    private final long[] macs = new long[BUCKETS * WAYS];
    private final long[] highs = new long[BUCKETS * WAYS];
    private final long[] lows = new long[BUCKETS * WAYS];
    private final long[] seenNs = new long[BUCKETS * WAYS];
    private final int[] counts = new int[PortSet.MAX_PORTS]; // [port] claims of it

    /** @param seed fresh random bits */
    LinkLocalClaims(long seed) {
        this.seed = seed | 1;
    }

    /** Whether the interface identifier is made of that MAC address. */
    static boolean isDerived(long low, long mac) {
        long identifier = (mac >>> 24) << 40 | 0xFF_FE00_0000L | (mac & 0xFF_FFFF);
        return low == (identifier ^ 0x0200_0000_0000_0000L);
    }

    /**
     * Claims an address, or repeats a claim.
     *
     * @param router whether the port may be a router's
     * @param rightful whether that MAC address is known to be this port's, so that it may have moved here from another
     * @return whether the address is the sender's
     */
    boolean claim(int vlan, long high, long low, int port, long mac, boolean router, boolean rightful, long nowNs) {
        byte kind = router ? ROUTER : isDerived(low, mac) ? DERIVED : FIRST;
        int bucket = bucket(vlan, high, low);
        int place = find(bucket, vlan, high, low, nowNs);
        if (place != NONE) {
            boolean same = macs[place] == mac && (ports[place] == port || rightful);
            boolean takes = kind == ROUTER || (kind == DERIVED && (rightful || kinds[place] != ROUTER));
            if (!same && !takes) {
                return false;
            }
            release(place);
        } else {
            place = place(bucket, kind, nowNs);
        }
        if (place == NONE || (kind != ROUTER && counts[port] >= PER_PORT)) {
            return kind != FIRST;
        }
        release(place);
        kinds[place] = kind;
        vlans[place] = vlan;
        ports[place] = port;
        macs[place] = mac;
        highs[place] = high;
        lows[place] = low;
        seenNs[place] = nowNs;
        counts[port] += kind == ROUTER ? 0 : 1;
        return true;
    }

    private int bucket(int vlan, long high, long low) {
        long hash = Math.unsignedMultiplyHigh(low ^ seed, (high ^ vlan) * 0x9E37_79B9_7F4A_7C15L ^ seed);
        hash = (hash ^ low * seed) * 0x94D0_49BB_1331_11EBL;
        return (int) (hash >>> 54) * WAYS;
    }

    private int find(int bucket, int vlan, long high, long low, long nowNs) {
        for (int place = bucket; place < bucket + WAYS; place++) {
            if (kinds[place] != EMPTY && lows[place] == low && highs[place] == high && vlans[place] == vlan) {
                return isOver(place, nowNs) ? vacated(place) : place;
            }
        }
        return NONE;
    }

    private int vacated(int place) {
        release(place);
        return NONE;
    }

    private boolean isOver(int place, long nowNs) {
        return nowNs - seenNs[place] > (kinds[place] == ROUTER ? ROUTER_LIFETIME_NS : LIFETIME_NS);
    }

    /** Where a new claim may stand. */
    private int place(int bucket, byte kind, long nowNs) {
        int free = NONE;
        int oldestRouter = NONE;
        int oldestOther = NONE;
        int routers = 0;
        for (int place = bucket; place < bucket + WAYS; place++) {
            if (kinds[place] == EMPTY || isOver(place, nowNs)) {
                free = place;
            } else if (kinds[place] == ROUTER) {
                routers++;
                oldestRouter = older(oldestRouter, place);
            } else {
                oldestOther = older(oldestOther, place);
            }
        }
        if (kind == ROUTER && routers >= WAYS / 2) {
            return oldestRouter;
        }
        return kind == ROUTER && free == NONE ? oldestOther : free;
    }

    private int older(int before, int candidate) {
        return before == NONE || seenNs[candidate] < seenNs[before] ? candidate : before;
    }

    private void release(int place) {
        if (kinds[place] == FIRST || kinds[place] == DERIVED) {
            counts[ports[place]]--;
        }
        kinds[place] = EMPTY;
    }

    /** Ends the claims of a port that is removed. Not for the hot path. */
    void forgetPort(int port) {
        for (int place = 0; place < kinds.length; place++) {
            if (kinds[place] != EMPTY && ports[place] == port) {
                release(place);
            }
        }
    }
}
