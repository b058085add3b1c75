package io.weir.datapath.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Golden cases through the whole switch. {@code -Dgolden.update=true} writes inputs and outputs anew: read the diff. */
@Timeout(60)
class GoldenSwitchTest {
    /** Reasons that no bytes provoke, and why; each is provoked by the test named. */
    private static final Map<DropReason, String> NOT_BY_BYTES = new EnumMap<>(Map.of(
            DropReason.OFFLOAD_INVALID,
            "a capture has no virtio-net headers: OffloadCheckTest",
            DropReason.EGRESS_QUEUE_FULL,
            "needs a device whose queue is full: the ports' integration tests",
            DropReason.EGRESS_REFUSED,
            "needs a kernel, or a full disk, that refuses a frame: PcapTransmitterTest",
            DropReason.EGRESS_NO_BUFFER,
            "needs more copies in a batch than there are spare slots: EgressStageTest",
            DropReason.EGRESS_UNSEGMENTABLE,
            "needs a super-frame, which only a device hands over: SoftwareOffloadTest",
            DropReason.WIRE_LABEL_MISMATCH,
            "needs a packet that arrived on an SA: WireLabelStageTest"));

    /** Stages whose reasons no bytes provoke, and why. */
    private static final Map<String, String> STAGES_NOT_BY_BYTES = Map.of(
            "esp-decrypt",
            "needs a tunnel's receiver: tests of io.weir.ipsec.tunnel in labeled-ipsec",
            "esp-encrypt",
            "needs a tunnel's transmitter: tests of io.weir.ipsec.tunnel in labeled-ipsec");

    /** Before the tests look for cases, so that one run writes all. */
    @BeforeAll
    static void update() throws IOException {
        for (GoldenInput input : GoldenFolder.update() ? inputs() : List.<GoldenInput>of()) {
            new GoldenFolder(input.folder())
                    .verifyInput(input.ports(), input.policy(), input.frames(), GoldenFolder.update());
            new GoldenFolder(input.folder()).verifyOutput();
        }
    }

    static List<GoldenInput> inputs() {
        return GoldenFrames.inputs();
    }

    static List<GoldenFolder> cases() throws IOException {
        return GoldenFolder.below(GoldenFolder.ROOT);
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void shouldTakeInWhatTheGeneratorMakes(GoldenInput input) throws IOException {
        new GoldenFolder(input.folder())
                .verifyInput(input.ports(), input.policy(), input.frames(), GoldenFolder.update());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldSendAndCountWhatTheGoldenFilesSay(GoldenFolder golden) throws IOException {
        golden.verifyOutput();
    }

    @Test
    void shouldMakeEveryCaseByTheGenerator() throws IOException {
        Set<String> made = inputs().stream().map(GoldenInput::toString).collect(Collectors.toCollection(TreeSet::new));
        Set<String> committed =
                cases().stream().map(GoldenFolder::toString).collect(Collectors.toCollection(TreeSet::new));

        assertEquals(made, committed);
    }

    @Test
    void shouldProvokeEveryReasonThatFramesCanProvoke() throws IOException {
        StringBuilder counted = new StringBuilder();
        for (GoldenFolder golden : cases()) {
            counted.append(golden.counters());
        }

        Set<DropReason> missing = Arrays.stream(DropReason.values())
                .filter(reason -> counted.indexOf(" drop " + reason.stage() + ' ' + reason.label() + ' ') < 0)
                .collect(Collectors.toSet());

        Set<DropReason> excused = Arrays.stream(DropReason.values())
                .filter(GoldenSwitchTest::excused)
                .collect(Collectors.toSet());
        assertEquals(excused, missing, "each needs a golden case, or a place on the list and a reason");
    }

    private static boolean excused(DropReason reason) {
        return NOT_BY_BYTES.containsKey(reason) || STAGES_NOT_BY_BYTES.containsKey(reason.stage());
    }

    @Test
    void shouldCountTheReasonThatACaseIsNamedAfter() throws IOException {
        for (DropReason reason : DropReason.values()) {
            Path folder = GoldenFolder.ROOT.resolve(reason.stage()).resolve(reason.label());
            if (!excused(reason)) {
                String counters = new GoldenFolder(folder).counters();
                assertTrue(
                        counters.contains(" drop " + reason.stage() + ' ' + reason.label() + ' '), folder.toString());
            }
        }
    }

    @Test
    void shouldFailWhenAnyGoldenFileDiffers(@TempDir Path folder) throws IOException {
        GoldenFolder golden = new GoldenFolder(folder);
        Files.writeString(folder.resolve(GoldenFolder.PORTS), GoldenInput.TWO_PORTS);
        Path in = folder.resolve("in-a.pcap");
        Files.copy(GoldenFolder.ROOT.resolve("learn/unicast-after-learning/in-a.pcap"), in);
        golden.verifyOutput(true);
        golden.verifyOutput(false);

        assertFailsWhenChanged(golden, folder.resolve(GoldenFolder.COUNTERS));
        assertFailsWhenChanged(golden, folder.resolve("out-b.pcap"));
        Files.copy(in, folder.resolve("out-c.pcap"));
        assertThrows(AssertionError.class, () -> golden.verifyOutput(false), "a capture too many");
        assertThrows(
                AssertionError.class,
                () -> golden.verifyInput("", "", List.of(PcapFrame.of("a", 1, new byte[60])), false));
    }

    private static void assertFailsWhenChanged(GoldenFolder golden, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte[] changed = bytes.clone();
        changed[changed.length - 2] ^= 1;
        Files.write(file, changed);
        assertThrows(AssertionError.class, () -> golden.verifyOutput(false), file.toString());
        Files.write(file, bytes);
    }
}
