package io.weir.datapath.worker;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Two workers, each with ports of its own, behave as one switch. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SeveralWorkersIT {
    private static final int FRAMES = 200;
    private static final int REMOVALS = 6;

    private TestNamespace host;
    private Switch weir;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        weir = new Switch(TestPorts.workers(2));
        weir.start();
    }

    @AfterEach
    void delete() {
        if (weir != null) {
            weir.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @Test
    void shouldSendToOnePortWhatAnotherWorkerLearned() {
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.PACKET);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.TAP);
                Guest c = new Guest(weir, host, "c", Guest.Attachment.XDP)) {
            byte[] hello = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_B, 0);
            b.socket().send(hello);
            a.socket().expect(hello);
            c.socket().expect(hello);
            // Worker 0 answers when it has begun a duty cycle, and so has taken over what worker 1 learned.
            weir.macTable();
            weir.macTable();

            for (int i = 1; i <= FRAMES; i++) {
                byte[] frame = TestFrames.numbered(TestFrames.MAC_B, TestFrames.MAC_A, i);
                a.socket().send(frame);
                b.socket().expect(frame);
            }

            SwitchLaws.assertConserved(weir);
            assertNotEquals(
                    SwitchLaws.status(weir, "a").worker(),
                    SwitchLaws.status(weir, "b").worker());
            assertEquals(FRAMES, a.counters(weir).rxFrames());
            assertEquals(FRAMES, b.counters(weir).txFrames());
            assertEquals(1, c.counters(weir).txFrames(), "only what was flooded");
            assertEquals(Map.of(), weir.statistics().drops());
            assertEquals(
                    List.of("a", "b"),
                    weir.macTable().stream().map(MacEntry::port).toList());
        }
    }

    @Test
    void shouldStayConservedWhenAPortIsRemovedUnderFloodsFromBoth() throws Exception {
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.PACKET);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.TAP);
                TestNamespace third = new TestNamespace()) {
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Long> fromA = flood(a.socket(), TestFrames.MAC_A, stop);
            CompletableFuture<Long> fromB = flood(b.socket(), TestFrames.MAC_B, stop);

            for (int i = 0; i < REMOVALS; i++) {
                weir.addPort(TestPorts.tap("gone", third, "eth0"));
                third.ip("link set eth0 up");
                weir.removePort("gone");
            }
            stop.set(true);
            long sentA = fromA.get(20, TimeUnit.SECONDS);
            long sentB = fromB.get(20, TimeUnit.SECONDS);

            weir.ports();
            SwitchLaws.assertConserved(weir);
            assertTrue(sentA > 0 && sentB > 0, sentA + " and " + sentB + " frames");
            assertEquals(sentA + sentB, weir.statistics().rxFrames() + kernelDrops());
            assertEquals(2, weir.ports().size());
            assertTrue(weir.macTable().stream().noneMatch(entry -> entry.port().equals("gone")));
        }
    }

    private long kernelDrops() {
        return weir.ports().stream()
                .mapToLong(port -> port.counters().kernelDrops())
                .sum();
    }

    /** Broadcasts until told to stop; returns how many frames the kernel took. */
    private static CompletableFuture<Long> flood(GuestSocket socket, long source, AtomicBoolean stop) {
        return CompletableFuture.supplyAsync(
                () -> {
                    long frames = 0;
                    byte[] frame = TestFrames.ofLength(TestFrames.BROADCAST, source, 64);
                    byte[] plain = new byte[10];
                    while (!stop.get()) {
                        // A full queue of the guest's own interface refuses some: those were never sent.
                        frames += socket.trySend(plain, frame) == 0 ? 1 : 0;
                        for (int i = 0; i < FRAMES && socket.receive(0) != null; i++) {}
                    }
                    return frames;
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }
}
