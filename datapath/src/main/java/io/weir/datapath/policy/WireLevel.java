package io.weir.datapath.policy;

/**
 * A security level as bits: a sensitivity and a set of categories. What a label option on the wire says, before it is a number.
 *
 * <p>Threading: owned by one thread, and filled again per packet.
 */
public final class WireLevel {
    /** Highest sensitivity. */
    public static final int MAX_SENSITIVITY = 15;

    /** Highest category. */
    public static final int MAX_CATEGORY = 1023;

    private static final int WORDS = (MAX_CATEGORY + 1) / Long.SIZE;

    private int sensitivity;
    private final long[] categories = new long[WORDS]; // bit c & 63 of word c / 64 is category c

    /** Sets the sensitivity, 0 to 15, and no category. */
    public WireLevel begin(int sensitivity) {
        this.sensitivity = sensitivity;
        for (int word = 0; word < WORDS; word++) {
            categories[word] = 0;
        }
        return this;
    }

    /** Adds a category, 0 to 1023. */
    public void add(int category) {
        categories[category >>> 6] |= 1L << category;
    }

    public boolean has(int category) {
        return (categories[category >>> 6] >>> category & 1) != 0;
    }

    public int sensitivity() {
        return sensitivity;
    }

    /** Categories 64 * {@code index} to 64 * {@code index} + 63, the lowest in bit 0; {@code index} is 0 to 15. */
    public long word(int index) {
        return categories[index];
    }

    /** Sets 64 categories at once: {@link #word}. */
    public void word(int index, long bits) {
        categories[index] = bits;
    }

    /** The lowest category not below {@code from}, -1 when there is none. */
    public int next(int from) {
        for (int at = from; at <= MAX_CATEGORY; at = (at | Long.SIZE - 1) + 1) {
            long rest = categories[at >>> 6] >>> at;
            if (rest != 0) {
                return at + Long.numberOfTrailingZeros(rest);
            }
        }
        return -1;
    }
}
