package io.weir.control.journal;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How much the journal keeps.
 *
 * @param folder where its files are
 * @param maxBytes most bytes of all files, 4 MiB up
 * @param maxAge how long a file is kept after its last record
 * @param reserveBytes free bytes of the file system below which nothing is written: a mapped file that meets a full disk
 * kills the process
 */
public record JournalSettings(Path folder, long maxBytes, Duration maxAge, long reserveBytes) {
    /** Files that the size is divided into: what is removed at once when it is used up. */
    static final int SEGMENTS = 16;

    static final long MIN_BYTES = 4L << 20;

    private static final long RESERVE_BYTES = 64L << 20;

    public JournalSettings {
        if (maxBytes < MIN_BYTES) {
            throw new IllegalArgumentException("maxBytes must be at least " + MIN_BYTES + ": was " + maxBytes);
        }
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException("maxAge must be positive: was " + maxAge);
        }
    }

    /** With the usual reserve on the file system. */
    public JournalSettings(Path folder, long maxBytes, Duration maxAge) {
        this(folder, maxBytes, maxAge, RESERVE_BYTES);
    }

    long segmentBytes() {
        return maxBytes / SEGMENTS;
    }

    Duration segmentAge() {
        return maxAge.dividedBy(SEGMENTS);
    }
}
