package io.weir.datapath.firewall;

import org.agrona.collections.Int2IntHashMap;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Policy;

/**
 * The limits that sessions are under: each a chain of sets in {@link LimitBuckets}. A session keeps its chain until it is judged
 * anew, also when the epoch that numbered its limits is gone.
 *
 * <p>Threading: owned by one worker.
 */
final class LimitChains {
    /** No limits at all. */
    static final int UNLIMITED = 0;
    /** {@link #of}: no room for another chain. */
    static final int EXHAUSTED = -1;

    /** Chains at a time; the one with number 0 is {@link #UNLIMITED}. */
    static final int CAPACITY = 1 << 14;

    /** Scopes in a chain: both rules and both components, and as many to spare. */
    static final int MOST_SCOPES = 8;

    private static final int NO_EPOCH = -1;
    private static final int CONNECTION_LIMIT = DropReason.CONNECTION_LIMIT.code();
    private static final int CONNECTION_RATE = DropReason.CONNECTION_RATE.code();

    private final LimitBuckets buckets = new LimitBuckets();
    private final Int2IntHashMap byNumber = new Int2IntHashMap(CAPACITY * 2, 0.6f, EXHAUSTED, false);
    private final int[] length = new int[CAPACITY]; // [chain] scopes, 0 for a vacant chain
    private final int[] sets = new int[CAPACITY * MOST_SCOPES]; // [chain][scope] set of buckets
    private final int[] sessions = new int[CAPACITY]; // [chain] sessions under it
    private final int[] chainEpoch = new int[CAPACITY]; // [chain] epoch that numbered it
    private final int[] chainNumber = new int[CAPACITY]; // [chain] its number in that epoch
    private int epoch;
    private int used = 1;
    private int reclaimAt = 1;

    /** The chain for limits of that number in the policy, {@link #UNLIMITED} or {@link #EXHAUSTED}. */
    int of(Policy policy, int number, long nowNs) {
        if (number == 0) {
            return UNLIMITED;
        }
        if (policy.epoch() != epoch) {
            epoch = policy.epoch();
            byNumber.clear();
        }
        int chain = byNumber.get(number);
        return chain != EXHAUSTED ? chain : begin(policy.limits(number), number, nowNs);
    }

    private int begin(@Nullable Limits limits, int number, long nowNs) {
        if (limits == null) {
            return UNLIMITED;
        }
        int chain = used < CAPACITY ? used++ : reclaim();
        if (chain == EXHAUSTED) {
            return EXHAUSTED;
        }
        chainEpoch[chain] = epoch;
        chainNumber[chain] = number;
        length[chain] = 0;
        sessions[chain] = 0;
        for (Limits next = limits; next != null && length[chain] < MOST_SCOPES; next = next.next()) {
            int set = buckets.use(next, nowNs);
            if (set == LimitBuckets.NONE) {
                // Vacant until it is reclaimed; a flow that cannot be limited does not begin.
                chainEpoch[chain] = NO_EPOCH;
                return EXHAUSTED;
            }
            sets[chain * MOST_SCOPES + length[chain]++] = set;
        }
        byNumber.put(number, chain);
        return chain;
    }

    /** A chain that no session is under. */
    private int reclaim() {
        for (int i = 1; i < CAPACITY; i++) {
            int chain = reclaimAt;
            reclaimAt = reclaimAt + 1 < CAPACITY ? reclaimAt + 1 : 1;
            if (sessions[chain] == 0) {
                if (chainEpoch[chain] == epoch) {
                    int _ = byNumber.remove(chainNumber[chain]);
                }
                for (int at = chain * MOST_SCOPES; at < chain * MOST_SCOPES + length[chain]; at++) {
                    buckets.release(sets[at]);
                }
                return chain;
            }
        }
        return EXHAUSTED;
    }

    /** Code of the reason for which no further session may begin under the chain, else 0, and then it counts. */
    int begin(int chain, long nowNs) {
        if (chain == UNLIMITED) {
            return DropReason.NONE;
        }
        int first = chain * MOST_SCOPES;
        int end = first + length[chain];
        for (int at = first; at < end; at++) {
            if (!buckets.mayConnect(sets[at])) {
                return CONNECTION_LIMIT;
            }
        }
        for (int at = first; at < end; at++) {
            if (!buckets.mayBegin(sets[at], nowNs)) {
                return CONNECTION_RATE;
            }
        }
        for (int at = first; at < end; at++) {
            buckets.begun(sets[at]);
        }
        add(chain);
        return DropReason.NONE;
    }

    /** A session that lives goes on under the chain. */
    void add(int chain) {
        if (chain != UNLIMITED) {
            sessions[chain]++;
            for (int at = chain * MOST_SCOPES; at < chain * MOST_SCOPES + length[chain]; at++) {
                buckets.connected(sets[at]);
            }
        }
    }

    /** A session is no longer under the chain. */
    void remove(int chain) {
        if (chain != UNLIMITED) {
            sessions[chain]--;
            for (int at = chain * MOST_SCOPES; at < chain * MOST_SCOPES + length[chain]; at++) {
                buckets.disconnected(sets[at]);
            }
        }
    }

    /** Whether a frame of that length may pass under the chain; it is accounted for then. */
    boolean pass(int chain, int bytes, long nowNs) {
        int first = chain * MOST_SCOPES;
        int end = first + length[chain];
        for (int at = first; at < end; at++) {
            if (!buckets.mayPass(sets[at], bytes, nowNs)) {
                return false;
            }
        }
        for (int at = first; at < end; at++) {
            buckets.passed(sets[at], bytes);
        }
        return true;
    }
}
