package io.weir.identity.label;

import java.util.Optional;

/**
 * The levels that dominate {@code low} and are dominated by {@code high}.
 *
 * <p>Threading: immutable.
 */
public record LevelRange(Level low, Level high) {
    /** Every level: {@code s0-s15:c0.c1023}. */
    public static final LevelRange ALL = new LevelRange(Level.LOWEST, Level.HIGHEST);

    private static final String FORM = "a range is low or low-high, such as s2-s5:c0.c3";

    public LevelRange {
        if (!high.dominates(low)) {
            throw new LabelException(
                    "the high level of a range must dominate the low one",
                    low + "-" + high,
                    "raise the high level, or add the low one's categories to it");
        }
    }

    /** The range that holds one level. */
    public static LevelRange of(Level level) {
        return new LevelRange(level, level);
    }

    /**
     * Reads a range, such as {@code s2-s5:c1.c3}; without a dash it holds one level.
     *
     * @throws LabelException when it is none
     */
    public static LevelRange parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            return of(Level.parse(text));
        }
        if (text.indexOf('-', dash + 1) >= 0) {
            throw new LabelException("a range has two levels", text, FORM);
        }
        return new LevelRange(Level.parse(text.substring(0, dash)), Level.parse(text.substring(dash + 1)));
    }

    /** Whether the level lies in the range. */
    public boolean contains(Level level) {
        return level.dominates(low) && high.dominates(level);
    }

    /** Whether all levels of the other range lie in this one. */
    public boolean contains(LevelRange other) {
        return other.low.dominates(low) && high.dominates(other.high);
    }

    /** Whether the range holds one level only. */
    public boolean single() {
        return low.equals(high);
    }

    /** The levels that lie in both; empty when none does. */
    public Optional<LevelRange> intersection(LevelRange other) {
        Level lowest = low.lub(other.low);
        Level highest = high.glb(other.high);
        return highest.dominates(lowest) ? Optional.of(new LevelRange(lowest, highest)) : Optional.empty();
    }

    /** As SELinux prints it: one level when both are equal. */
    @Override
    public String toString() {
        return single() ? low.toString() : low + "-" + high;
    }
}
