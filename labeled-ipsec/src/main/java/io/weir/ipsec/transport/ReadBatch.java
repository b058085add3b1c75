package io.weir.ipsec.transport;

import io.netty.buffer.ByteBuf;

import io.weir.kernel.Memory;

/**
 * What a datagram channel read at once. Netty cuts each coalesced message into its datagrams; they lie one after the other in the buffer
 * that was read into, and are one message again here.
 *
 * <p>Threading: one worker.
 */
final class ReadBatch implements AutoCloseable {
    static final int LENGTH = DatagramTransport.RECEIVED_MAX * ReceiveQueue.STRIDE;

    private final long memory = Memory.map(LENGTH, true);
    private final ByteBuf buffer = ForeignMemory.wrap(memory, LENGTH);
    private final int[] offsets = new int[DatagramTransport.RECEIVED_MAX];
    private final int[] lengths = new int[DatagramTransport.RECEIVED_MAX];
    private final int[] segments = new int[DatagramTransport.RECEIVED_MAX];
    private int count;

    /** The buffer to read into, which whoever reads releases. */
    ByteBuf begin() {
        count = 0;
        return buffer.retain().clear();
    }

    /** Takes a datagram that was read into the buffer. */
    void add(ByteBuf datagram) {
        int offset = (int) (datagram.memoryAddress() + datagram.readerIndex() - memory);
        int length = datagram.readableBytes();
        if (offset % ReceiveQueue.STRIDE == 0) {
            offsets[count] = offset;
            lengths[count] = length;
            segments[count++] = length;
        } else {
            lengths[count - 1] += length;
        }
    }

    /** Whether Netty can tell where its buffers lie. */
    boolean addressable() {
        return buffer.hasMemoryAddress();
    }

    int count() {
        return count;
    }

    long address(int i) {
        return memory + offsets[i];
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
