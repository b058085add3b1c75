package io.weir.datapath.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.capture.GoldenCase.Outcome;

import static io.weir.datapath.capture.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** The harness itself: it must fail on each kind of difference, or golden tests prove nothing. */
@Timeout(10)
class GoldenCaseTest {
    private static final byte[] ARP = Frames.bytes(Frames.ARP_REQUEST);

    @TempDir
    private Path root;

    private GoldenCase golden = new GoldenCase(Path.of(""));

    /** Sends every frame to the port "out", and counts it. */
    private static Outcome wire(List<PcapFrame> arriving) {
        List<PcapFrame> leaving = arriving.stream()
                .map(frame -> PcapFrame.of("out", frame.timestampNs(), frame.bytes()))
                .toList();
        return new Outcome(leaving, Map.of("rx", (long) arriving.size(), "tx", (long) leaving.size(), "consumed", 0L));
    }

    @BeforeEach
    void writeCase() throws IOException {
        Path folder = Files.createDirectories(root.resolve("bridge/in-2p-arp"));
        List<PcapFrame> frames = List.of(PcapFrame.of("", 1, ARP), PcapFrame.of("", 2, ARP));
        Files.write(folder.resolve("in.pcap"), PcapFilesTest.classic(frames));
        golden = GoldenCase.below(root).toList().getFirst();
        golden.verify(GoldenCaseTest::wire, true);
    }

    @Test
    void shouldPassWhenNothingChanged() throws IOException {
        golden.verify(GoldenCaseTest::wire, false);

        assertEquals("bridge/in-2p-arp", golden.toString());
        assertEquals("rx 2\ntx 2\n", Files.readString(root.resolve("bridge/in-2p-arp/counters.txt")));
    }

    @Test
    void shouldNameThePortOfFramesThatNameNone() throws IOException {
        List<String> ports = new ArrayList<>();

        golden.verify(
                arriving -> {
                    arriving.forEach(frame -> ports.add(frame.port()));
                    return wire(arriving);
                },
                false);

        assertEquals(List.of("p0", "p0"), ports);
    }

    @Test
    void shouldFailWhenAFrameChanged() {
        assertDiffers("frames", arriving -> {
            List<PcapFrame> changed = new ArrayList<>(wire(arriving).leaving());
            changed.set(1, PcapFrame.of("out", 2, Frames.bytes(Frames.ARP_REPLY)));
            return new Outcome(changed, wire(arriving).counters());
        });
    }

    @Test
    void shouldFailWhenOneByteThatNoSummaryShowsChanged() {
        assertDiffers("bytes of out.pcap", arriving -> {
            byte[] padded = ARP.clone();
            padded[padded.length - 5] = 1; // target hardware address of a request: ignored
            List<PcapFrame> changed = List.of(wire(arriving).leaving().getFirst(), PcapFrame.of("out", 2, padded));
            return new Outcome(changed, wire(arriving).counters());
        });
    }

    @Test
    void shouldFailWhenAFrameIsLostOrCountedElsewhere() {
        assertDiffers(
                "conservation",
                arriving -> new Outcome(wire(arriving).leaving().subList(0, 1), Map.of("rx", 2L, "tx", 1L)));
        assertDiffers(
                "counters",
                arriving -> new Outcome(
                        wire(arriving).leaving().subList(0, 1), Map.of("rx", 2L, "tx", 1L, "drop.port-isolated", 1L)));
        assertDiffers(
                "frames that left",
                arriving -> new Outcome(wire(arriving).leaving().subList(0, 1), Map.of("rx", 2L, "tx", 2L)));
    }

    private void assertDiffers(String what, GoldenCase.Switch changed) {
        assertRefused(AssertionError.class, () -> golden.verify(changed, false), "bridge/in-2p-arp: " + what);
    }
}
