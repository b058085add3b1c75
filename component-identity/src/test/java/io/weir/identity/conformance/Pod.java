package io.weir.identity.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.wire.IpProtocol;
import io.weir.identity.component.IpPrefix;
import io.weir.kernel.NetworkNamespace;

/**
 * What runs in a namespace that stands for a pod: it answers on its ports with what it was sent, and tries others' with the kernel's
 * own sockets. Sockets belong to the namespace they were made in, whichever thread uses them.
 *
 * <p>Threading: attempts from any thread; a virtual thread a listener and a connection.
 */
final class Pod implements AutoCloseable {
    private static final byte[] WORD = {'w', 'e', 'i', 'r'};

    private final NetworkNamespace namespace;
    private final Place place;
    private final SctpTap sctp;
    private final List<Channel> listeners = new ArrayList<>();

    /** What the one who tried saw. */
    enum Outcome {
        /** An answer of the one it was for. */
        ANSWERED,
        /** Nothing at all within the time. */
        SILENCE,
        /** A reset, or an ICMP error: somebody said no. */
        REFUSED
    }

    Pod(PodNamespace namespace, Place place) {
        this.namespace = NetworkNamespace.open(namespace.name());
        this.place = place;
        this.sctp = SctpTap.open(this.namespace, place);
    }

    /** Answers on a port, over IPv4 and IPv6. SCTP's needs no listener. */
    void listen(int protocol, int port) {
        if (protocol == IpProtocol.TCP) {
            ServerSocketChannel server =
                    namespace.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(port)));
            listeners.add(server);
            Thread.ofVirtual().start(() -> accept(server));
        } else if (protocol == IpProtocol.UDP) {
            DatagramChannel server = namespace.call(() -> DatagramChannel.open().bind(new InetSocketAddress(port)));
            listeners.add(server);
            Thread.ofVirtual().start(() -> echo(server));
        }
    }

    private static void accept(ServerSocketChannel server) {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                Thread.ofVirtual().start(() -> echo(connection));
            }
        } catch (ClosedChannelException end) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("a pod's listener failed", e);
        }
    }

    private static void echo(SocketChannel connection) {
        ByteBuffer word = ByteBuffer.allocate(WORD.length);
        try (connection) {
            while (connection.read(word) >= 0) {
                connection.write(word.flip());
                word.clear();
            }
        } catch (IOException gone) {
            return; // whoever tried has seen it too
        }
    }

    private static void echo(DatagramChannel server) {
        ByteBuffer word = ByteBuffer.allocate(WORD.length);
        try {
            while (true) {
                SocketAddress sender = server.receive(word);
                server.send(word.flip(), sender);
                word.clear();
            }
        } catch (ClosedChannelException end) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("a pod's listener failed", e);
        }
    }

    /** Tries to reach another pod's port and says what came back within the time. */
    Outcome attempt(Pod to, Probe probe, Family family, int timeoutMs) {
        InetSocketAddress target = new InetSocketAddress(address(to.place.address(family)), probe.port());
        try {
            return switch (probe.protocol()) {
                case IpProtocol.TCP -> tcp(target, timeoutMs);
                case IpProtocol.UDP -> udp(target, timeoutMs);
                default -> sctp.attempt(to.sctp, probe, family, timeoutMs);
            };
        } catch (SocketTimeoutException nothing) {
            return Outcome.SILENCE;
        } catch (IOException refused) {
            return Outcome.REFUSED;
        }
    }

    static InetAddress address(IpPrefix ip) {
        try {
            // Java makes an IPv4 address of ::ffff:a.b.c.d.
            byte[] bytes = new byte[16];
            ByteBuffer.wrap(bytes).putLong(ip.high()).putLong(ip.low());
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("16 bytes are an address", impossible);
        }
    }

    private Outcome tcp(InetSocketAddress target, int timeoutMs) throws IOException {
        try (SocketChannel channel = namespace.call(SocketChannel::open)) {
            channel.socket().connect(target, timeoutMs);
            channel.socket().setSoTimeout(timeoutMs);
            channel.socket().getOutputStream().write(WORD);
            int answered = channel.socket().getInputStream().readNBytes(WORD.length).length;
            return answered == WORD.length ? Outcome.ANSWERED : Outcome.REFUSED;
        }
    }

    private Outcome udp(InetSocketAddress target, int timeoutMs) throws IOException {
        try (DatagramChannel channel = namespace.call(DatagramChannel::open)) {
            channel.connect(target);
            channel.write(ByteBuffer.wrap(WORD));
            channel.socket().setSoTimeout(timeoutMs);
            channel.socket().receive(new DatagramPacket(new byte[WORD.length], WORD.length));
            return Outcome.ANSWERED;
        }
    }

    @Override
    public void close() {
        for (Channel listener : listeners) {
            try {
                listener.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close a listener", e);
            }
        }
        sctp.close();
        namespace.close();
    }
}
