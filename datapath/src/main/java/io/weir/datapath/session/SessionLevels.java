package io.weir.datapath.session;

import java.lang.invoke.VarHandle;

import io.weir.datapath.policy.WireLevel;

/**
 * What the numbers of levels in a session file mean: numbers are those of a process, and the next one has others for the same
 * levels.
 *
 * <pre>
 *  0         8                                  136
 *  +---------+----------------------------------+
 *  | 1 and   | categories, 64 a word,           |   one for each number below {@link #KEPT}
 *  | sensit. | lowest first                     |
 *  +---------+----------------------------------+
 * </pre>
 *
 * <p>Threading: the worker that owns the table.
 */
final class SessionLevels {
    /** Numbers from here on are not kept: their sessions end with the process. */
    static final int KEPT = 4096;

    private static final int CATEGORY_WORDS = (WireLevel.MAX_CATEGORY + 1) / Long.SIZE;
    private static final int ENTRY_LENGTH = (1 + CATEGORY_WORDS) * Long.BYTES;
    private static final long PRESENT = 1L << 32;

    /** Bytes of all. */
    static final int LENGTH = KEPT * ENTRY_LENGTH;

    private final SessionLines words;

    SessionLevels(long address) {
        words = new SessionLines(address);
    }

    boolean has(int number) {
        return number < KEPT && words.getLong(number * ENTRY_LENGTH) != 0;
    }

    /** Notes what a number below {@link #KEPT} means. */
    void write(int number, WireLevel level) {
        int at = number * ENTRY_LENGTH;
        for (int i = 0; i < CATEGORY_WORDS; i++) {
            words.putLong(at + (1 + i) * Long.BYTES, level.word(i));
        }
        // Last, for it makes the entry one that a later process believes.
        VarHandle.releaseFence();
        words.putLong(at, PRESENT | level.sensitivity());
    }

    /** What a number means; false when that is not known. */
    boolean read(int number, WireLevel level) {
        if (!has(number)) {
            return false;
        }
        int at = number * ENTRY_LENGTH;
        long sensitivity = words.getLong(at) ^ PRESENT;
        if (sensitivity < 0 || sensitivity > WireLevel.MAX_SENSITIVITY) {
            return false;
        }
        level.begin((int) sensitivity);
        for (int i = 0; i < CATEGORY_WORDS; i++) {
            level.word(i, words.getLong(at + (1 + i) * Long.BYTES));
        }
        return true;
    }

    /** Forgets all numbers. */
    void clear() {
        for (int number = 0; number < KEPT; number++) {
            if (has(number)) {
                words.putLong(number * ENTRY_LENGTH, 0);
            }
        }
    }
}
