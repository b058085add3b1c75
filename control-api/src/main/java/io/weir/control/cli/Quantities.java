package io.weir.control.cli;

import java.util.Locale;

/** Large numbers for people, in four characters or a little more. */
final class Quantities {
    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P", "E"};
    private static final double STEP = 1000;

    private Quantities() {}

    /** {@code 999}, {@code 1.2k}, {@code 35M}. */
    static String count(double count) {
        double value = count;
        int prefix = 0;
        // What would be rounded to a thousand belongs to the next prefix.
        while (value >= STEP - 0.5 && prefix < PREFIXES.length - 1) {
            value /= STEP;
            prefix++;
        }
        String pattern = prefix > 0 && value < 9.95 ? "%.1f%s" : "%.0f%s";
        return String.format(Locale.ROOT, pattern, value, PREFIXES[prefix]);
    }

    /** As {@link #count(double)}. */
    static String count(long count) {
        return count((double) count);
    }

    /** {@code 1.2kB}. */
    static String bytes(long bytes) {
        return count(bytes) + 'B';
    }
}
