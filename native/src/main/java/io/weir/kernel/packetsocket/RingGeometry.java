package io.weir.kernel.packetsocket;

import io.weir.kernel.Memory;

/**
 * Size of a receive ring.
 *
 * <p>Threading: immutable.
 *
 * @param blockBytes a power of two, at least one page; a frame longer than a block is cut
 * @param blocks at least 2
 * @param retireMs how long the kernel keeps a block that is not full, at least 1; adds to the latency of a quiet port
 */
public record RingGeometry(int blockBytes, int blocks, int retireMs) {
    public RingGeometry {
        if (blockBytes < Memory.PAGE_BYTES || Integer.bitCount(blockBytes) != 1) {
            throw new IllegalArgumentException("blockBytes must be a power of two of at least 4096: was " + blockBytes);
        }
        if (blocks < 2 || (long) blocks * blockBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("blocks must be at least 2 and the ring below 2 GiB: was " + blocks);
        }
        if (retireMs < 1) {
            throw new IllegalArgumentException("retireMs must be at least 1: was " + retireMs);
        }
    }

    /** 64 blocks of 128 KiB, each long enough for a super-frame, retired after 1 ms. */
    public static RingGeometry standard() {
        return new RingGeometry(1 << 17, 64, 1);
    }

    int lengthBytes() {
        return blockBytes * blocks;
    }
}
