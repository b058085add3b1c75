package io.weir.kernel.xdp;

import io.weir.kernel.Memory;

/**
 * A ring that the kernel empties: {@link #reserve} entries, set them, then {@link #submit} them.
 *
 * <p>Threading: one worker.
 */
abstract sealed class ProducerRing extends XdpRing permits TransmitRing, FillRing {
    private int cachedProducer;
    private int cachedConsumer;

    ProducerRing(int fd, long pageOffset, long offsets, int size, int entryLength) {
        super(fd, pageOffset, offsets, size, entryLength);
    }

    /** How many of {@code wanted} entries may be set from index 0 on, 0 when the ring is full. */
    public final int reserve(int wanted) {
        int free = size - (cachedProducer - cachedConsumer);
        if (free < wanted) {
            cachedConsumer = Memory.readIntAcquire(consumer);
            free = size - (cachedProducer - cachedConsumer);
        }
        return Math.min(free, wanted);
    }

    /** Passes the first {@code count} set entries to the kernel. */
    public final void submit(int count) {
        cachedProducer += count;
        Memory.writeIntRelease(producer, cachedProducer);
    }

    /** Entries submitted that the kernel has not taken yet. */
    public final int pending() {
        return cachedProducer - Memory.readIntAcquire(consumer);
    }

    /** Whether the kernel sleeps and must be told about what was submitted. */
    public final boolean needsWakeup() {
        return wakeupFlag();
    }

    final long reserved(int i) {
        return entry(cachedProducer + i);
    }
}
