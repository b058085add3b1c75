package io.weir.datapath.firewall;

import java.util.Arrays;

import org.agrona.collections.Int2IntHashMap;

import io.weir.datapath.policy.Limits;

/**
 * Token buckets and counts of live sessions, one set per scope of {@link Limits}. A scope keeps its set over epochs, so that a
 * change elsewhere does not refill it; the rates are those of the limits seen last.
 *
 * <p>Credit is kept in units times nanoseconds, so that refilling is one exact multiplication at any rate.
 *
 * <p>Threading: owned by one worker.
 */
final class LimitBuckets {
    /** Scopes at a time. */
    static final int CAPACITY = 1 << 16;

    static final int NONE = -1;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LEAST_BURST_BITS = 65_536L * Byte.SIZE;
    private static final int BITS_BURSTS_PER_SECOND = 100;
    private static final int PACKETS_BURSTS_PER_SECOND = 10;

    // Kinds of bucket.
    private static final int CONNECTIONS = 0;
    private static final int BITS = 1;
    private static final int PACKETS = 2;
    private static final int KINDS = 3;

    private final Int2IntHashMap byScope = new Int2IntHashMap(CAPACITY * 2, 0.6f, NONE, false);
    private final int[] scope = new int[CAPACITY]; // [set]
    private final int[] users = new int[CAPACITY]; // [set] chains that hold it
    private final int[] live = new int[CAPACITY]; // [set] sessions under way
    private final int[] mostLive = new int[CAPACITY]; // [set] 0 for no limit
    private final long[] rate = new long[CAPACITY * KINDS]; // [set][kind] units a second, 0 for no limit
    private final long[] burst = new long[CAPACITY * KINDS]; // [set][kind] units
    private final long[] credit = new long[CAPACITY * KINDS]; // [set][kind] units times ns
    private final long[] filledNs = new long[CAPACITY * KINDS]; // [set][kind]
    private int used;
    private int reclaimAt;

    /** The set of the scope, with the rates that these limits say, or {@link #NONE} when there is no room. */
    int use(Limits limits, long nowNs) {
        int set = byScope.get(limits.scope());
        if (set == NONE) {
            set = used < CAPACITY ? used++ : reclaim();
            if (set == NONE) {
                return NONE;
            }
            begin(set, limits.scope(), nowNs);
        }
        users[set]++;
        mostLive[set] = limits.connections();
        rates(set, limits);
        return set;
    }

    private void begin(int set, int scope, long nowNs) {
        this.scope[set] = scope;
        byScope.put(scope, set);
        live[set] = 0;
        Arrays.fill(rate, set * KINDS, (set + 1) * KINDS, 0);
        // Long ago, so that the first look finds each bucket full.
        Arrays.fill(filledNs, set * KINDS, (set + 1) * KINDS, nowNs - Long.MAX_VALUE / 2);
    }

    private void rates(int set, Limits limits) {
        bucket(set, CONNECTIONS, limits.newConnectionsPerSecond(), limits.newConnectionsPerSecond());
        long bits = limits.bitsPerSecond();
        bucket(set, BITS, bits, Math.max(bits / BITS_BURSTS_PER_SECOND, LEAST_BURST_BITS));
        bucket(
                set,
                PACKETS,
                limits.packetsPerSecond(),
                Math.max(1, limits.packetsPerSecond() / PACKETS_BURSTS_PER_SECOND));
    }

    private void bucket(int set, int kind, long unitsPerSecond, long burstUnits) {
        rate[set * KINDS + kind] = unitsPerSecond;
        burst[set * KINDS + kind] = burstUnits;
    }

    /** A set that nobody uses; its scope is forgotten. */
    private int reclaim() {
        for (int i = 0; i < CAPACITY; i++) {
            int set = reclaimAt;
            reclaimAt = (reclaimAt + 1) & (CAPACITY - 1);
            if (users[set] == 0) {
                byScope.remove(scope[set]);
                return set;
            }
        }
        return NONE;
    }

    /** A chain holds the set no longer. */
    void release(int set) {
        users[set]--;
    }

    boolean mayConnect(int set) {
        return mostLive[set] == 0 || live[set] < mostLive[set];
    }

    void connected(int set) {
        live[set]++;
    }

    void disconnected(int set) {
        live[set]--;
    }

    /** Whether one more session may begin by its rate. */
    boolean mayBegin(int set, long nowNs) {
        return has(set * KINDS + CONNECTIONS, 1, nowNs);
    }

    void begun(int set) {
        take(set * KINDS + CONNECTIONS, 1);
    }

    /** Whether a frame of that length may pass. */
    boolean mayPass(int set, int bytes, long nowNs) {
        return has(set * KINDS + BITS, (long) bytes * Byte.SIZE, nowNs) && has(set * KINDS + PACKETS, 1, nowNs);
    }

    void passed(int set, int bytes) {
        take(set * KINDS + BITS, (long) bytes * Byte.SIZE);
        take(set * KINDS + PACKETS, 1);
    }

    private boolean has(int bucket, long units, long nowNs) {
        long perSecond = rate[bucket];
        if (perSecond == 0) {
            return true;
        }
        long most = burst[bucket] * SECOND_NS;
        long elapsedNs = nowNs - filledNs[bucket];
        // Full after that long; beyond it the product could overflow.
        long available = elapsedNs >= SECOND_NS || elapsedNs > most / perSecond
                ? most
                : Math.min(most, credit[bucket] + elapsedNs * perSecond);
        credit[bucket] = available;
        filledNs[bucket] = nowNs;
        return available >= units * SECOND_NS;
    }

    private void take(int bucket, long units) {
        if (rate[bucket] != 0) {
            credit[bucket] -= units * SECOND_NS;
        }
    }
}
