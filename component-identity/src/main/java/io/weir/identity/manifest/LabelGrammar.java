package io.weir.identity.manifest;

import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The grammar of security labels, {@code user:role:type:low[-high]}: a level is a sensitivity {@code s0} to {@code s15}, and
 * possibly categories {@code c0} to {@code c1023} such as {@code c0.c3,c7}; in a range the high level dominates the low one.
 */
final class LabelGrammar {
    static final int MAX_SENSITIVITY = 15;
    static final int MAX_CATEGORY = 1023;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.]{1,64}");
    private static final String[] NAMES = {"user", "role", "type"};

    private LabelGrammar() {}

    private record Level(int sensitivity, BitSet categories) {
        boolean dominates(Level other) {
            BitSet missing = (BitSet) other.categories.clone();
            missing.andNot(categories);
            return sensitivity >= other.sensitivity && missing.isEmpty();
        }
    }

    /** What is wrong with the text, empty when nothing is. */
    static Optional<String> problem(String text) {
        String[] parts = text.split(":", 4);
        if (parts.length < 4) {
            return Optional.of("must be user:role:type:low[-high]");
        }
        for (int i = 0; i < NAMES.length; i++) {
            if (!NAME.matcher(parts[i]).matches()) {
                return Optional.of(NAMES[i] + " must be 1 to 64 letters, digits, dots, underscores");
            }
        }
        String[] levels = parts[3].split("-", -1);
        if (levels.length > 2) {
            return Optional.of("a range has two levels");
        }
        Optional<Level> low = level(levels[0]);
        Optional<Level> high = level(levels[levels.length - 1]);
        if (low.isEmpty() || high.isEmpty()) {
            return Optional.of("a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7");
        }
        return high.get().dominates(low.get())
                ? Optional.empty()
                : Optional.of("the high level must dominate the low one");
    }

    private static Optional<Level> level(String text) {
        int colon = text.indexOf(':');
        int sensitivity = number(text.substring(0, colon < 0 ? text.length() : colon), 's', MAX_SENSITIVITY);
        BitSet categories = new BitSet();
        if (sensitivity < 0 || (colon >= 0 && !categories(text.substring(colon + 1), categories))) {
            return Optional.empty();
        }
        return Optional.of(new Level(sensitivity, categories));
    }

    private static boolean categories(String text, BitSet categories) {
        for (String part : text.split(",", -1)) {
            int dot = part.indexOf('.');
            int first = number(dot < 0 ? part : part.substring(0, dot), 'c', MAX_CATEGORY);
            int last = dot < 0 ? first : number(part.substring(dot + 1), 'c', MAX_CATEGORY);
            if (first < 0 || last < first) {
                return false;
            }
            categories.set(first, last + 1);
        }
        return true;
    }

    private static int number(String text, char letter, int max) {
        if (text.isEmpty() || text.charAt(0) != letter) {
            return Numbers.INVALID;
        }
        int number = Numbers.parse(text.substring(1));
        return number > max ? Numbers.INVALID : number;
    }
}
