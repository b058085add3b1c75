package io.weir.ipsec.transport;

import io.weir.kernel.inet.DatagramVector;
import io.weir.kernel.inet.InetSocket;

/**
 * What transports have in common that own a socket: what is sent waits in a queue, and the kernel tells the path's MTU and the messages
 * it dropped. How messages are received is left to each.
 *
 * <p>Threading: one worker; opened and closed by the control thread.
 */
abstract class SocketTransport implements DatagramTransport {
    private final InetSocket socket;
    private final DatagramVector outgoing;
    private final SendQueue queue;
    private final UnreachableCount unreachable;
    private final SocketMtu pathMtu;
    private final int headerLength;
    private int errno;

    /**
     * A transport that owns socket and vector once it is there.
     *
     * @param outgoing what {@code queue} fills
     * @param unreachable what the calls count that send and receive
     * @param headerLength bytes of the headers in front of an ESP packet
     */
    SocketTransport(
            InetSocket socket,
            DatagramVector outgoing,
            SendQueue queue,
            UnreachableCount unreachable,
            int headerLength) {
        this.socket = socket;
        this.outgoing = outgoing;
        this.queue = queue;
        this.unreachable = unreachable;
        this.pathMtu = new SocketMtu(socket);
        this.headerLength = headerLength;
    }

    @Override
    public final boolean segments() {
        return queue.segmenting();
    }

    @Override
    public final int maxSegments() {
        return queue.segmenting() ? SEGMENTS_MAX : 1;
    }

    @Override
    public void send(long address, int length, int segment, int trafficClass) {
        queue.add(address, length, segment, trafficClass);
    }

    @Override
    public final int flush() {
        int refused = queue.flush();
        errno = queue.takeErrno();
        return refused;
    }

    @Override
    public final int errno() {
        return errno;
    }

    @Override
    public final int pollDescriptor() {
        return socket.fd();
    }

    @Override
    public final int pathMtu() {
        return pathMtu.now();
    }

    @Override
    public final int headerLength() {
        return headerLength;
    }

    @Override
    public final long drops() {
        return socket.drops();
    }

    @Override
    public final long unreachable() {
        return unreachable.read();
    }

    /** Closes the socket, and then what the kernel may have sent from. */
    final void closeSocket() {
        socket.close();
        outgoing.close();
    }
}
