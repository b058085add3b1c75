package io.weir.kernel.xdp;

import io.weir.kernel.Memory;

/**
 * Where the kernel put one ring of an AF_XDP socket, and the index words that pass entries to and from it.
 *
 * <pre>
 * mapping   producer index u32 ... consumer index u32 ... flags u32 ... entry[size]      offsets from XDP_MMAP_OFFSETS
 * entry     rx, tx: u64 address, u32 length, u32 options      fill, completion: u64 address
 * </pre>
 *
 * <p>Indices run through all of 32 bits; the entry of an index is its low bits. The side that fills the ring releases
 * the producer index after writing entries; the side that empties it releases the consumer index after reading them.
 *
 * <p>Threading: one worker on this side, the kernel on the other.
 */
abstract sealed class XdpRing permits ConsumerRing, ProducerRing {
    static final int DESCRIPTOR_LENGTH = 16;
    static final int ADDRESS_LENGTH = 8;

    private static final int NEED_WAKEUP = 1;

    final long producer;
    final long consumer;
    final int size;
    private final int mask;
    private final int entryLength;
    private final long flags;
    private final long entries;
    private final long mapping;
    private final long mappingLength;

    /** @param offsets address of struct xdp_ring_offset {u64 producer, u64 consumer, u64 entries, u64 flags} */
    XdpRing(int fd, long pageOffset, long offsets, int size, int entryLength) {
        this.size = size;
        this.mask = size - 1;
        this.entryLength = entryLength;
        long entriesOffset = Memory.readLong(offsets + 16);
        mappingLength = entriesOffset + (long) size * entryLength;
        mapping = Memory.mapFd(fd, mappingLength, pageOffset);
        producer = mapping + Memory.readLong(offsets);
        consumer = mapping + Memory.readLong(offsets + 8);
        entries = mapping + entriesOffset;
        flags = mapping + Memory.readLong(offsets + 24);
    }

    final long entry(int index) {
        return entries + (long) (index & mask) * entryLength;
    }

    final boolean wakeupFlag() {
        return (Memory.readIntAcquire(flags) & NEED_WAKEUP) != 0;
    }

    final void unmap() {
        Memory.unmap(mapping, mappingLength);
    }
}
