package io.weir.ipsec.transport;

import java.net.InetSocketAddress;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDatagramChannelConfig;
import io.netty.channel.epoll.EpollIoHandler;

import io.weir.datapath.port.PortException;
import io.weir.kernel.Errno;
import io.weir.kernel.Syscall;
import io.weir.kernel.inet.DatagramVector;
import io.weir.kernel.inet.InetSocket;

/**
 * UDP (RFC 3948) through Netty's epoll datagram channel, whose loop the worker turns. The kernel segments what is sent and coalesces what
 * is received. Netty can neither set nor tell the traffic class.
 *
 * <p>Unlike the other transports it allocates: Netty makes objects of each datagram received, and exceptions of ICMP errors.
 *
 * <p>Threading: one worker; opened and closed by the control thread.
 */
final class EpollTransport extends SocketTransport {
    private static final int EVENTS = 8;
    private static final WriteBufferWaterMark UNLIMITED =
            new WriteBufferWaterMark(Integer.MAX_VALUE - 1, Integer.MAX_VALUE);

    private final WorkerEventLoop loop;
    private final EpollDatagramChannel channel;
    private final ChannelReader reader;

    private EpollTransport(InetSocket socket, TransportSettings settings) {
        DatagramVector outgoing = new DatagramVector(socket.ipv6(), SendQueue.CAPACITY);
        WorkerEventLoop loop =
                new WorkerEventLoop(EpollIoHandler.newFactory(EVENTS, DefaultSelectStrategyFactory.INSTANCE));
        EpollDatagramChannel channel = channel(socket);
        ChannelReader reader = new ChannelReader();
        InetSocketAddress local = new InetSocketAddress(settings.local(), settings.port());
        UnreachableCount unreachable = new UnreachableCount();
        ChannelSender sender = new ChannelSender(channel, loop, reader, outgoing, socket.fd(), local, unreachable);
        SendQueue queue = new SendQueue(socket, outgoing, sender, settings, true);
        super(socket, outgoing, queue, unreachable, settings.headerLength());
        this.loop = loop;
        this.channel = channel;
        this.reader = reader;
        configure(channel.config(), socket);
        channel.pipeline().addLast(reader, sender);
        channel.unsafe().register(loop, channel.newPromise());
        loop.runNow();
    }

    /** A channel on a descriptor of its own, so that each side closes one. */
    private static EpollDatagramChannel channel(InetSocket socket) {
        String remedy = "raise the limit of open files (ulimit -n)";
        Errno.require(Syscall.nonBlocking(socket.fd()), "make a UDP socket non-blocking", "check the kernel log");
        return new EpollDatagramChannel(
                Errno.require(Syscall.duplicate(socket.fd()), "duplicate the descriptor of a UDP socket", remedy));
    }

    private void configure(EpollDatagramChannelConfig config, InetSocket socket) {
        config.setUdpGro(socket.coalescing());
        // One message a system call: Netty's recvmmsg loses the length of the segments.
        config.setMaxDatagramPayloadSize(0);
        config.setRecvByteBufAllocator(reader);
        config.setWriteBufferWaterMark(UNLIMITED);
    }

    /** @throws io.weir.kernel.KernelException when the socket is refused */
    static EpollTransport open(TransportSettings settings) {
        InetSocket socket = InetSocket.udp(settings.socketOptions());
        try {
            EpollTransport transport = new EpollTransport(socket, settings);
            if (!transport.reader.usable()) {
                transport.close();
                throw new PortException(
                        "peer \"" + settings.peer() + "\": Netty cannot tell where its buffers lie",
                        "start the virtual machine with --sun-misc-unsafe-memory-access=allow, or set transport: auto");
            }
            return transport;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "epoll";
    }

    /** The traffic class is not sent: Netty has no way. */
    @Override
    public void send(long address, int length, int segment, int trafficClass) {
        super.send(address, length, segment, 0);
    }

    @Override
    public int receive() {
        if (!reader.unread()) {
            loop.runNow();
        }
        return reader.turn().count();
    }

    @Override
    public long address(int message) {
        return reader.visible().address(message);
    }

    @Override
    public int length(int message) {
        return reader.visible().length(message);
    }

    @Override
    public int segment(int message) {
        return reader.visible().segment(message);
    }

    @Override
    public int trafficClass(int message) {
        return -1;
    }

    @Override
    public void close() {
        channel.unsafe().close(channel.voidPromise());
        loop.destroy();
        closeSocket();
        reader.close();
    }
}
