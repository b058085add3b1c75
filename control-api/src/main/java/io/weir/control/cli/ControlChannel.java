package io.weir.control.cli;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;

import io.weir.control.grpc.ProblemStatus;
import io.weir.control.v1.CaptureServiceGrpc;
import io.weir.control.v1.FlowServiceGrpc;
import io.weir.control.v1.GrantServiceGrpc;
import io.weir.control.v1.PolicyServiceGrpc;
import io.weir.control.v1.PortServiceGrpc;
import io.weir.control.v1.TunnelServiceGrpc;

/** A connection to a daemon. */
final class ControlChannel implements AutoCloseable {
    /** A daemon answers any unary call far faster; without an end, a stopped one would hang the verb. */
    private static final int CALL_TIMEOUT_SECONDS = 10;

    private static final int POLICY_TIMEOUT_SECONDS = 60;

    /** A MAC table of the largest size that weir.yaml takes fits several times. */
    private static final int MAX_ANSWER_BYTES = 256 << 20;

    private final String where;
    private final String remedy;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("weir-control", true), NioIoHandler.newFactory());
    private final ManagedChannel channel;

    /** To the unix socket of a daemon on this host. */
    ControlChannel(Path socket) {
        where = socket.toString();
        remedy = "start one with weir run -c weir.yaml, name its socket with --socket or WEIR_SOCKET, "
                + "or join the group that may open it";
        if (!Files.exists(socket)) {
            throw unreachable("no such socket");
        }
        channel = build(NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .overrideAuthority("weir")
                .usePlaintext());
    }

    /** To the TCP listener of a daemon anywhere. */
    ControlChannel(InetSocketAddress address, SslContext tls) {
        where = address.getHostString() + " port " + address.getPort();
        remedy = "mind that it has api.tcp in its weir.yaml, and that both sides know the other's authority";
        channel = build(NettyChannelBuilder.forAddress(address.getHostString(), address.getPort())
                .channelType(NioSocketChannel.class)
                .sslContext(tls));
    }

    private ManagedChannel build(NettyChannelBuilder builder) {
        return builder.eventLoopGroup(loop)
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .directExecutor()
                .build();
    }

    /** For unary calls. */
    PortServiceGrpc.PortServiceBlockingStub ports() {
        return PortServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** A change of policy may wait for a large one before it. */
    PolicyServiceGrpc.PolicyServiceBlockingStub policies() {
        return PolicyServiceGrpc.newBlockingStub(channel).withDeadlineAfter(POLICY_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    GrantServiceGrpc.GrantServiceBlockingStub grants() {
        return GrantServiceGrpc.newBlockingStub(channel).withDeadlineAfter(POLICY_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** For unary calls. */
    TunnelServiceGrpc.TunnelServiceBlockingStub tunnels() {
        return TunnelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** For streams that go on as long as the user wants. */
    PortServiceGrpc.PortServiceBlockingStub portStreams() {
        return PortServiceGrpc.newBlockingStub(channel);
    }

    CaptureServiceGrpc.CaptureServiceBlockingStub captures() {
        return CaptureServiceGrpc.newBlockingStub(channel);
    }

    /** For unary calls. */
    FlowServiceGrpc.FlowServiceBlockingStub flows() {
        return FlowServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** For streams that go on as long as the user wants. */
    FlowServiceGrpc.FlowServiceBlockingStub flowStreams() {
        return FlowServiceGrpc.newBlockingStub(channel);
    }

    /** For uploads that wait when the daemon does. */
    CaptureServiceGrpc.CaptureServiceBlockingV2Stub replays() {
        return CaptureServiceGrpc.newBlockingV2Stub(channel);
    }

    /** What a failed call means to the user. */
    CommandException failure(StatusRuntimeException failed) {
        Status status = failed.getStatus();
        String description = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> unreachable(reason(status, description));
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE, RESOURCE_EXHAUSTED ->
                new CommandException(ExitCode.BAD_INPUT, description, ProblemStatus.problems(failed));
            default -> new CommandException(ExitCode.REFUSED, description, ProblemStatus.problems(failed));
        };
    }

    /** The innermost failure: around it gRPC only says that there was one. */
    private static String reason(Status status, String description) {
        Throwable cause = status.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null || cause.getMessage() == null ? description : cause.getMessage();
    }

    private CommandException unreachable(String why) {
        return new CommandException(
                ExitCode.UNREACHABLE, "no daemon answers at " + where + " (" + why + "); " + remedy);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        // Nobody waits: a quiet period would cost every verb two seconds, and the loop's thread is a daemon.
        Future<?> _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    }
}
