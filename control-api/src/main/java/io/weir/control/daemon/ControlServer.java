package io.weir.control.daemon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;

import io.weir.control.access.AccessException;
import io.weir.control.access.AccessInterceptor;
import io.weir.control.access.ApiSettings;
import io.weir.control.access.CertificateCallers;
import io.weir.control.access.MutualTls;
import io.weir.control.access.PeerNegotiator;
import io.weir.control.access.SocketCallers;
import io.weir.control.access.TcpSettings;

/**
 * The gRPC services with health and reflection, on a unix socket and, where the configuration says so, on TCP with mutual
 * TLS. Every call passes {@link AccessInterceptor} first.
 *
 * <p>Threading: opened and closed by one thread; services run on gRPC's own threads.
 */
final class ControlServer implements AutoCloseable {
    private static final int CLOSE_TIMEOUT_SECONDS = 2;
    private static final int HANDSHAKE_TIMEOUT_SECONDS = 10;
    /** An apply is one message, whole revisions of 10,000 components included: all of it takes effect, or nothing. */
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private static final int MAX_CALLS_PER_CONNECTION = 16;

    private final SocketFile file;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("weir-control", true), EpollIoHandler.newFactory());
    private final HealthStatusManager health = new HealthStatusManager();
    private final List<Server> servers = new ArrayList<>();

    private ControlServer(SocketFile file) {
        this.file = file;
    }

    /**
     * Binds what the settings say; health says NOT_SERVING until {@link #serving}.
     *
     * @throws StartException when an address, a file, a user or a group cannot be used; nothing is left then
     */
    static ControlServer open(ApiSettings settings, List<BindableService> services) {
        SocketFile file = new SocketFile(settings.socket());
        file.clear();
        ControlServer control = new ControlServer(file);
        try {
            control.openSocket(settings, services);
            if (settings.tcp() != null) {
                control.openTcp(settings.tcp(), services);
            }
            control.report(ServingStatus.NOT_SERVING);
            return control;
        } catch (AccessException refused) {
            control.close();
            throw new StartException(String.valueOf(refused.getMessage()));
        } catch (StartException refused) {
            control.close();
            throw refused;
        }
    }

    private void openSocket(ApiSettings settings, List<BindableService> services) {
        SocketCallers callers = SocketCallers.of(settings);
        OptionalInt group = SocketCallers.group(settings);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new DomainSocketAddress(settings.socket().toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .protocolNegotiator(new PeerNegotiator(callers));
        try {
            start(builder, services);
            file.share(group);
        } catch (IOException refused) {
            throw new StartException(
                    "api.socket " + settings.socket() + " cannot be bound: " + refused + "; name another path");
        }
    }

    private void openTcp(TcpSettings settings, List<BindableService> services) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(settings.address())
                .channelType(EpollServerSocketChannel.class)
                .sslContext(new MutualTls(settings.certificate(), settings.key(), settings.clientCa()).server())
                .addTransportFilter(new CertificateCallers(settings.roles()))
                .handshakeTimeout(HANDSHAKE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        try {
            start(builder, services);
        } catch (IOException refused) {
            throw new StartException("api.tcp.address " + settings.address() + " cannot be bound: " + cause(refused)
                    + "; name an address of this host with a free port");
        }
    }

    private static Throwable cause(IOException refused) {
        return refused.getCause() == null ? refused : refused.getCause();
    }

    private void start(NettyServerBuilder builder, List<BindableService> services) throws IOException {
        builder.bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .intercept(new AccessInterceptor())
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        services.forEach(builder::addService);
        Server server = builder.build();
        servers.add(server);
        Server _ = server.start();
    }

    /** From now on health says SERVING. */
    void serving() {
        report(ServingStatus.SERVING);
    }

    private void report(ServingStatus status) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        for (ServerServiceDefinition service : servers.getFirst().getServices()) {
            health.setStatus(service.getServiceDescriptor().getName(), status);
        }
    }

    /** Where it listens, for people: {@code socket /run/weir/weir.sock, tcp 192.0.2.1:7443}. */
    String addresses() {
        String tcp = servers.stream()
                .skip(1)
                .map(server -> ", tcp "
                        + server.getListenSockets().getFirst().toString().replaceFirst("^.*/", ""))
                .collect(Collectors.joining());
        return "socket " + file.path() + tcp;
    }

    /** Ends calls under way, and removes the socket. */
    @Override
    public void close() {
        health.enterTerminalState();
        servers.forEach(Server::shutdownNow);
        try {
            for (Server server : servers) {
                boolean _ = server.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
            file.remove();
        } catch (IOException gone) {
            // Whoever starts next clears it.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Future<?> _ = loop.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
