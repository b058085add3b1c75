package io.weir.kernel.xdp;

import io.weir.kernel.Memory;

/**
 * Free frames for the kernel to receive into; without any it drops.
 *
 * <p>Threading: one worker.
 */
public final class FillRing extends ProducerRing {
    FillRing(int fd, long offsets, int size) {
        super(fd, 0x1_0000_0000L, offsets, size, ADDRESS_LENGTH);
    }

    /** The i-th reserved entry: any offset inside a free frame of the umem. */
    public void set(int i, long address) {
        Memory.writeLong(reserved(i), address);
    }
}
