package io.weir.identity.label;

import java.util.Arrays;

import io.weir.datapath.policy.WireLevel;

/**
 * A security level: a sensitivity and a set of categories. Levels are a lattice, in which one dominates another that has no higher
 * sensitivity and no category beyond its own.
 *
 * <p>Threading: immutable.
 */
public final class Level {
    /** Highest sensitivity. */
    public static final int MAX_SENSITIVITY = WireLevel.MAX_SENSITIVITY;

    /** Highest category. */
    public static final int MAX_CATEGORY = WireLevel.MAX_CATEGORY;

    static final int WORDS = (MAX_CATEGORY + 1) / Long.SIZE;

    /** {@code s0}, which every level dominates. */
    public static final Level LOWEST = of(0);

    /** {@code s15:c0.c1023}, which dominates every level. */
    public static final Level HIGHEST = highest();

    private final int sensitivity;
    private final long[] words; // bit c & 63 of word c / 64 is category c

    Level(int sensitivity, long[] words) {
        this.sensitivity = sensitivity;
        this.words = words;
    }

    private static Level highest() {
        long[] words = new long[WORDS];
        Arrays.fill(words, -1);
        return new Level(MAX_SENSITIVITY, words);
    }

    /**
     * The level with those categories.
     *
     * @throws IllegalArgumentException beyond {@link #MAX_SENSITIVITY} or {@link #MAX_CATEGORY}
     */
    public static Level of(int sensitivity, int... categories) {
        if (sensitivity < 0 || sensitivity > MAX_SENSITIVITY) {
            throw new IllegalArgumentException("a sensitivity is 0 to " + MAX_SENSITIVITY + ": was " + sensitivity);
        }
        long[] words = new long[WORDS];
        for (int category : categories) {
            if (category < 0 || category > MAX_CATEGORY) {
                throw new IllegalArgumentException("a category is 0 to " + MAX_CATEGORY + ": was " + category);
            }
            words[category >>> 6] |= 1L << category;
        }
        return new Level(sensitivity, words);
    }

    /** The same level, to keep. */
    public static Level of(WireLevel level) {
        long[] words = new long[WORDS];
        for (int word = 0; word < WORDS; word++) {
            words[word] = level.word(word);
        }
        return new Level(level.sensitivity(), words);
    }

    /**
     * Reads a level, such as {@code s2:c0.c3,c7}. Runs and single categories may come in any order, and overlap.
     *
     * @throws LabelException when it is none
     */
    public static Level parse(String text) {
        return LevelText.parse(text);
    }

    /** 0 to 15. */
    public int sensitivity() {
        return sensitivity;
    }

    /** Categories 64 * {@code index} to 64 * {@code index} + 63, the lowest in bit 0; {@code index} is 0 to 15. */
    public long word(int index) {
        return words[index];
    }

    public boolean has(int category) {
        return (words[category >>> 6] >>> category & 1) != 0;
    }

    /** Number of categories, 0 to 1,024. */
    public int categories() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Whether the sensitivity is at least the other's, and the other's categories are all among these. */
    public boolean dominates(Level other) {
        if (sensitivity < other.sensitivity) {
            return false;
        }
        for (int word = 0; word < WORDS; word++) {
            if ((other.words[word] & ~words[word]) != 0) {
                return false;
            }
        }
        return true;
    }

    /** How this level stands to the other. */
    public Dominance to(Level other) {
        boolean above = dominates(other);
        boolean below = other.dominates(this);
        if (above) {
            return below ? Dominance.EQUAL : Dominance.DOMINATES;
        }
        return below ? Dominance.DOMINATED : Dominance.INCOMPARABLE;
    }

    /** The lowest level that dominates both. */
    public Level lub(Level other) {
        long[] both = new long[WORDS];
        for (int word = 0; word < WORDS; word++) {
            both[word] = words[word] | other.words[word];
        }
        return new Level(Math.max(sensitivity, other.sensitivity), both);
    }

    /** The highest level that both dominate. */
    public Level glb(Level other) {
        long[] shared = new long[WORDS];
        for (int word = 0; word < WORDS; word++) {
            shared[word] = words[word] & other.words[word];
        }
        return new Level(Math.min(sensitivity, other.sensitivity), shared);
    }

    /** Fills in the same level. */
    public void copyTo(WireLevel level) {
        level.begin(sensitivity);
        for (int word = 0; word < WORDS; word++) {
            level.word(word, words[word]);
        }
    }

    /** Whether the bits say this level. */
    boolean is(WireLevel level) {
        if (sensitivity != level.sensitivity()) {
            return false;
        }
        for (int word = 0; word < WORDS; word++) {
            if (words[word] != level.word(word)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Level level && sensitivity == level.sensitivity && Arrays.equals(words, level.words);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(words) + sensitivity;
    }

    /** The level as SELinux prints it: {@link LevelText}. */
    @Override
    public String toString() {
        return LevelText.of(this);
    }
}
