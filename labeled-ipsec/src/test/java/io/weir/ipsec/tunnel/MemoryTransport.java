package io.weir.ipsec.tunnel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.ipsec.transport.DatagramTransport;
import io.weir.kernel.EventFd;
import io.weir.kernel.Memory;

/**
 * Datagrams between two devices of one process. It delivers messages as the kernel's GRO does: a send of several datagrams arrives
 * as one message. What happens to them on the way is up to the test, which can take them out and put others in.
 */
final class MemoryTransport implements DatagramTransport {
    static final int DEFAULT_MTU = 1500;
    private static final int HEADERS = 28;

    /** One message under way. */
    @SuppressWarnings("ArrayRecordComponent") // never compared by value
    record Message(byte[] bytes, int segment, int trafficClass) {
        static Message of(byte[] datagram) {
            return new Message(datagram, datagram.length, 0);
        }

        int datagrams() {
            return bytes.length == 0 ? 1 : (bytes.length + segment - 1) / segment;
        }
    }

    /** What arrives at this end. */
    final Deque<Message> inbox = new ArrayDeque<>();

    /** What was sent, for who looks instead of the other end; kept only when there is no other end. */
    final List<Message> sent = new ArrayList<>();

    private final List<Message> queued = new ArrayList<>();
    private final List<Message> received = new ArrayList<>();
    private final long memory = Memory.map((long) RECEIVED_MAX * (MESSAGE_MAX + 1));
    private final EventFd readable = EventFd.create();
    private @Nullable MemoryTransport peer;
    int mtu = DEFAULT_MTU;
    int refuseWith;
    int refuseLast;
    int receiveError;
    private int errno;

    static MemoryTransport alone() {
        return new MemoryTransport();
    }

    /** Joins both ends. */
    static void join(MemoryTransport one, MemoryTransport other) {
        one.peer = other;
        other.peer = one;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public boolean segments() {
        return true;
    }

    @Override
    public int maxSegments() {
        return 64;
    }

    @Override
    public void send(long address, int length, int segment, int trafficClass) {
        byte[] bytes = new byte[length];
        Memory.copy(address, bytes, 0, length);
        queued.add(new Message(bytes, segment, trafficClass));
    }

    /** Refuses the last {@link #refuseLast} datagrams with {@link #refuseWith}. */
    @Override
    public int flush() {
        int refused = 0;
        while (refused < refuseLast && !queued.isEmpty()) {
            refused += queued.removeLast().datagrams();
        }
        errno = refused > 0 ? refuseWith : 0;
        refuseLast = 0;
        MemoryTransport other = peer;
        if (other == null) {
            sent.addAll(queued);
        } else {
            other.inbox.addAll(queued);
        }
        queued.clear();
        return refused;
    }

    @Override
    public int errno() {
        return errno;
    }

    @Override
    public int receive() {
        received.clear();
        if (receiveError != 0) {
            return receiveError;
        }
        while (received.size() < RECEIVED_MAX && !inbox.isEmpty()) {
            Message message = inbox.remove();
            Memory.copy(message.bytes(), 0, address(received.size()), message.bytes().length);
            received.add(message);
        }
        return received.size();
    }

    @Override
    public long address(int message) {
        return memory + (long) message * (MESSAGE_MAX + 1);
    }

    @Override
    public int length(int message) {
        return received.get(message).bytes().length;
    }

    @Override
    public int segment(int message) {
        return received.get(message).segment();
    }

    @Override
    public int trafficClass(int message) {
        return received.get(message).trafficClass();
    }

    @Override
    public int pollDescriptor() {
        return readable.fd();
    }

    @Override
    public int pathMtu() {
        return mtu;
    }

    @Override
    public int headerLength() {
        return HEADERS;
    }

    @Override
    public void close() {
        Memory.unmap(memory, (long) RECEIVED_MAX * (MESSAGE_MAX + 1));
        readable.close();
    }
}
