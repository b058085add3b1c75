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
final class MessageTransport extends SocketTransport {
    private static final int PROTOCOL_ESP = 50;

    private final String name;
    private final DatagramVector incoming;
    private final MessageIo io;
    private final ReceiveQueue received;

    private MessageTransport(
            String name, InetSocket socket, TransportSettings settings, MessageIoFactory factory, boolean segmenting) {
        DatagramVector outgoing = new DatagramVector(socket.ipv6(), SendQueue.CAPACITY);
        DatagramVector incoming = new DatagramVector(socket.ipv6(), RECEIVED_MAX);
        UnreachableCount unreachable = new UnreachableCount();
        MessageIo io = factory.open(socket.fd(), outgoing, incoming, unreachable);
        SendQueue queue = new SendQueue(socket, outgoing, io, settings, segmenting);
        super(socket, outgoing, queue, unreachable, settings.headerLength());
        this.name = name;
        this.incoming = incoming;
        this.io = io;
        received = new ReceiveQueue(incoming, io, !segmenting && !socket.ipv6());
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
    public void close() {
        io.close();
        closeSocket();
        received.close();
        incoming.close();
    }

    /** Makes the io of a socket's vectors. */
    private interface MessageIoFactory {
        MessageIo open(int fd, DatagramVector outgoing, DatagramVector incoming, UnreachableCount unreachable);
    }
}
