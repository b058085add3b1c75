package io.weir.control.daemon;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;

/**
 * The gRPC server on a unix socket, with health and reflection. Whoever may open the socket may operate the switch: its
 * owner and its group.
 *
 * <p>Threading: opened and closed by one thread; services run on gRPC's own threads.
 */
final class ControlSocket implements AutoCloseable {
    private static final int CLOSE_TIMEOUT_SECONDS = 2;
    private static final int MAX_MESSAGE_BYTES = 4 << 20;

    private final Path path;
    private final EventLoopGroup loop;
    private final HealthStatusManager health;
    private final Server server;

    private ControlSocket(Path path, EventLoopGroup loop, HealthStatusManager health, Server server) {
        this.path = path;
        this.loop = loop;
        this.health = health;
        this.server = server;
    }

    /**
     * Binds the socket, in place of one that a dead daemon left; health says NOT_SERVING until {@link #serving}.
     *
     * @throws StartException when a live process listens there, or the path cannot be used
     */
    static ControlSocket open(Path path, List<BindableService> services) {
        clear(path);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("weir-control", true), NioIoHandler.newFactory());
        HealthStatusManager health = new HealthStatusManager();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        services.forEach(builder::addService);
        ControlSocket socket = new ControlSocket(path, loop, health, builder.build());
        socket.report(ServingStatus.NOT_SERVING);
        socket.listen();
        return socket;
    }

    private static void clear(Path path) {
        try {
            Path folder = path.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new StartException(
                        "api.socket " + path + " is a file that is no socket; name another path, or remove it");
            }
            if (answers(path)) {
                throw new StartException(
                        "api.socket " + path + " is served by a live process; stop that one, or name another path");
            }
            Files.delete(path);
        } catch (IOException refused) {
            throw new StartException(
                    "api.socket " + path + " cannot be used: " + refused + "; name a path of your own");
        }
    }

    /** Whether somebody accepts connections; a socket file whose process died refuses them. */
    private static boolean answers(Path path) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private void listen() {
        try {
            Server _ = server.start();
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        } catch (IOException refused) {
            close();
            throw new StartException("api.socket " + path + " cannot be bound: " + refused + "; name another path");
        }
    }

    /** From now on health says SERVING. */
    void serving() {
        report(ServingStatus.SERVING);
    }

    private void report(ServingStatus status) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        for (ServerServiceDefinition service : server.getServices()) {
            health.setStatus(service.getServiceDescriptor().getName(), status);
        }
    }

    /** Ends calls under way, and removes the socket. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdownNow();
        try {
            boolean _ = server.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            Files.deleteIfExists(path);
        } catch (IOException gone) {
            // Whoever starts next clears it.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Future<?> _ = loop.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
