package io.weir.ipsec.transport;

import io.weir.kernel.inet.DatagramVector;
import io.weir.kernel.inet.InetSocket;

/**
 * Vectors of messages on a socket of this module: UDP (RFC 3948), which the kernel segments and coalesces, or IP protocol 50 (RFC 4303
 * section 2), where it does neither.
 *
 * <p>The UDP checksum is sent although RFC 3948 section 2.1 prefers zero: the kernel does not segment without it, and usually leaves it
 * to the interface.
 *
 * <p>Threading: one worker; opened and closed by the control thread.
 */
final class MessageTransport implements DatagramTransport {
    private static final int PROTOCOL_ESP = 50;

    private final String name;
    private final InetSocket socket;
    private final DatagramVector outgoing;
    private final DatagramVector incoming;
    private final MessageIo io;
    private final SendQueue queue;
    private final ReceiveQueue received;
    private final SocketMtu pathMtu;
    private final int headerLength;
    private int errno;

    private MessageTransport(
            String name, InetSocket socket, TransportSettings settings, MessageIoFactory factory, boolean segmenting) {
        this.name = name;
        this.socket = socket;
        outgoing = new DatagramVector(socket.ipv6(), SendQueue.CAPACITY);
        incoming = new DatagramVector(socket.ipv6(), RECEIVED_MAX);
        io = factory.open(socket.fd(), outgoing, incoming);
        queue = new SendQueue(socket, outgoing, io, settings, segmenting);
        received = new ReceiveQueue(incoming, io, !segmenting && !socket.ipv6());
        pathMtu = new SocketMtu(socket);
        headerLength = settings.headerLength();
    }

    /** UDP by system calls. @throws KernelException when the socket is refused */
    static MessageTransport socket(TransportSettings settings) {
        return open("socket", InetSocket.udp(settings.socketOptions()), settings, SyscallIo::new, true);
    }

    /** UDP by Netty's io_uring. @throws KernelException when the socket is refused */
    static MessageTransport ioUring(TransportSettings settings) {
        return open("io_uring", InetSocket.udp(settings.socketOptions()), settings, IoUringIo::new, true);
    }

    /** IP protocol 50 by system calls. @throws KernelException when the socket is refused */
    static MessageTransport raw(TransportSettings settings) {
        InetSocket socket = InetSocket.raw(settings.socketOptions(), PROTOCOL_ESP);
        return open("raw", socket, settings, SyscallIo::new, false);
    }

    private static MessageTransport open(
            String name, InetSocket socket, TransportSettings settings, MessageIoFactory factory, boolean segmenting) {
        try {
            return new MessageTransport(name, socket, settings, factory, segmenting);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
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
        return pathMtu.now();
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
        io.close();
        socket.close();
        received.close();
        incoming.close();
        outgoing.close();
    }

    /** Makes the io of a socket's vectors. */
    private interface MessageIoFactory {
        MessageIo open(int fd, DatagramVector outgoing, DatagramVector incoming);
    }
}
