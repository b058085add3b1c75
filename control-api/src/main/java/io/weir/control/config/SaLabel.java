package io.weir.control.config;

import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;

/**
 * The label of an SA as an operator writes it: a level, or a context with one.
 *
 * @param text canonical
 */
public record SaLabel(String text, Level level) {
    private static final int COLONS_OF_A_CONTEXT = 3;

    /**
     * Reads it.
     *
     * @throws io.weir.identity.label.LabelException when it is neither
     * @throws IllegalArgumentException when it has more than one level
     */
    public static SaLabel parse(String text) {
        if (!isContext(text)) {
            LevelRange range = LevelRange.parse(text);
            return new SaLabel(range.toString(), single(range));
        }
        SecurityContext context = SecurityContext.parse(text);
        return new SaLabel(context.toString(), single(context.range()));
    }

    /** Whether two texts of labels at one level name different contexts; a level by itself fits every one. */
    public static boolean contradict(String one, String other) {
        return isContext(one) && isContext(other) && !one.equals(other);
    }

    /** Whether of two SAs, whose texts these are, one has a label and the other none. */
    public static boolean mixed(String one, String other) {
        return one.isEmpty() != other.isEmpty();
    }

    private static boolean isContext(String text) {
        return text.chars().filter(c -> c == ':').count() >= COLONS_OF_A_CONTEXT;
    }

    /**
     * The level's number.
     *
     * @throws IllegalArgumentException when none is left: without one the SA would be one without level
     */
    public int number(LevelNumbers numbers) {
        int number = numbers.number(level);
        if (number == 0) {
            throw new IllegalArgumentException("no more than " + LevelNumbers.CAPACITY
                    + " levels can be told apart, and all have been: was " + level
                    + "; restart the daemon, which forgets the levels that nobody names any more");
        }
        return number;
    }

    private static Level single(LevelRange range) {
        if (!range.single()) {
            throw new IllegalArgumentException("must be one level, no range: was " + range);
        }
        return range.low();
    }
}
