package io.weir.control.journal;

import net.openhft.chronicle.core.time.TimeProvider;

/**
 * The time by which Chronicle Queue names and rolls its files. It stands still until the journal begins a new segment, so
 * that a segment ends by size or age as the journal decides, and never goes back, whatever the wall clock does.
 *
 * <p>Threading: advanced by the writer; read by any.
 */
final class SegmentClock implements TimeProvider {
    /** A segment's name tells its begin to the minute. */
    static final long STEP_MS = 60_000;

    // One writer; readers of the queue want the latest.
    private volatile long segmentMs;

    /** @param lastMs begin of the newest segment that exists, 0 for none */
    SegmentClock(long lastMs, long nowMs) {
        segmentMs = Math.max(lastMs, nowMs / STEP_MS * STEP_MS);
    }

    /** Begins a segment, named after the wall clock or the minute behind the last segment's. */
    void advance(long nowMs) {
        segmentMs = Math.max(segmentMs + STEP_MS, nowMs / STEP_MS * STEP_MS);
    }

    @Override
    public long currentTimeMillis() {
        return segmentMs;
    }
}
