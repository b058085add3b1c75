package io.weir.ipsec.sa;

import io.weir.datapath.pipeline.DropReason;

/**
 * Which sequence numbers of an inbound SA were received (RFC 4303 section 3.4.3): those of the last {@code packets} up to the highest,
 * one bit each, in blocks that are reused in a circle as RFC 6479 describes, so that moving on clears whole blocks and shifts nothing.
 *
 * <pre>
 *   blocks:  ... | 64 bits | 64 bits | 64 bits of the highest | unused until the circle closes ...
 * </pre>
 *
 * <p>A number is checked before its packet is authenticated, and set after: a forged packet must not move the window. Numbers have 64
 * bits; those of an SA without extended sequence numbers stay below 2^32. The number 0 is never valid.
 *
 * <p>Threading: one thread.
 */
public final class ReplayWindow {
    /** Largest window. */
    public static final int MAX_PACKETS = 4096;

    private static final int BLOCK_SHIFT = 6;
    private static final long LOW_MASK = 0xFFFF_FFFFL;
    private static final long SUBSPACE = 1L << 32;
    private static final int TOO_OLD = DropReason.ESP_TOO_OLD.code();
    private static final int REPLAYED = DropReason.ESP_REPLAYED.code();

    private final int packets;
    private final long[] blocks;
    private final int mask;
    private long highest;

    /**
     * A window in which everything up to {@code highest} counts as received.
     *
     * @param packets multiple of 64, up to {@link #MAX_PACKETS}
     * @param highest 0 for a new SA
     */
    public ReplayWindow(int packets, long highest) {
        this.packets = packets;
        // One block more than the window: the highest number need not be the last of its block.
        int needed = (packets >>> BLOCK_SHIFT) + 1;
        this.blocks = new long[Integer.highestOneBit(needed * 2 - 1)];
        this.mask = blocks.length - 1;
        begin(highest);
    }

    /** Counts everything up to {@code highest}, and nothing above, as received. */
    void begin(long highest) {
        this.highest = highest;
        java.util.Arrays.fill(blocks, -1L);
        // Bits above the highest in its own block are still to come.
        int used = (int) (highest & (Long.SIZE - 1)) + 1;
        blocks[index(highest)] = used == Long.SIZE ? -1L : (1L << used) - 1;
    }

    /** Highest number received. */
    public long highest() {
        return highest;
    }

    /**
     * The 64-bit number whose lower half a packet carries, guessed from the window (RFC 4303 appendix A2.2); negative when it would lie
     * before the first.
     */
    public long extend(int low) {
        long lowBits = low & LOW_MASK;
        long highestLow = highest & LOW_MASK;
        long bottomLow = highestLow - packets + 1;
        long upper = highest - highestLow;
        if (bottomLow >= 0) {
            return lowBits >= bottomLow ? upper + lowBits : upper + SUBSPACE + lowBits;
        }
        return lowBits >= (bottomLow & LOW_MASK) ? upper - SUBSPACE + lowBits : upper + lowBits;
    }

    /** 0 when a number may be accepted, else the code of ESP_TOO_OLD or ESP_REPLAYED. Changes nothing. */
    public int check(long sequence) {
        if (sequence > highest) {
            return 0;
        }
        if (sequence <= 0 || highest - sequence >= packets) {
            return TOO_OLD;
        }
        return (blocks[index(sequence)] & bit(sequence)) == 0 ? 0 : REPLAYED;
    }

    /** Marks a number that {@link #check} accepted and whose packet is authentic. */
    public void accept(long sequence) {
        if (sequence > highest) {
            advance(sequence);
        }
        blocks[index(sequence)] |= bit(sequence);
    }

    private void advance(long sequence) {
        long from = highest >>> BLOCK_SHIFT;
        long count = Math.min((sequence >>> BLOCK_SHIFT) - from, blocks.length);
        for (long block = 1; block <= count; block++) {
            blocks[(int) (from + block) & mask] = 0;
        }
        highest = sequence;
    }

    private int index(long sequence) {
        return (int) (sequence >>> BLOCK_SHIFT) & mask;
    }

    private static long bit(long sequence) {
        return 1L << sequence;
    }
}
