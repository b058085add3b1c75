package io.weir.datapath.worker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.capture.ClassicPcapWriter;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Frames of every length harm nothing. An exception in a worker would lose its batch, and the laws of conservation would
 * not hold.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AnyLengthIT {
    private static final int MAX_LENGTH = 65_600;
    private static final int LONGEST_FRAME = 65_557;
    private static final int SHORTEST_FRAME = 14;
    private static final int ETHERNET_MTU_FRAME = 1514;
    // Lengths not tested one by one, so that the test takes seconds; a prime, so that all alignments occur.
    private static final int STRIDE = 13;
    // A guest's kernel sends no more than 65,536 bytes at once.
    private static final int LARGEST_DATA = 65_482;
    private static final int DATA_STEP = 1_561;
    private static final int DENSE_UNTIL = 2_000;
    private static final int DENSE_FROM = 65_500;

    private TestNamespace host;
    private Switch weir;

    @TempDir
    private Path folder;

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
    @ValueSource(ints = {0x88B5, 0x0800, 0x86DD, 0x8100, 0x0806, 0x0010})
    void shouldSurviveReplayedFramesOfEveryLength(int type) throws IOException {
        Path file = folder.resolve("every-length.pcap");
        long frames = write(file, type);
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.TAP);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.PACKET);
                Guest c = new Guest(weir, host, "c", Guest.Attachment.XDP)) {
            assertEquals(frames, weir.replay("a", file));

            SwitchLaws.assertConserved(weir);
            PortStatus.Counters counters = a.counters(weir);
            assertEquals(frames, counters.rxFrames());
            assertEquals(SHORTEST_FRAME, counters.drops().get(DropReason.FRAME_TOO_SHORT));
            assertEquals(MAX_LENGTH - LONGEST_FRAME, counters.drops().get(DropReason.FRAME_TOO_LONG));
            assertForwards(a, b);
            assertEquals(b.counters(weir).txFrames(), c.counters(weir).txFrames(), "both take frames of the same size");
        }
    }

    /** One frame of each tested length, of random content with a fixed seed behind its type; returns how many. */
    private static long write(Path file, int type) throws IOException {
        long frames = 0;
        byte[] random = new byte[MAX_LENGTH];
        new Random(type).nextBytes(random);
        try (var writer = new ClassicPcapWriter(new BufferedOutputStream(Files.newOutputStream(file)))) {
            for (int length = 0; length <= MAX_LENGTH; length += step(length)) {
                byte[] frame = new byte[length];
                byte[] head = TestFrames.ofLength(TestFrames.BROADCAST, TestFrames.MAC_A, SHORTEST_FRAME);
                head[12] = (byte) (type >> 8);
                head[13] = (byte) type;
                System.arraycopy(random, 0, frame, 0, length);
                System.arraycopy(head, 0, frame, 0, Math.min(length, SHORTEST_FRAME));
                writer.write(PcapFrame.of("", 0, frame));
                frames++;
            }
        }
        return frames;
    }

    private static int step(int length) {
        boolean sparse = length >= DENSE_UNTIL && length + STRIDE <= DENSE_FROM;
        return sparse ? STRIDE : 1;
    }

    private void assertForwards(Guest a, Guest b) {
        b.socket().drain();
        byte[] frame = TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, 1);
        a.socket().send(frame);
        b.socket().expect(frame);
        SwitchLaws.assertConserved(weir);
    }

    @ParameterizedTest
    @EnumSource(Guest.Attachment.class)
    void shouldSurviveWhatAGuestMaySend(Guest.Attachment attachment) {
        try (Guest a = new Guest(weir, host, "a", attachment);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.TAP)) {
            byte[] plain = new byte[VirtioNetHeader.LENGTH];
            int accepted = 0;
            for (int length = 0; length <= 2 * ETHERNET_MTU_FRAME; length++) {
                byte[] frame = new byte[length];
                byte[] head = TestFrames.ofLength(TestFrames.MAC_B, TestFrames.MAC_A, SHORTEST_FRAME);
                System.arraycopy(head, 0, frame, 0, Math.min(length, SHORTEST_FRAME));
                boolean sent = a.socket().trySend(plain, frame) == 0;
                accepted += sent ? 1 : 0;
                if (sent) {
                    b.socket().expect(frame);
                }
            }

            SwitchLaws.assertConserved(weir);
            assertTrue(accepted >= ETHERNET_MTU_FRAME - SHORTEST_FRAME, accepted + " frames accepted by the kernel");
            assertEquals(accepted, a.counters(weir).rxFrames());
            assertEquals(accepted, b.counters(weir).txFrames());
            assertEquals(Map.of(), weir.statistics().drops());
        }
    }

    @Test
    void shouldDropOrForwardSuperFramesOfEveryLength() {
        try (Guest a = new Guest(weir, host, "a", Guest.Attachment.TAP);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.PACKET);
                Guest c = new Guest(weir, host, "c", Guest.Attachment.XDP)) {
            int frames = 0;
            for (int dataBytes = 1449; dataBytes <= LARGEST_DATA; dataBytes += DATA_STEP) {
                a.socket().send(TestFrames.superFrame(TestFrames.BROADCAST, TestFrames.MAC_A, dataBytes));
                assertEquals(
                        dataBytes + TestFrames.HEADERS_LENGTH,
                        b.socket().receive().bytes().length);
                int segments = (dataBytes + 1447) / 1448;
                for (int i = 0; i < segments; i++) {
                    assertTrue(TestFrames.checksumsHold(c.socket().receive().bytes()));
                }
                frames++;
            }

            SwitchLaws.assertConserved(weir);
            assertEquals(frames, a.counters(weir).rxFrames());
            assertEquals(Map.of(), weir.statistics().drops());
        }
    }
}
