package io.weir.control.access;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;

import io.weir.control.v1.GetStatisticsRequest;
import io.weir.control.v1.PortServiceGrpc;
import io.weir.control.v1.Statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The interceptor in a real server whose connections are given a caller, or none. */
@Timeout(60)
class AccessInterceptorTest {
    /** Tells who it works for, from the thread that handles the call. */
    private static final class WhoAmI extends PortServiceGrpc.PortServiceImplBase {
        @Override
        public void getStatistics(GetStatisticsRequest request, StreamObserver<Statistics> observer) {
            observer.onNext(
                    Statistics.newBuilder().setHost(Caller.current().name()).build());
            observer.onCompleted();
        }
    }

    private static String whoAmI(@Nullable Caller caller) throws IOException {
        Server server = NettyServerBuilder.forPort(0)
                .intercept(new AccessInterceptor())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes transport) {
                        return caller == null
                                ? transport
                                : transport.toBuilder()
                                        .set(Caller.ATTRIBUTE, caller)
                                        .build();
                    }
                })
                .addService(new WhoAmI())
                .build()
                .start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        try {
            return PortServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .getStatistics(GetStatisticsRequest.getDefaultInstance())
                    .getHost();
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    @Test
    void shouldTellTheHandlerWhoCalls() throws IOException {
        assertEquals("alice", whoAmI(new Caller("alice", "user alice (uid 1000)", Role.VIEWER)));
    }

    @Test
    void shouldRefuseAConnectionWithoutCaller() {
        StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> whoAmI(null));

        assertEquals(Status.Code.PERMISSION_DENIED, refused.getStatus().getCode());
        assertTrue(String.valueOf(refused.getMessage()).contains("was a caller without identity"));
    }

    @Test
    void shouldBeTheDaemonItselfOutsideAnyCall() {
        assertEquals("weir", Caller.current().name());
    }
}
