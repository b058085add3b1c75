package io.weir.ipsec.transport;

import io.weir.kernel.Memory;
import io.weir.kernel.inet.DatagramVector;
import io.weir.kernel.inet.InetSocket;

/**
 * Messages of one recvmmsg, each in a buffer that holds the longest.
 *
 * <p>Threading: one worker.
 */
final class ReceiveQueue implements AutoCloseable {
    private static final int STRIDE = 1 << 16;
    private static final long BYTES = (long) DatagramTransport.RECEIVED_MAX * STRIDE;

    private final InetSocket socket;
    private final DatagramVector messages;
    private final long buffers;

    ReceiveQueue(InetSocket socket) {
        this.socket = socket;
        messages = new DatagramVector(socket.ipv6(), DatagramTransport.RECEIVED_MAX);
        buffers = Memory.map(BYTES, true);
        for (int i = 0; i < DatagramTransport.RECEIVED_MAX; i++) {
            messages.base(i, address(i), STRIDE);
        }
    }

    /** Messages received, or a negative errno. */
    int receive() {
        int count = messages.receive(socket.fd(), DatagramTransport.RECEIVED_MAX);
        // An ICMP error about a datagram that was sent is reported once, before what was received.
        return count < 0 ? messages.receive(socket.fd(), DatagramTransport.RECEIVED_MAX) : count;
    }

    long address(int i) {
        return buffers + (long) i * STRIDE;
    }

    int length(int i) {
        return messages.length(i);
    }

    int segment(int i) {
        int segment = messages.segment(i);
        return segment == 0 ? messages.length(i) : segment;
    }

    int trafficClass(int i) {
        return messages.trafficClass(i);
    }

    @Override
    public void close() {
        messages.close();
        Memory.unmap(buffers, BYTES);
    }
}
