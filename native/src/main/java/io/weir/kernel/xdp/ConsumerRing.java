package io.weir.kernel.xdp;

import io.weir.kernel.Memory;

/**
 * A ring that the kernel fills: look at {@link #available()} entries, then {@link #release} them.
 *
 * <p>Threading: one worker.
 */
abstract sealed class ConsumerRing extends XdpRing permits ReceiveRing, CompletionRing {
    private int cachedConsumer;
    private int cachedProducer;

    ConsumerRing(int fd, long pageOffset, long offsets, int size, int entryLength) {
        super(fd, pageOffset, offsets, size, entryLength);
    }

    /** Entries that can be read now, 0 to the ring's size; reading index words of the kernel only when it must. */
    public final int available() {
        int available = cachedProducer - cachedConsumer;
        if (available == 0) {
            cachedProducer = Memory.readIntAcquire(producer);
            available = cachedProducer - cachedConsumer;
        }
        return available;
    }

    /** Gives the first {@code count} available entries back to the kernel. */
    public final void release(int count) {
        cachedConsumer += count;
        Memory.writeIntRelease(consumer, cachedConsumer);
    }

    final long available(int i) {
        return entry(cachedConsumer + i);
    }
}
