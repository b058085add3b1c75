package io.weir.datapath.worker;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.packet.VirtioNetHeader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Every frame that enters leaves unchanged, and is counted.
 *
 * <pre>
 *   guest a: eth0 --- port a [ switch ] port b --- eth0 :guest b
 * </pre>
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConservationIT {
    private static final int MIN_LENGTH = 14;
    private static final int MAX_LENGTH = 1514;
    // No queue on the way, of 256 frames and more, can overflow.
    private static final int WINDOW = 32;
    private static final int DATA_BYTES = 60_000;

    private TestNamespace host;
    private Switch weir;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        weir = new Switch(TestPorts.workers(1));
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

    @ParameterizedTest
    @CsvSource({"TAP,TAP", "TAP,PACKET", "PACKET,PACKET", "TAP,XDP", "PACKET,XDP", "XDP,XDP"})
    void shouldCarryFramesOfEveryLengthUnchanged(Guest.Attachment left, Guest.Attachment right) {
        try (Guest a = new Guest(weir, host, "a", left);
                Guest b = new Guest(weir, host, "b", right)) {
            long bytes = exchange(a.socket(), b.socket(), TestFrames.MAC_B, TestFrames.MAC_A);
            exchange(b.socket(), a.socket(), TestFrames.MAC_A, TestFrames.MAC_B);

            SwitchLaws.assertConserved(weir);
            for (PortStatus port : weir.ports()) {
                int frames = MAX_LENGTH - MIN_LENGTH + 1;
                assertEquals(frames, port.counters().rxFrames(), port.toString());
                assertEquals(frames, port.counters().txFrames(), port.toString());
                assertEquals(bytes, port.counters().rxBytes(), port.toString());
                assertEquals(bytes, port.counters().txBytes(), port.toString());
                assertEquals(Map.of(), port.counters().drops());
            }
            assertEquals(
                    List.of(TestFrames.MAC_A, TestFrames.MAC_B),
                    weir.macTable().stream().map(MacEntry::mac).toList());
        }
    }

    /** Sends a frame of each length, a window at a time; returns the bytes. */
    private static long exchange(GuestSocket from, GuestSocket into, long to, long source) {
        long bytes = 0;
        for (int first = MIN_LENGTH; first <= MAX_LENGTH; first += WINDOW) {
            int end = Math.min(first + WINDOW, MAX_LENGTH + 1);
            for (int length = first; length < end; length++) {
                from.send(TestFrames.ofLength(to, source, length));
                bytes += length;
            }
            for (int length = first; length < end; length++) {
                into.expect(TestFrames.ofLength(to, source, length));
            }
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"TAP,TAP", "TAP,PACKET", "PACKET,TAP", "PACKET,PACKET"})
    void shouldCarrySuperFramesWholeWhereBothEndsTakeThem(Guest.Attachment left, Guest.Attachment right) {
        try (Guest a = new Guest(weir, host, "a", left);
                Guest b = new Guest(weir, host, "b", right)) {
            GuestSocket.Frame sent = TestFrames.superFrame(TestFrames.MAC_B, TestFrames.MAC_A, DATA_BYTES);

            a.socket().send(sent);
            GuestSocket.Frame received = b.socket().receive();

            assertArrayEquals(sent.bytes(), received.bytes());
            assertEquals(VirtioNetHeader.GSO_TCPV4, received.gsoType());
            assertEquals(sent.gsoSize(), received.gsoSize());
            assertTrue(received.needsChecksum());
            assertEquals(sent.checksumStart(), received.checksumStart());
            SwitchLaws.assertConserved(weir);
            assertEquals(1, a.counters(weir).rxFrames());
            assertEquals(1, b.counters(weir).txFrames());
            assertEquals(sent.bytes().length, b.counters(weir).txBytes());
        }
    }

    @ParameterizedTest
    @CsvSource({"TAP", "PACKET"})
    void shouldSegmentSuperFramesAndFinishChecksumsTowardsXdp(Guest.Attachment left) {
        try (Guest a = new Guest(weir, host, "a", left);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.XDP)) {
            GuestSocket.Frame sent = TestFrames.superFrame(TestFrames.MAC_B, TestFrames.MAC_A, DATA_BYTES);
            int segments = (DATA_BYTES + sent.gsoSize() - 1) / sent.gsoSize();

            a.socket().send(sent);

            int at = TestFrames.HEADERS_LENGTH;
            for (int i = 0; i < segments; i++) {
                byte[] segment = b.socket().receive().bytes();
                int data = segment.length - TestFrames.HEADERS_LENGTH;
                assertTrue(TestFrames.checksumsHold(segment), "segment " + i);
                assertArrayEquals(
                        Arrays.copyOfRange(sent.bytes(), at, at + data),
                        Arrays.copyOfRange(segment, TestFrames.HEADERS_LENGTH, segment.length),
                        "segment " + i);
                at += data;
            }
            assertEquals(sent.bytes().length, at);
            SwitchLaws.assertConserved(weir);
            assertEquals(1, a.counters(weir).rxFrames());
            assertEquals(segments - 1, a.counters(weir).replicated());
            assertEquals(segments, b.counters(weir).txFrames());
        }
    }
}
