package io.weir.ipsec.transport;

import io.weir.kernel.Memory;
import io.weir.kernel.inet.DatagramVector;

/**
 * Messages of one system call, each in a buffer that holds the longest.
 *
 * <p>Threading: one worker.
 */
final class ReceiveQueue implements AutoCloseable {
    /** From one buffer to the next. */
    static final int STRIDE = 1 << 16;

    private static final int IHL_MASK = 0x0f;

    private final DatagramVector messages;
    private final MessageIo io;
    private final boolean ipv4Header;
    private final long length;
    private final long buffers;
    private final int[] slots; // of the messages received last

    /**
     * @param messages what {@code io} receives
     * @param ipv4Header whether messages start with an IPv4 header, as those of raw sockets do
     */
    ReceiveQueue(DatagramVector messages, MessageIo io, boolean ipv4Header) {
        this.messages = messages;
        this.io = io;
        this.ipv4Header = ipv4Header;
        length = (long) messages.capacity() * STRIDE;
        buffers = Memory.map(length, true);
        slots = new int[messages.capacity()];
        for (int i = 0; i < slots.length; i++) {
            messages.base(i, buffer(i), STRIDE);
        }
    }

    /** Messages received, or a negative errno. */
    int receive() {
        return io.receive(slots);
    }

    long address(int i) {
        return buffer(slots[i]) + headerLength(slots[i]);
    }

    int length(int i) {
        return messages.length(slots[i]) - headerLength(slots[i]);
    }

    int segment(int i) {
        int segment = messages.segment(slots[i]);
        return segment == 0 ? length(i) : segment;
    }

    int trafficClass(int i) {
        return messages.trafficClass(slots[i]);
    }

    /** Of the IP header, which the kernel has checked. */
    private int headerLength(int slot) {
        return ipv4Header ? (Memory.readByte(buffer(slot)) & IHL_MASK) * Integer.BYTES : 0;
    }

    private long buffer(int slot) {
        return buffers + (long) slot * STRIDE;
    }

    @Override
    public void close() {
        Memory.unmap(buffers, length);
    }
}
