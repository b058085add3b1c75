package io.weir.identity.manifest;

/** Whole decimal numbers. */
final class Numbers {
    /** What {@link #parse} returns for text that is no whole number from 0 to 2,147,483,647. */
    static final int INVALID = -1;

    private static final int MAX_DIGITS = 10;

    private Numbers() {}

    /** The number, without sign, or {@link #INVALID}. */
    static int parse(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return INVALID;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return INVALID;
            }
            value = value * 10 + digit - '0';
        }
        return value > Integer.MAX_VALUE ? INVALID : (int) value;
    }
}
