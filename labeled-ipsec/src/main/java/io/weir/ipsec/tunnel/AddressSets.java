package io.weir.ipsec.tunnel;

/**
 * Which of a table's sets an IP address may be in. Only who knows the seed can choose addresses that share one.
 *
 * <p>Threading: immutable.
 */
final class AddressSets {
    private final long seed;
    private final int shift;

    /**
     * The sets of one table.
     *
     * @param seed unknown to whoever chooses addresses
     * @param count a power of two, 2 and more
     */
    AddressSets(long seed, int count) {
        this.seed = seed | 1;
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(count);
    }

    /** Number of the set, from 0. */
    int of(long addressHigh, long addressLow) {
        long hash = (addressHigh * 31 + addressLow) * seed;
        return (int) (((hash ^ (hash >>> 32)) * 0x9E37_79B9_7F4A_7C15L) >>> shift);
    }
}
