package io.weir.control.access;

import io.grpc.Attributes;
import io.grpc.ChannelLogger;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.AsciiString;

import io.weir.kernel.PeerCredentials;

/**
 * Begins HTTP/2 on a unix socket, after asking the kernel who is at its other end. gRPC gives interceptors no channel to
 * ask, so that the answer has to be an attribute of the connection.
 *
 * <p>Threading: handlers run on the event loop.
 */
public final class PeerNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    private static final AsciiString SCHEME = AsciiString.of("http");

    private final SocketCallers callers;

    public PeerNegotiator(SocketCallers callers) {
        this.callers = callers;
    }

    @Override
    public AsciiString scheme() {
        return SCHEME;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
        ChannelLogger logger = http2.getNegotiationLogger();
        ChannelHandler begin = InternalProtocolNegotiators.grpcNegotiationHandler(http2);
        return InternalProtocolNegotiators.waitUntilActiveHandler(new Ask(begin, logger), logger);
    }

    @Override
    public void close() {}

    /** Adds the caller to the connection's attributes; a failure to ask closes it. */
    private final class Ask extends InternalProtocolNegotiators.ProtocolNegotiationHandler {
        Ask(ChannelHandler next, ChannelLogger logger) {
            super(next, logger);
        }

        @Override
        protected void protocolNegotiationEventTriggered(ChannelHandlerContext context) {
            int fd = ((UnixChannel) context.channel()).fd().intValue();
            Caller caller = callers.caller(PeerCredentials.of(fd));
            Attributes attributes =
                    InternalProtocolNegotiationEvent.getAttributes(getProtocolNegotiationEvent()).toBuilder()
                            .set(Caller.ATTRIBUTE, caller)
                            .build();
            replaceProtocolNegotiationEvent(
                    InternalProtocolNegotiationEvent.withAttributes(getProtocolNegotiationEvent(), attributes));
            fireProtocolNegotiationEvent(context);
        }
    }
}
