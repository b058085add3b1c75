package io.weir.identity.label;

/**
 * Levels as text: {@code s2:c0.c3,c7}. Printed as the kernel does ({@code mls_sid_to_context} in security/selinux/ss/mls.c):
 * categories ascending, a run of three and more as {@code first.last}, one of two as {@code first,last}. Read as the kernel does
 * ({@code mls_context_to_sid}): in a run the last category is above the first.
 */
final class LevelText {
    /** Longer than any canonical level, which has at most 1,024 names of five letters with a comma each. */
    static final int MAX_LENGTH = 8_192;

    private static final String FORM = "a level is s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7";
    private static final int INVALID = -1;
    private static final int MAX_DIGITS = 4;

    private LevelText() {}

    static Level parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new LabelException(
                    "a level has at most " + MAX_LENGTH + " letters", text, "write runs of categories as c0.c1023");
        }
        int colon = text.indexOf(':');
        int sensitivity = number(text, 0, colon < 0 ? text.length() : colon, 's', Level.MAX_SENSITIVITY);
        long[] words = new long[Level.WORDS];
        if (sensitivity == INVALID || (colon >= 0 && !categories(text, colon + 1, words))) {
            throw new LabelException("no security level", text, FORM);
        }
        return new Level(sensitivity, words);
    }

    private static boolean categories(String text, int from, long[] words) {
        int at = from;
        while (true) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            if (!run(text, at, end, words)) {
                return false;
            }
            if (comma < 0) {
                return true;
            }
            at = comma + 1;
        }
    }

    private static boolean run(String text, int from, int to, long[] words) {
        int dot = text.indexOf('.', from);
        if (dot < 0 || dot >= to) {
            int category = number(text, from, to, 'c', Level.MAX_CATEGORY);
            return category != INVALID && add(category, category, words);
        }
        int first = number(text, from, dot, 'c', Level.MAX_CATEGORY);
        int last = number(text, dot + 1, to, 'c', Level.MAX_CATEGORY);
        return first != INVALID && first < last && add(first, last, words);
    }

    private static boolean add(int first, int last, long[] words) {
        for (int category = first; category <= last; category++) {
            words[category >>> 6] |= 1L << category;
        }
        return true;
    }

    /** The number behind the letter; names such as {@code c01} are none of SELinux's. */
    private static int number(String text, int from, int to, char letter, int max) {
        int digits = to - from - 1;
        if (digits < 1 || digits > MAX_DIGITS || text.charAt(from) != letter) {
            return INVALID;
        }
        if (digits > 1 && text.charAt(from + 1) == '0') {
            return INVALID;
        }
        int value = 0;
        for (int at = from + 1; at < to; at++) {
            int digit = text.charAt(at) - '0';
            if (digit < 0 || digit > 9) {
                return INVALID;
            }
            value = value * 10 + digit;
        }
        return value <= max ? value : INVALID;
    }

    static String of(Level level) {
        StringBuilder text = new StringBuilder().append('s').append(level.sensitivity());
        char before = ':';
        for (int first = next(level, 0, true); first <= Level.MAX_CATEGORY; ) {
            int behind = next(level, first, false);
            text.append(before).append('c').append(first);
            if (behind - first > 1) {
                text.append(behind - first > 2 ? '.' : ',').append('c').append(behind - 1);
            }
            before = ',';
            first = next(level, behind, true);
        }
        return text.toString();
    }

    /** The first category from there on that the level has, or has not; one beyond the highest when there is none. */
    private static int next(Level level, int from, boolean had) {
        int at = from;
        while (at <= Level.MAX_CATEGORY && level.has(at) != had) {
            at++;
        }
        return at;
    }
}
