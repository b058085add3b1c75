package io.weir.datapath.packet;

import java.util.Arrays;

/**
 * A set of port numbers, as a bitmap of {@link #MAX_PORTS} bits.
 *
 * <p>Threading: not thread-safe. A published set (in a VLAN's flood domain) is never changed again.
 */
public final class PortSet {
    /** Port numbers are 0 to 1,023: more VMs than a host carries, and a flood domain still fits two cache lines. */
    public static final int MAX_PORTS = 1024;

    static final int WORDS = MAX_PORTS / Long.SIZE;

    private final long[] words = new long[WORDS];

    /** Adds a port. */
    public PortSet add(int port) {
        words[port >> 6] |= 1L << port;
        return this;
    }

    /** Takes a port out. */
    public PortSet remove(int port) {
        words[port >> 6] &= ~(1L << port);
        return this;
    }

    /** Whether the port is a member. */
    public boolean contains(int port) {
        return (words[port >> 6] & (1L << port)) != 0;
    }

    /** Makes this set equal to the other. */
    public PortSet copyFrom(PortSet other) {
        System.arraycopy(other.words, 0, words, 0, WORDS);
        return this;
    }

    /** Keeps only members of the other set. */
    public PortSet retainAll(PortSet other) {
        for (int i = 0; i < WORDS; i++) {
            words[i] &= other.words[i];
        }
        return this;
    }

    /** Adds all members of the other set. */
    public PortSet addAll(PortSet other) {
        for (int i = 0; i < WORDS; i++) {
            words[i] |= other.words[i];
        }
        return this;
    }

    /** Takes all members of the other set out. */
    public PortSet removeAll(PortSet other) {
        for (int i = 0; i < WORDS; i++) {
            words[i] &= ~other.words[i];
        }
        return this;
    }

    /** Empties the set. */
    public PortSet clear() {
        Arrays.fill(words, 0);
        return this;
    }

    /** Number of members. */
    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Whether the set has no member. */
    public boolean isEmpty() {
        long all = 0;
        for (long word : words) {
            all |= word;
        }
        return all == 0;
    }

    /** The lowest member at or above {@code from}, or -1. Iterate with {@code for (p = next(0); p >= 0; p = next(p + 1))}. */
    public int next(int from) {
        if (from >= MAX_PORTS) {
            return -1;
        }
        int index = from >> 6;
        long word = words[index] & (-1L << from);
        while (word == 0) {
            if (++index == WORDS) {
                return -1;
            }
            word = words[index];
        }
        return (index << 6) + Long.numberOfTrailingZeros(word);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PortSet set && Arrays.equals(words, set.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int port = next(0); port >= 0; port = next(port + 1)) {
            text.append(text.length() > 1 ? "," : "").append(port);
        }
        return text.append('}').toString();
    }
}
