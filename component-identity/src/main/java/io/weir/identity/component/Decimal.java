package io.weir.identity.component;

/** Numbers as people write them: decimal digits and nothing else. */
final class Decimal {
    private Decimal() {}

    /** The number that stands in {@code [from, until)} of the text; -1 where that is none, or is longer or higher than it may be. */
    static int parse(String text, int from, int until, int digitsMax, int max) {
        if (until - from < 1 || until - from > digitsMax) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < until; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value > max ? -1 : value;
    }
}
