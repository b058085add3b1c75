package io.weir.identity.document;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as operators write them: a whole number and one unit of {@code ms s m h d}. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final String[] UNITS = {"d", "h", "m", "s", "ms"};
    private static final long[] UNIT_NS = {
        86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L
    };

    /** What {@link #parseNs} returns for text that is no duration. */
    public static final long INVALID = -1;

    private Durations() {}

    /** The duration in ns, or {@link #INVALID}. */
    public static long parseNs(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return INVALID;
        }
        long count = Long.parseLong(matcher.group(1));
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(matcher.group(2))) {
                return count > Long.MAX_VALUE / UNIT_NS[i] ? INVALID : count * UNIT_NS[i];
            }
        }
        return INVALID;
    }

    /** The duration in the largest unit that divides it, {@code 0s} for none. */
    public static String text(long ns) {
        for (int i = 0; i < UNITS.length && ns != 0; i++) {
            if (ns % UNIT_NS[i] == 0) {
                return ns / UNIT_NS[i] + UNITS[i];
            }
        }
        return ns == 0 ? "0s" : ns + "ns";
    }
}
