package io.weir.datapath.bridge;

import java.util.Arrays;

/**
 * Rate limits in frames per second, one bucket per index. A bucket holds a tenth of a second's frames, at least one.
 *
 * <p>Credit is kept in frames times nanoseconds, so that refilling is one exact multiplication at any rate.
 *
 * <p>Threading: one writer, no other reader.
 */
public final class TokenBuckets {
    private static final long FRAME = 1_000_000_000L;
    private static final long FULL_AFTER_NS = 1_000_000_000L;
    private static final int BURSTS_PER_SECOND = 10;
    private static final long UNUSED = -1;

    private final long[] credit;
    private final long[] filledNs;

    public TokenBuckets(int buckets) {
        credit = new long[buckets];
        filledNs = new long[buckets];
        Arrays.fill(credit, UNUSED);
    }

    /**
     * Takes one frame's credit; false when there is none.
     *
     * @param framesPerSecond 1 or more
     */
    public boolean take(int bucket, int framesPerSecond, long nowNs) {
        long most = Math.max(1, framesPerSecond / BURSTS_PER_SECOND) * FRAME;
        long elapsedNs = nowNs - filledNs[bucket];
        boolean full = credit[bucket] == UNUSED || elapsedNs >= FULL_AFTER_NS;
        long available = full ? most : Math.min(most, credit[bucket] + elapsedNs * framesPerSecond);
        filledNs[bucket] = nowNs;
        boolean enough = available >= FRAME;
        credit[bucket] = enough ? available - FRAME : available;
        return enough;
    }
}
