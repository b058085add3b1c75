package io.weir.control.cli;

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
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;

import io.weir.control.v1.CaptureServiceGrpc;
import io.weir.control.v1.FlowServiceGrpc;
import io.weir.control.v1.PortServiceGrpc;

/** A connection to the daemon's unix socket. */
final class ControlChannel implements AutoCloseable {
    /** A daemon answers any unary call far faster; without an end, a stopped one would hang the verb. */
    private static final int CALL_TIMEOUT_SECONDS = 10;

    /** A MAC table of the largest size that weir.yaml takes fits several times. */
    private static final int MAX_ANSWER_BYTES = 256 << 20;

    private final Path socket;
    private final EventLoopGroup loop;
    private final ManagedChannel channel;

    ControlChannel(Path socket) {
        this.socket = socket;
        if (!Files.exists(socket)) {
            throw unreachable("no such socket");
        }
        loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("weir-control", true), NioIoHandler.newFactory());
        channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(loop)
                .overrideAuthority("weir")
                .usePlaintext()
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .directExecutor()
                .build();
    }

    /** For unary calls. */
    PortServiceGrpc.PortServiceBlockingStub ports() {
        return PortServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
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
            case UNAVAILABLE, DEADLINE_EXCEEDED -> unreachable(description);
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE, RESOURCE_EXHAUSTED ->
                new CommandException(ExitCode.BAD_INPUT, description);
            default -> new CommandException(ExitCode.REFUSED, description);
        };
    }

    private CommandException unreachable(String why) {
        return new CommandException(
                ExitCode.UNREACHABLE,
                "no daemon answers at " + socket + " (" + why
                        + "); start one with weir run -c weir.yaml, name its socket with "
                        + "--socket or WEIR_SOCKET, or join the group that may open it");
    }

    @Override
    public void close() {
        channel.shutdownNow();
        // Nobody waits: a quiet period would cost every verb two seconds, and the loop's thread is a daemon.
        Future<?> _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    }
}
