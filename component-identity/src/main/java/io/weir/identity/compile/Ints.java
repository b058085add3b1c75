package io.weir.identity.compile;

import java.util.Arrays;

/** A growing array of ints that gives up beyond a length. */
final class Ints {
    private final int most;
    private int[] values = new int[64];
    private int length;

    /** Said when a table would be larger than the budget leaves room for. */
    static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super("table is larger than the budget", null, false, false);
        }
    }

    Ints(int most) {
        this.most = most;
    }

    int length() {
        return length;
    }

    void add(int value) {
        if (length == values.length) {
            if (length >= most) {
                throw new TooLong();
            }
            values = Arrays.copyOf(values, 2 * length);
        }
        values[length++] = value;
    }

    /** Appends as many zeros; returns where they begin. */
    int skip(int count) {
        int at = length;
        for (int i = 0; i < count; i++) {
            add(0);
        }
        return at;
    }

    void addLong(long value) {
        add((int) (value >>> 32));
        add((int) value);
    }

    void set(int at, int value) {
        values[at] = value;
    }

    int get(int at) {
        return values[at];
    }

    int[] toArray() {
        return Arrays.copyOf(values, length);
    }
}
