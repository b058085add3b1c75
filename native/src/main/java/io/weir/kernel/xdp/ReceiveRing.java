package io.weir.kernel.xdp;

import io.weir.kernel.Memory;

/**
 * Frames that arrived, oldest first.
 *
 * <p>Threading: one worker.
 */
public final class ReceiveRing extends ConsumerRing {
    ReceiveRing(int fd, long offsets, int size) {
        super(fd, 0L, offsets, size, DESCRIPTOR_LENGTH);
    }

    /** Offset in the umem of the i-th available frame's Ethernet header. */
    public long address(int i) {
        return Memory.readLong(available(i));
    }

    /** Bytes of the i-th available frame. */
    public int length(int i) {
        return Memory.readInt(available(i) + 8);
    }
}
