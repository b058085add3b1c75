package io.weir.datapath.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.capture.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class CaptureSessionTest {
    private static final byte[] TCP = Frames.bytes(Frames.IPV4_TCP_SYN);
    private static final byte[] ARP = Frames.bytes(Frames.ARP_REQUEST);
    private static final long OFFSET_NS = 1_790_000_000_000_000_000L;
    private static final int VM1 = 1;
    private static final int VM2 = 2;
    private static final CaptureRequest ALL = CaptureRequest.EVERYTHING;
    private static final CaptureRequest TINY = ALL.withSizes(64, CaptureRequest.MIN_RING_BYTES);

    private final OffHeapFrames memory = new OffHeapFrames();
    private final WorkerCapture worker = new WorkerCapture();
    private final ActiveCaptures captures = new ActiveCaptures(List.of(worker));
    private final PacketBatch batch = new PacketBatch();

    @BeforeEach
    void plugIn() {
        captures.portsChanged(Switchboard.ports("vm1", "vm2"));
    }

    @AfterEach
    void unmap() {
        memory.close();
    }

    /** One forwarded, one consumed and one dropped frame arrive on a port. */
    private void receive(int port, long nowNs, byte[] frame) {
        long address = memory.place(frame);
        batch.reset(port, nowNs);
        for (int i = 0; i < 3; i++) {
            batch.add(address, frame.length, i);
            batch.vlan(i, 10);
        }
        batch.consume(1);
        batch.drop(2, DropReason.VLAN_NOT_ALLOWED.code());
        worker.stage().process(batch);
    }

    private void transmit(int port, byte[] frame, long nowNs) {
        worker.tap().transmitted(port, memory.place(frame), frame.length, 0, nowNs);
    }

    private static List<CapturedFrame> drain(CaptureSession session) throws IOException {
        List<CapturedFrame> frames = new ArrayList<>();
        while (session.drain(frames::add, 1000) > 0) {
            // until the ring is empty
        }
        return frames;
    }

    private static List<String> comments(CaptureSession session) throws IOException {
        return drain(session).stream().map(CapturedFrame::comment).toList();
    }

    @Test
    void shouldTellPortStageVerdictAndReasonOfEachFrame() throws IOException {
        CaptureSession session = captures.start(ALL, OFFSET_NS);

        receive(VM1, 5, TCP);
        transmit(VM2, TCP, 5);
        worker.tap().dropped(VM2, memory.place(TCP), TCP.length, 5, DropReason.EGRESS_QUEUE_FULL.code());

        assertEquals(
                List.of(
                        "port=vm1 verdict=forwarded vlan=10",
                        "port=vm1 verdict=consumed vlan=10",
                        "port=vm1 stage=vlan-ingress verdict=dropped reason=vlan-not-allowed vlan=10",
                        "port=vm2 verdict=forwarded",
                        "port=vm2 stage=egress verdict=dropped reason=egress-queue-full"),
                comments(session));
    }

    @Test
    void shouldKeepTimeDirectionLengthsAndBytes() throws IOException {
        CaptureSession session = captures.start(TINY, OFFSET_NS);

        receive(VM1, 7, TCP);
        transmit(VM2, ARP, 9);

        List<CapturedFrame> frames = drain(session);
        CapturedFrame received = frames.getFirst();
        CapturedFrame sent = frames.getLast();
        assertEquals(OFFSET_NS + 7, received.timestampNs());
        assertEquals(Direction.RX, received.direction());
        assertEquals(TCP.length, received.originalLength());
        assertArrayEquals(ByteBuffer.allocate(64).put(TCP, 0, 64).array(), received.bytes());
        assertEquals(OFFSET_NS + 9, sent.timestampNs());
        assertEquals(Direction.TX, sent.direction());
        assertArrayEquals(ARP, sent.bytes());
    }

    @Test
    void shouldCaptureOnlyWhatWasAskedFor() throws IOException {
        CaptureSession ofPort = captures.start(ALL.withPorts(Set.of("vm2")), 0);
        CaptureSession ofDirection = captures.start(ALL.withDirections(Set.of(Direction.TX)), 0);
        CaptureSession ofVerdict = captures.start(ALL.withVerdicts(Set.of(CaptureVerdict.DROPPED)), 0);
        CaptureSession ofFilter = captures.start(ALL.withFilter(CaptureFilter.compile("arp")), 0);

        receive(VM1, 0, TCP);
        receive(VM2, 0, TCP);
        transmit(VM1, ARP, 0);
        transmit(VM2, TCP, 0);

        assertEquals(
                4,
                drain(ofPort).stream()
                        .filter(frame -> frame.port().equals("vm2"))
                        .count());
        assertEquals(4, ofPort.matched());
        assertEquals(List.of("port=vm1 verdict=forwarded", "port=vm2 verdict=forwarded"), comments(ofDirection));
        assertEquals(
                2,
                drain(ofVerdict).stream()
                        .filter(f -> f.verdict() == CaptureVerdict.DROPPED)
                        .count());
        assertEquals(2, ofVerdict.matched());
        assertEquals(List.of("port=vm1 verdict=forwarded"), comments(ofFilter));
    }

    @Test
    void shouldCaptureSuperFrameAsItIs() throws IOException {
        CaptureSession session = captures.start(ALL.withSizes(128, 1 << 14), 0);
        byte[] superFrame = new byte[65_550];

        worker.tap().transmitted(VM1, memory.place(superFrame, 1448), superFrame.length, 0, 0);

        CapturedFrame frame = drain(session).getFirst();
        assertEquals(65_550, frame.originalLength());
        assertEquals(128, frame.bytes().length);
        assertEquals("port=vm1 verdict=forwarded gso-size=1448", frame.comment());
    }

    @Test
    void shouldTellTheLevelOfFramesOnBothWays() throws IOException {
        CaptureSession session = captures.start(ALL, 0);

        worker.tap().transmitted(VM1, memory.place(ARP), ARP.length, 7, 0);
        batch.reset(VM1, 0);
        batch.add(memory.place(ARP), ARP.length, 0);
        batch.label(0, 9);
        worker.stage().process(batch);

        List<CapturedFrame> frames = drain(session);
        assertEquals(List.of(7, 9), frames.stream().map(CapturedFrame::label).toList());
        assertEquals(
                "port=vm1 verdict=forwarded label=s2:c1",
                frames.getFirst().toPcapFrame("s2:c1").comment());
        assertEquals(
                "port=vm1 verdict=forwarded", frames.getFirst().toPcapFrame("").comment());
    }

    @Test
    void shouldTakeTheLargestFrameWholeByDefault() throws IOException {
        CaptureSession session = captures.start(ALL, 0);

        transmit(VM1, new byte[65_600], 0);

        assertEquals(65_600, drain(session).getFirst().bytes().length);
    }

    @Test
    void shouldShedAndCountExactlyWhenNobodyReads() throws IOException {
        CaptureSession session = captures.start(TINY, 0);

        for (int i = 0; i < 1000; i++) {
            transmit(VM1 + i % 2, TCP, i);
        }

        List<CapturedFrame> frames = drain(session);
        assertEquals(1000, session.matched());
        assertTrue(session.shed() > 900, "shed " + session.shed());
        assertEquals(1000, session.written() + session.shed());
        assertEquals(session.written(), frames.size());
        assertEquals(Map.of("vm1", 500L, "vm2", 500L), matched(session));
    }

    private static Map<String, Long> matched(CaptureSession session) {
        Map<String, Long> matched = new HashMap<>();
        session.counts().forEach((port, count) -> matched.put(port, count.matched()));
        return matched;
    }

    @Test
    void shouldTellBeforeWhichFrameOfAPortFramesWereShed() throws IOException {
        CaptureSession session = captures.start(TINY, 0);
        for (int i = 0; i < 500; i++) {
            transmit(VM1, TCP, i);
        }
        long shedOfVm1 = session.shed();
        List<CapturedFrame> before = drain(session);

        transmit(VM2, TCP, 500);
        transmit(VM1, TCP, 501);
        transmit(VM1, TCP, 502);

        List<Long> after =
                drain(session).stream().map(CapturedFrame::shedBefore).toList();
        assertEquals(0, before.stream().mapToLong(CapturedFrame::shedBefore).sum());
        assertEquals(List.of(0L, shedOfVm1, 0L), after);
    }

    @Test
    void shouldLoseNoCountWhileASlowReaderReads() throws Exception {
        int frames = 200_000;
        CaptureSession session = captures.start(TINY, 0);
        CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
            long address = memory.place(TCP);
            for (int i = 0; i < frames; i++) {
                worker.tap().transmitted(VM1, address, TCP.length, 0, i);
            }
        });

        List<CapturedFrame> read = new ArrayList<>();
        while (!producer.isDone()) {
            session.drain(read::add, 1);
        }
        producer.join();
        read.addAll(drain(session));

        assertEquals(frames, session.matched());
        assertEquals(frames, session.written() + session.shed());
        assertEquals(session.written(), read.size());
        long told = read.stream().mapToLong(CapturedFrame::shedBefore).sum();
        long behindTheLast = frames - 1 - read.getLast().timestampNs();
        assertEquals(session.shed(), told + behindTheLast);
        assertEquals(
                read.size(),
                IntStream.range(1, read.size())
                                .filter(i -> read.get(i).timestampNs()
                                        == read.get(i - 1).timestampNs()
                                                + 1
                                                + read.get(i).shedBefore())
                                .count()
                        + 1);
    }

    @Test
    void shouldServeTheOtherSessionsWhenOneReaderIsDead() throws IOException {
        CaptureSession dead = captures.start(TINY, 0);
        CaptureSession alive = captures.start(TINY, 0);

        int read = 0;
        for (int i = 0; i < 1000; i++) {
            transmit(VM1, ARP, i);
            read += drain(alive).size();
        }

        assertEquals(1000, read);
        assertEquals(0, alive.shed());
        assertTrue(dead.shed() > 0);
    }

    @Test
    void shouldStopToCaptureWhenSessionIsStopped() {
        CaptureSession session = captures.start(ALL, 0);
        transmit(VM1, ARP, 0);

        captures.stop(session);
        captures.stop(session);
        transmit(VM1, ARP, 0);

        assertEquals(1, session.matched());
        assertEquals(List.of(), captures.sessions());
    }

    @Test
    void shouldFollowPortsThatComeAndGo() throws IOException {
        CaptureSession all = captures.start(ALL, 0);
        CaptureSession one = captures.start(ALL.withPorts(Set.of("vm1")), 0);
        transmit(VM1, ARP, 0);

        captures.portsChanged(Switchboard.ports("other", "vm9", "vm1"));
        transmit(VM1, ARP, 1);
        transmit(VM2, ARP, 2);
        transmit(3, ARP, 3);

        assertEquals(2, drain(one).size());
        assertEquals(4, drain(all).size());
        assertEquals(1, matched(all).get("vm9"));
    }

    @Test
    void shouldMergeWorkersByTime() throws IOException {
        WorkerCapture second = new WorkerCapture();
        ActiveCaptures both = new ActiveCaptures(List.of(worker, second));
        both.portsChanged(Switchboard.ports("vm1"));
        CaptureSession session = both.start(ALL, 0);

        transmit(VM1, ARP, 1);
        transmit(VM1, ARP, 4);
        second.tap().transmitted(VM1, memory.place(ARP), ARP.length, 0, 2);

        assertEquals(
                List.of(1L, 2L, 4L),
                drain(session).stream().map(CapturedFrame::timestampNs).toList());
        assertEquals(3, session.matched());
    }

    @Test
    void shouldRefusePortThatDoesNotExistAndTooManySessions() {
        assertRefused(
                IllegalArgumentException.class,
                () -> captures.start(ALL.withPorts(Set.of("vm7")), 0),
                "one of [vm1, vm2]",
                "was \"vm7\"");
        for (int i = 0; i < ActiveCaptures.MAX_SESSIONS; i++) {
            captures.start(TINY, 0);
        }
        assertRefused(IllegalStateException.class, () -> captures.start(TINY, 0), "at most 16", "end one");
    }
}
