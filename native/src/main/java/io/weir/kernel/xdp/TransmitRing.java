package io.weir.kernel.xdp;

import io.weir.kernel.Memory;

/**
 * Frames to send. They belong to the kernel until they come back in the {@link CompletionRing}.
 *
 * <p>Threading: one worker.
 */
public final class TransmitRing extends ProducerRing {
    TransmitRing(int fd, long offsets, int size) {
        super(fd, 0x8000_0000L, offsets, size, DESCRIPTOR_LENGTH);
    }

    /** The i-th reserved entry: offset in the umem, and length in bytes; both within one frame of the umem. */
    public void set(int i, long address, int lengthBytes) {
        long entry = reserved(i);
        Memory.writeLong(entry, address);
        Memory.writeInt(entry + 8, lengthBytes);
        Memory.writeInt(entry + 12, 0);
    }
}
