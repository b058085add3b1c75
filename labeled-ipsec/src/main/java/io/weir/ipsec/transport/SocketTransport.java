package io.weir.ipsec.transport;

import io.weir.kernel.inet.InetSocket;
import io.weir.kernel.inet.InetSocketOptions;

/**
 * UDP (RFC 3948) by sendmmsg and recvmmsg. The kernel segments what is sent and coalesces what is received.
 *
 * <p>The UDP checksum is sent although RFC 3948 section 2.1 prefers zero: the kernel does not segment without it, and usually leaves it
 * to the interface.
 *
 * <p>Threading: one worker.
 */
final class SocketTransport implements DatagramTransport {
    private static final int IPV4_AND_UDP_LENGTH = 28;
    private static final int IPV6_AND_UDP_LENGTH = 48;

    private final InetSocket socket;
    private final ReceiveQueue received;
    private final SendQueue queue;
    private final int headerLength;
    private int pathMtu;
    private int errno;

    private SocketTransport(InetSocket socket, TransportSettings settings) {
        this.socket = socket;
        headerLength = headerLength(settings);
        received = new ReceiveQueue(socket);
        queue = new SendQueue(socket, settings, headerLength, true);
        pathMtu = socket.mtu();
    }

    /** @throws io.weir.kernel.KernelException when the socket is refused */
    static SocketTransport open(TransportSettings settings) {
        InetSocketOptions options = new InetSocketOptions(
                settings.local(),
                settings.remote(),
                settings.port(),
                settings.dontFragment(),
                InetSocketOptions.DEFAULT_BUFFER_BYTES);
        return new SocketTransport(InetSocket.udp(options), settings);
    }

    /** Bytes of the IP and UDP headers. */
    static int headerLength(TransportSettings settings) {
        return settings.ipv6() ? IPV6_AND_UDP_LENGTH : IPV4_AND_UDP_LENGTH;
    }

    @Override
    public String name() {
        return "socket";
    }

    @Override
    public boolean segments() {
        return queue.segmenting();
    }

    @Override
    public int maxSegments() {
        return queue.segmenting() ? SEGMENTS_MAX : 1;
    }

    @Override
    public void send(long address, int length, int segment, int trafficClass) {
        queue.add(address, length, segment, trafficClass);
    }

    @Override
    public int flush() {
        int refused = queue.flush();
        errno = queue.takeErrno();
        return refused;
    }

    @Override
    public int errno() {
        return errno;
    }

    @Override
    public int receive() {
        return received.receive();
    }

    @Override
    public long address(int message) {
        return received.address(message);
    }

    @Override
    public int length(int message) {
        return received.length(message);
    }

    @Override
    public int segment(int message) {
        return received.segment(message);
    }

    @Override
    public int trafficClass(int message) {
        return received.trafficClass(message);
    }

    @Override
    public int pollDescriptor() {
        return socket.fd();
    }

    @Override
    public int pathMtu() {
        int mtu = socket.mtu();
        if (mtu > 0) {
            pathMtu = mtu; // an error means that the route is gone now: the last one known still holds
        }
        return pathMtu;
    }

    @Override
    public int headerLength() {
        return headerLength;
    }

    @Override
    public long drops() {
        return socket.drops();
    }

    @Override
    public void close() {
        socket.close();
        queue.close();
        received.close();
    }
}
