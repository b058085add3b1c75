package io.weir.identity.label;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Which levels lie in which ranges, worked out beforehand: for each range a bit by the number of the level, so that a check is a
 * table read. Levels that were numbered since, and those beyond the first {@link #TABLED}, are compared word by word.
 *
 * <p>Threading: immutable, any thread. A check allocates nothing.
 */
public final class LevelRelations {
    /** Levels that are worked out at most: documents have theirs first, and guests cannot make an epoch large. */
    static final int TABLED = 4_096;

    private final LevelNumbers numbers;
    private final LevelRange[] ranges;
    private final int tabled; // numbers below it are worked out
    private final long[][] rows; // [range][number / 64], a bit for each level that lies in it

    private LevelRelations(LevelNumbers numbers, LevelRange[] ranges, int tabled, long[][] rows) {
        this.numbers = numbers;
        this.ranges = ranges;
        this.tabled = tabled;
        this.rows = rows;
    }

    /** Relations without ranges. */
    public static LevelRelations none(LevelNumbers numbers) {
        return new LevelRelations(numbers, new LevelRange[0], 0, new long[0][]);
    }

    /**
     * Relations of these ranges, by their place.
     *
     * @param all begins with the ranges of this one
     */
    public LevelRelations with(List<LevelRange> all) {
        int until = known();
        long[][] next = new long[all.size()][];
        for (int range = 0; range < next.length; range++) {
            boolean had = range < rows.length;
            next[range] = had && until == tabled ? rows[range] : row(all.get(range), had ? rows[range] : null, until);
        }
        return new LevelRelations(numbers, all.toArray(LevelRange[]::new), until, next);
    }

    /** One beyond the numbers that can be worked out: up to the first whose level is not there yet. */
    private int known() {
        int until = Math.max(1, tabled);
        while (until <= numbers.highest() && until < TABLED && numbers.find(until) != null) {
            until++;
        }
        return until;
    }

    private long[] row(LevelRange range, long @Nullable [] before, int until) {
        long[] row = new long[(until + Long.SIZE - 1) / Long.SIZE];
        if (before != null) {
            System.arraycopy(before, 0, row, 0, before.length);
        }
        for (int number = before == null ? 1 : tabled; number < until; number++) {
            if (range.contains(numbers.level(number))) {
                row[number >>> 6] |= 1L << number;
            }
        }
        return row;
    }

    /**
     * Whether the level lies in the range.
     *
     * @param range its place
     * @param level its number; 0, and numbers that no level has, lie in no range
     */
    public boolean contains(int range, int level) {
        return level < tabled ? (rows[range][level >>> 6] >>> level & 1) != 0 : compare(range, level);
    }

    private boolean compare(int range, int level) {
        Level known = numbers.find(level);
        return known != null && ranges[range].contains(known);
    }

    /** The range at that place. */
    public LevelRange range(int range) {
        return ranges[range];
    }

    /** Bytes of the rows on the heap. */
    public long sizeBytes() {
        return Arrays.stream(rows).mapToLong(row -> 24 + 8L * row.length).sum();
    }
}
