package io.weir.ipsec.transport;

import io.netty.buffer.ByteBuf;

import io.weir.kernel.Memory;

/**
 * What a datagram channel read in one turn of its loop, each message into a buffer of its own. Netty cuts a coalesced message into its
 * datagrams; they lie one after the other in the buffer, and are one message again here.
 *
 * <p>Threading: one worker.
 */
final class ReadBatch implements AutoCloseable {
    private static final int CAPACITY = DatagramTransport.RECEIVED_MAX;
    private static final int STRIDE = ReceiveQueue.STRIDE;
    private static final long LENGTH = (long) CAPACITY * STRIDE;

    private final long memory = Memory.map(LENGTH, true);
    private final ByteBuf[] buffers = new ByteBuf[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private final int[] segments = new int[CAPACITY];
    private int count;

    ReadBatch() {
        for (int i = 0; i < CAPACITY; i++) {
            buffers[i] = ForeignMemory.wrap(address(i), STRIDE);
        }
    }

    boolean full() {
        return count == CAPACITY;
    }

    /** The buffer to read the next message into, which whoever reads releases; while the batch is not full. */
    ByteBuf buffer() {
        return buffers[count].retain().clear();
    }

    /** Takes a datagram that was read into the buffer. */
    void add(ByteBuf datagram) {
        long offset = datagram.memoryAddress() + datagram.readerIndex() - memory;
        int length = datagram.readableBytes();
        if (offset % STRIDE == 0) {
            lengths[count] = length;
            segments[count++] = length;
        } else {
            lengths[count - 1] += length;
        }
    }

    /** Whether Netty can tell where its buffers lie. */
    boolean addressable() {
        return buffers[0].hasMemoryAddress();
    }

    int count() {
        return count;
    }

    long address(int i) {
        return memory + (long) i * STRIDE;
    }

    int length(int i) {
        return lengths[i];
    }

    int segment(int i) {
        return segments[i];
    }

    void clear() {
        count = 0;
    }

    @Override
    public void close() {
        Memory.unmap(memory, LENGTH);
    }
}
