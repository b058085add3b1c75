package io.weir.datapath.bridge;

import java.util.Arrays;

/**
 * Which MAC address answers for a network-layer address in a VLAN, as seen in ARP and neighbour discovery.
 *
 * <p>Sets of {@link #WAYS} entries, the set chosen by a hash with a secret seed. A new neighbour takes an empty or expired
 * place of its set, else the one unseen for longest. So the table is bounded, and so is each operation.
 *
 * <p>Threading: one writer, the owning worker, which alone reads.
 */
public final class NeighbourTable {
    /** A neighbour that does not forward. */
    public static final int HOST = 0;
    /** A neighbour that said it is a router: an answer in its name must say so too (RFC 4861 section 7.2.5). */
    public static final int ROUTER = 1;

    /** {@link #find}: no such neighbour. */
    public static final long UNKNOWN = -1;

    private static final int WAYS = 8;
    private static final int KIND_SHIFT = 60;
    private static final int VLAN_SHIFT = 48;
    private static final long MAC_MASK = 0xFFFF_FFFF_FFFFL;
    private static final long EMPTY = 0;
    private static final long RENEW_NS = 30_000_000_000L;

    private final TableUpdates updates;
    private final long expiryNs;
    private final long seed;
    private final int shift;
    private final long[] high;
    private final long[] low;
    // [slot]: kind << 60 | VLAN << 48 | MAC; VLANs start at 1, so 0 is an empty slot
    private final long[] binding;
    private final long[] seenNs;
    private final long[] reportedNs;

    /**
     * An empty table.
     *
     * @param capacity most neighbours, a power of two from 16 on
     * @param expiryNs time after which a neighbour that was not seen again is forgotten
     * @param seed random bits that a sender cannot know
     */
    public NeighbourTable(int capacity, long expiryNs, long seed, TableUpdates updates) {
        if (Integer.bitCount(capacity) != 1 || capacity < 2 * WAYS) {
            throw new IllegalArgumentException("neighbour capacity must be a power of two from 16 on: was " + capacity);
        }
        this.updates = updates;
        this.expiryNs = expiryNs;
        this.seed = seed | 1;
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity / WAYS);
        high = new long[capacity];
        low = new long[capacity];
        binding = new long[capacity];
        seenNs = new long[capacity];
        reportedNs = new long[capacity];
    }

    /** The neighbour's MAC address, with its kind in bit 60, or {@link #UNKNOWN}. */
    public long find(int vlan, long ipHigh, long ipLow, long nowNs) {
        int slot = slot(vlan, ipHigh, ipLow);
        if (slot < 0 || expired(slot, nowNs)) {
            return UNKNOWN;
        }
        return (binding[slot] & MAC_MASK) | (binding[slot] >>> KIND_SHIFT << KIND_SHIFT);
    }

    /** The MAC address in what {@link #find} returned. */
    public static long mac(long found) {
        return found & MAC_MASK;
    }

    /** {@link #HOST} or {@link #ROUTER}, from what {@link #find} returned. */
    public static int kind(long found) {
        return (int) (found >>> KIND_SHIFT);
    }

    /** A neighbour of this worker's ports was seen. */
    public void see(int vlan, long ipHigh, long ipLow, long mac, int kind, long nowNs) {
        int slot = slot(vlan, ipHigh, ipLow);
        long bound = (long) kind << KIND_SHIFT | (long) vlan << VLAN_SHIFT | mac;
        boolean news = slot < 0 || binding[slot] != bound || nowNs - reportedNs[slot] >= RENEW_NS;
        slot = slot < 0 ? place(vlan, ipHigh, ipLow, nowNs) : slot;
        enter(slot, ipHigh, ipLow, bound, nowNs);
        if (news) {
            reportedNs[slot] = nowNs;
            updates.neighbourSeen(vlan, ipHigh, ipLow, mac, kind);
        }
    }

    /** Takes another worker's word of a neighbour. */
    public void applyRemoteSeen(int vlan, long ipHigh, long ipLow, long mac, int kind, long nowNs) {
        int slot = slot(vlan, ipHigh, ipLow);
        slot = slot < 0 ? place(vlan, ipHigh, ipLow, nowNs) : slot;
        enter(slot, ipHigh, ipLow, (long) kind << KIND_SHIFT | (long) vlan << VLAN_SHIFT | mac, nowNs);
        reportedNs[slot] = nowNs;
    }

    /** Forgets a neighbour whose binding has become doubtful. */
    public void forget(int vlan, long ipHigh, long ipLow) {
        int slot = slot(vlan, ipHigh, ipLow);
        if (slot >= 0) {
            binding[slot] = EMPTY;
        }
    }

    /** Forgets all. */
    public void flush() {
        Arrays.fill(binding, EMPTY);
    }

    private void enter(int slot, long ipHigh, long ipLow, long bound, long nowNs) {
        high[slot] = ipHigh;
        low[slot] = ipLow;
        binding[slot] = bound;
        seenNs[slot] = nowNs;
    }

    private int slot(int vlan, long ipHigh, long ipLow) {
        int first = set(vlan, ipHigh, ipLow);
        for (int slot = first; slot < first + WAYS; slot++) {
            if (low[slot] == ipLow
                    && high[slot] == ipHigh
                    && binding[slot] != EMPTY
                    && ((binding[slot] >>> VLAN_SHIFT) & 0xFFF) == vlan) {
                return slot;
            }
        }
        return -1;
    }

    private int place(int vlan, long ipHigh, long ipLow, long nowNs) {
        int first = set(vlan, ipHigh, ipLow);
        int oldest = first;
        for (int slot = first; slot < first + WAYS; slot++) {
            if (binding[slot] == EMPTY || expired(slot, nowNs)) {
                return slot;
            }
            oldest = seenNs[slot] - seenNs[oldest] < 0 ? slot : oldest;
        }
        return oldest;
    }

    private boolean expired(int slot, long nowNs) {
        return nowNs - seenNs[slot] > expiryNs;
    }

    private int set(int vlan, long ipHigh, long ipLow) {
        long mixed = (ipHigh ^ vlan) * seed;
        mixed = ((mixed ^ (mixed >>> 32)) + ipLow) * (seed ^ 0x5851_F42D_4C95_7F2CL);
        return (int) (((mixed ^ (mixed >>> 29)) * seed) >>> shift) * WAYS;
    }
}
