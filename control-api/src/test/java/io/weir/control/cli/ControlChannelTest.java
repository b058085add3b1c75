package io.weir.control.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.Future;

import io.weir.control.v1.Event;
import io.weir.control.v1.ListMacsRequest;
import io.weir.control.v1.ListMacsResponse;
import io.weir.control.v1.MacEntry;
import io.weir.control.v1.PortServiceGrpc;
import io.weir.control.v1.WatchEventsRequest;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Verbs against a service that answers what a real switch could only after long preparation. */
@Timeout(60)
class ControlChannelTest {
    private static final int MACS = 150_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    /** A switch with a full MAC table, and with events that go on until nobody listens. */
    private static final class BusySwitch extends PortServiceGrpc.PortServiceImplBase {
        @Override
        public void listMacs(ListMacsRequest request, StreamObserver<ListMacsResponse> observer) {
            MacEntry entry = MacEntry.newBuilder()
                    .setMac("52:54:00:aa:01:02")
                    .setVlan(4000)
                    .setPort("uplink")
                    .setKind("dynamic")
                    .build();
            ListMacsResponse.Builder response = ListMacsResponse.newBuilder();
            for (int i = 0; i < MACS; i++) {
                response.addMacs(entry);
            }
            observer.onNext(response.build());
            observer.onCompleted();
        }

        @Override
        public void watchEvents(WatchEventsRequest request, StreamObserver<Event> observer) {
            // Never completed: only the caller can end it.
            observer.onNext(Event.newBuilder().setKind("PORT_UP").setPort("a").build());
        }
    }

    private int weir(PrintWriter out, String... words) throws Exception {
        Path socket = folder.resolve("weir.sock");
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Server server = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .addService(new BusySwitch())
                .build()
                .start();
        String[] arguments = new String[words.length + 1];
        System.arraycopy(words, 0, arguments, 0, words.length);
        arguments[words.length] = "--socket=" + socket;
        try {
            return Weir.execute(arguments, Optional.of(out), Optional.empty());
        } finally {
            Server _ = server.shutdownNow();
            Future<?> _ = loop.shutdownGracefully();
        }
    }

    @Test
    void shouldShowAMacTableOfMoreThanFourMebibytes() throws Exception {
        StringWriter printed = new StringWriter();

        assertEquals(ExitCode.DONE, weir(new PrintWriter(printed), "fdb"));

        assertEquals(1 + MACS, printed.toString().lines().count());
    }

    @Test
    void shouldEndWithoutFailureWhenNobodyReadsEventsAnyMore() throws Exception {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        };

        assertEquals(ExitCode.DONE, weir(new PrintWriter(gone, false, StandardCharsets.UTF_8), "events", "-f"));
    }
}
