package io.weir.control.audit;

import java.time.Instant;

/**
 * One moment on both clocks, by which monotonic times close to it become wall-clock times.
 *
 * @param ns the moment on the monotonic clock, in ns
 * @param at the same moment on the wall clock
 */
public record WallTime(long ns, Instant at) {
    /** This moment. */
    public static WallTime now() {
        return new WallTime(System.nanoTime(), Instant.now());
    }

    /** Wall-clock time of a monotonic time. */
    public Instant instant(long monotonicNs) {
        return at.plusNanos(monotonicNs - ns);
    }
}
