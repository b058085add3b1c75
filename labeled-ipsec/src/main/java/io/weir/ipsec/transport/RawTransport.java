package io.weir.ipsec.transport;

import io.weir.kernel.Memory;
import io.weir.kernel.inet.InetSocket;
import io.weir.kernel.inet.InetSocketOptions;

/**
 * ESP as IP protocol 50 (RFC 4303 section 2) by sendmmsg and recvmmsg on a raw socket. The kernel neither segments nor coalesces.
 *
 * <p>Threading: one worker.
 */
final class RawTransport implements DatagramTransport {
    private static final int PROTOCOL_ESP = 50;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int TYPE_OF_SERVICE_OFFSET = 1;
    private static final int IHL_MASK = 0x0f;

    private final InetSocket socket;
    private final ReceiveQueue received;
    private final SendQueue queue;
    private int pathMtu;
    private int errno;

    private RawTransport(InetSocket socket, TransportSettings settings) {
        this.socket = socket;
        received = new ReceiveQueue(socket);
        queue = new SendQueue(socket, settings, headerLength(), false);
        pathMtu = socket.mtu();
    }

    /** @throws io.weir.kernel.KernelException when the socket is refused */
    static RawTransport open(TransportSettings settings) {
        InetSocketOptions options = new InetSocketOptions(
                settings.local(),
                settings.remote(),
                0,
                settings.dontFragment(),
                InetSocketOptions.DEFAULT_BUFFER_BYTES);
        return new RawTransport(InetSocket.raw(options, PROTOCOL_ESP), settings);
    }

    @Override
    public String name() {
        return "raw";
    }

    @Override
    public boolean segments() {
        return false;
    }

    @Override
    public int maxSegments() {
        return 1;
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
        return received.address(message) + received(message);
    }

    @Override
    public int length(int message) {
        return received.length(message) - received(message);
    }

    @Override
    public int segment(int message) {
        return length(message);
    }

    @Override
    public int trafficClass(int message) {
        return socket.ipv6()
                ? received.trafficClass(message)
                : Byte.toUnsignedInt(Memory.readByte(received.address(message) + TYPE_OF_SERVICE_OFFSET));
    }

    /** Bytes of the IP header that the kernel left in front of a message: it has checked them, and gives none of IPv6. */
    private int received(int message) {
        return socket.ipv6() ? 0 : (Memory.readByte(received.address(message)) & IHL_MASK) * Integer.BYTES;
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
        return socket.ipv6() ? IPV6_LENGTH : IPV4_LENGTH;
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
