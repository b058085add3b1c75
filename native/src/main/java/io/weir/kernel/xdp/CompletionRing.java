package io.weir.kernel.xdp;

import io.weir.kernel.Memory;

/**
 * Frames that were sent and belong to the worker again.
 *
 * <p>Threading: one worker.
 */
public final class CompletionRing extends ConsumerRing {
    CompletionRing(int fd, long offsets, int size) {
        super(fd, 0x1_8000_0000L, offsets, size, ADDRESS_LENGTH);
    }

    /** The i-th available frame's offset in the umem, as it was submitted. */
    public long address(int i) {
        return Memory.readLong(available(i));
    }
}
