package io.weir.control.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.Future;

import io.weir.control.audit.NumberNames;
import io.weir.control.flow.FlowRecorder;
import io.weir.control.flow.RecordFeed;
import io.weir.control.flow.ScriptedFirewall;
import io.weir.control.grpc.FlowEndpoint;
import io.weir.control.journal.JournalSettings;
import io.weir.control.v1.DeniesRequest;
import io.weir.control.v1.DeniesResponse;
import io.weir.control.v1.FlowKind;
import io.weir.control.v1.FlowMap;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowsRequest;
import io.weir.control.v1.MapRequest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The flow service and its verbs over a real socket and a real journal; only the firewall is scripted. */
@Timeout(120)
class FlowServiceTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final ScriptedFirewall firewall = new ScriptedFirewall();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @SuppressWarnings("NullAway.Init")
    private FlowRecorder recorder;

    @SuppressWarnings("NullAway.Init")
    private Server server;

    @BeforeEach
    void open() throws Exception {
        JournalSettings journal = new JournalSettings(folder.resolve("journal"), 16 << 20, Duration.ofDays(1));
        recorder = new FlowRecorder(firewall, new NumberNames(), journal, List.of());
        server = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket()))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .addService(new FlowEndpoint(recorder))
                .build()
                .start();
        recorder.start();
    }

    @AfterEach
    void close() {
        Server _ = server.shutdownNow();
        recorder.close();
        Future<?> _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private Path socket() {
        return folder.resolve("weir.sock");
    }

    private String weir(String... words) {
        String[] arguments = new String[words.length + 1];
        System.arraycopy(words, 0, arguments, 0, words.length);
        arguments[words.length] = "--socket=" + socket();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Weir.execute(
                arguments, Optional.of(new PrintWriter(out, true)), Optional.of(new PrintWriter(err, true)));
        assertEquals(ExitCode.DONE, code, err.toString());
        return out.toString();
    }

    /** Waits until the journal has so many records. */
    private void awaitRecords(RecordFeed.Watcher watcher, int records) throws InterruptedException {
        for (int i = 0; i < records; i++) {
            while (watcher.poll(100) == null) {
                assertEquals(List.of(), recorder.errors());
            }
        }
    }

    @Test
    void shouldShowRecordedFlowsWithNamesAndFilters() throws Exception {
        try (RecordFeed.Watcher watcher = recorder.feed().watch()) {
            firewall.deny(16, 3);
            firewall.deny(18, 5);
            firewall.end(4);
            awaitRecords(watcher, 3);
        }

        String all = weir("flows");
        assertEquals(3, all.lines().count(), all);
        String denied = weir("flows", "--since", "1h", "--verdict", "deny", "--component", "component-18");
        assertEquals(1, denied.lines().count(), denied);
        assertTrue(
                denied.contains("10.0.0.1:31793 (component-18) -> 10.0.0.2:8080 (component-17) tcp ingress DENIED"
                        + " ingress-no-rule x5 epoch 7"),
                denied);
        String allowed = weir("flows", "--not", "--verdict", "deny", "-o", "json");
        assertEquals(1, allowed.lines().count(), allowed);
        assertTrue(allowed.contains("\"egressRule\":\"document-3/rule\""), allowed);
        assertEquals("", weir("flows", "--port", "vm9"));
    }

    @Test
    void shouldFollowWithoutGapOrRepetition() throws Exception {
        try (RecordFeed.Watcher watcher = recorder.feed().watch()) {
            firewall.end(1);
            awaitRecords(watcher, 1);
        }
        try (ControlChannel daemon = new ControlChannel(socket())) {
            FlowsRequest request = FlowsRequest.newBuilder()
                    .setFollow(true)
                    .setSince(com.google.protobuf.Timestamp.getDefaultInstance())
                    .build();
            Iterator<FlowRecord> flows = daemon.flowStreams().flows(request);
            assertEquals(1, flows.next().getPackets());

            for (int packets = 2; packets < 50; packets++) {
                firewall.end(packets);
                assertEquals(packets, flows.next().getPackets());
            }
        }
    }

    @Test
    void shouldCountDeniesExactlyInServiceAndMap() throws Exception {
        try (RecordFeed.Watcher watcher = recorder.feed().watch()) {
            for (int i = 0; i < 1_000; i++) {
                firewall.deny(16 + i % 2, i);
            }
            firewall.end(10);
            firewall.live(5);
            awaitRecords(watcher, 3);
        }
        try (ControlChannel daemon = new ControlChannel(socket())) {
            DeniesResponse denies = daemon.flows().denies(DeniesRequest.getDefaultInstance());
            FlowMap map = daemon.flows().map(MapRequest.getDefaultInstance()).next();

            assertEquals(499_500, denies.getPackets());
            assertEquals(List.of(), denies.getErrorsList().stream().toList());
            assertEquals(
                    List.of(250_000L, 249_500L),
                    denies.getDeniesList().stream().map(FlowRecord::getPackets).toList());
            assertEquals(
                    499_500,
                    map.getEdgesList().stream()
                            .mapToLong(edge -> edge.getDeniedPackets())
                            .sum());
            // Ten each way that ended, five and one that go on.
            assertEquals(26, map.getEdges(0).getAllowedPackets());
            assertEquals(1, map.getEdges(0).getSessions());
        }
    }

    @Test
    void shouldTellAStalledCallerHowManyRecordsItMissedAndHoldNobody() throws Exception {
        int flood = 200_000;
        try (ControlChannel daemon = new ControlChannel(socket())) {
            Iterator<FlowRecord> flows = daemon.flowStreams()
                    .flows(FlowsRequest.newBuilder().setFollow(true).build());
            // Reads one record, so that the stream is known to be there, and then no more for a while.
            CountDownLatch there = new CountDownLatch(1);
            Thread nudge = Thread.ofVirtual().start(() -> {
                while (there.getCount() > 0) {
                    firewall.end(1);
                    try {
                        boolean _ = there.await(50, TimeUnit.MILLISECONDS);
                    } catch (InterruptedException stopped) {
                        return;
                    }
                }
            });
            FlowRecord first = flows.next();
            there.countDown();
            nudge.join();
            for (int i = 0; i < flood; i++) {
                firewall.end(2);
            }
            try (RecordFeed.Watcher quick = recorder.feed().watch()) {
                firewall.end(3);
                FlowRecord seen = quick.poll(100);
                while (seen == null || seen.getPackets() != 3) {
                    if (seen == null) {
                        firewall.end(3); // the one before may have met a full queue
                    }
                    seen = quick.poll(100);
                }
            }

            long received = 0;
            long missed = 0;
            FlowRecord last = first;
            while (last.getPackets() != 3 || last.getKind() != FlowKind.FLOW_KIND_ENDED) {
                last = flows.next();
                if (last.getKind() == FlowKind.FLOW_KIND_SHED) {
                    missed += last.getPackets();
                    firewall.end(3);
                } else if (last.getPackets() == 2) {
                    received++;
                }
            }
            assertTrue(missed > 0, "nothing was shed");
            assertTrue(received + missed >= flood, received + " received and " + missed + " told of " + flood);
            assertTrue(received + missed <= flood + 100, received + " received and " + missed + " told of " + flood);
        }
    }

    @Test
    void shouldShowAndFlushSessions() {
        firewall.live(5);
        firewall.live(6);

        assertEquals(3, weir("sessions").lines().count());
        assertEquals(2, weir("sessions", "--limit", "1").lines().count());
        assertEquals(1, weir("sessions", "--component", "component-99").lines().count());
        assertEquals(
                "flushed; there were 2 sessions in all",
                weir("sessions", "flush", "--port", "vm1").strip());
        assertEquals(List.of("vm1"), firewall.flushed());
        String changes = weir("flows");
        assertTrue(changes.contains("CHANGE vm1 sessions-flushed by weir revision 4 epoch 7 port vm1"), changes);
    }

    @Test
    void shouldDrawTheMapInEveryForm() throws Exception {
        firewall.live(5);

        assertTrue(weir("map").contains("component-16  component-17"));
        assertTrue(weir("map", "-o", "dot").startsWith("digraph weir {"));
        assertTrue(weir("map", "-o", "svg").startsWith("<svg "));
        assertTrue(weir("map", "-o", "json").contains("\"source\" : \"component-16\""));
    }
}
