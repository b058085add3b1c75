package io.weir.control.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.config.HostConfig;
import io.weir.control.daemon.Daemon;
import io.weir.datapath.capture.ClassicPcapWriter;
import io.weir.datapath.capture.Direction;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapReader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Frames into and out of a daemon with a real switch, whose ports are files: no rights needed. */
@Timeout(60)
class CaptureCommandTest {
    private static final String A = "020000000001";
    private static final String B = "020000000002";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Daemon daemon;

    private String out = "";
    private String err = "";

    @BeforeEach
    void startDaemon() {
        daemon = new Daemon(HostConfig.read("weir.yaml", """
                host: lab
                runDir: %1$s
                dataDir: %1$s/data
                policy: {mode: off}
                ports:
                  - {name: a, type: pcap, out: %1$s/a.pcap, vlan: {access: 10}}
                  - {name: b, type: pcap, out: %1$s/b.pcap, vlan: {access: 10}}
                  - {name: c, type: pcap, out: %1$s/c.pcap, vlan: {access: 20}}
                """.formatted(folder)));
        daemon.start();
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
    }

    /** Frames of a station: 46 bytes of an EtherType for experiments (IEEE 802 local experimental 1). */
    private static byte[] frame(String destination, String source) {
        return HexFormat.of().parseHex(destination + source + "88b5" + "00".repeat(46));
    }

    private Path file(byte[]... frames) throws IOException {
        Path file = folder.resolve("frames.pcap");
        try (OutputStream target = Files.newOutputStream(file);
                ClassicPcapWriter writer = new ClassicPcapWriter(target)) {
            for (byte[] frame : frames) {
                writer.write(PcapFrame.of("", 1_000, frame));
            }
        }
        return file;
    }

    private int weir(String... words) {
        StringWriter printed = new StringWriter();
        StringWriter complained = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--socket=" + folder.resolve("weir.sock"));
        int exitCode = Weir.execute(
                arguments.toArray(new String[0]),
                Optional.of(new PrintWriter(printed, true)),
                Optional.of(new PrintWriter(complained, true)));
        out = printed.toString();
        err = complained.toString();
        return exitCode;
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < deadlineNs) {
            Thread.onSpinWait();
        }
        assertTrue(condition.getAsBoolean(), "not in time");
    }

    @Test
    void shouldWriteWhatBecameOfFramesWhenTheyAreReplayed() throws Exception {
        Path capture = folder.resolve("capture.pcapng");
        CompletableFuture<Integer> captured =
                CompletableFuture.supplyAsync(() -> weir("capture", "--count", "3", "-w", capture.toString()));
        await(() -> capture.toFile().length() > 0);

        Path frames = file(frame("ffffffffffff", A), frame(A, A));
        CommandResult replayed = other("replay", frames.toString(), "--port", "a");

        assertEquals(new CommandResult(ExitCode.DONE, "2 frames arrived on a\n"), replayed);
        assertEquals(ExitCode.DONE, captured.get(30, TimeUnit.SECONDS), () -> err);
        List<PcapFrame> found = read(capture);
        // Frames that arrive in one batch are captured on arrival before the first of them leaves.
        assertEquals(
                List.of("a rx", "a rx", "b tx"),
                found.stream()
                        .map(frame -> frame.port() + ' ' + frame.direction().label())
                        .sorted()
                        .toList());
        assertEquals(
                1,
                found.stream()
                        .filter(frame ->
                                frame.comment().contains("stage=bridge verdict=dropped reason=destination-is-source"))
                        .count());
    }

    private record CommandResult(int exitCode, String out) {}

    /** A verb beside one that is under way. */
    private CommandResult other(String... words) {
        StringWriter printed = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--socket=" + folder.resolve("weir.sock"));
        int exitCode = Weir.execute(
                arguments.toArray(new String[0]), Optional.of(new PrintWriter(printed, true)), Optional.empty());
        return new CommandResult(exitCode, printed.toString());
    }

    private static List<PcapFrame> read(Path capture) throws IOException {
        List<PcapFrame> frames = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(capture)) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
        }
        return frames;
    }

    @Test
    void shouldNotTouchTheFileWhenTheCaptureIsRefused() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "precious");

        assertEquals(ExitCode.BAD_INPUT, weir("capture", "--port", "vm9", "-w", precious.toString()));

        assertEquals("precious", Files.readString(precious));
    }

    @Test
    void shouldEndWithoutFailureWhenNobodyReadsAnyMore() throws Exception {
        Path frames = file(frame("ffffffffffff", A));
        CompletableFuture<Integer> captured = CompletableFuture.supplyAsync(() -> Weir.execute(
                new String[] {"capture", "--socket=" + folder.resolve("weir.sock")},
                Optional.of(new PrintWriter(new Unread(), false, StandardCharsets.UTF_8)),
                Optional.empty()));

        while (!captured.isDone()) {
            assertEquals(ExitCode.DONE, other("replay", frames.toString(), "--port", "a").exitCode);
        }

        assertEquals(ExitCode.DONE, captured.get(30, TimeUnit.SECONDS));
    }

    /** A pipe whose reader is gone. */
    private static final class Unread extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            throw new IOException("Broken pipe");
        }
    }

    @Test
    void shouldCountFramesInPortsAndStatisticsWhenTheyAreReplayed() throws IOException {
        Path frames = file(frame("ffffffffffff", A), frame(B, A), frame(A, B));

        assertEquals(ExitCode.DONE, weir("replay", frames.toString(), "--port", "a", "-o", "json"));

        assertEquals("{\n  \"frames\" : 3\n}\n", out);
        await(() -> weir("ports", "-o", "json") == ExitCode.DONE && out.contains("\"rxFrames\" : 3"));
        assertEquals(ExitCode.DONE, weir("stats", "-o", "json"));
        assertTrue(out.contains("\"rxFrames\" : 3,"), out);
        assertEquals(ExitCode.DONE, weir("fdb", "--vlan", "10"));
        assertTrue(out.contains("02:00:00:00:00:02"), out);
    }

    @Test
    void shouldRefuseAReplayToAPortThatIsNotThere() throws IOException {
        Path frames = file(frame(A, B));

        assertEquals(ExitCode.BAD_INPUT, weir("replay", frames.toString(), "--port", "vm9"));
        assertTrue(err.contains("no such port: was \"vm9\""), err);
    }

    @Test
    void shouldRefuseAReplayOfAFileThatIsNoCapture() throws IOException {
        Path text = folder.resolve("text");
        Files.writeString(text, "no capture");

        assertEquals(ExitCode.BAD_INPUT, weir("replay", text.toString(), "--port", "a"));
        assertTrue(err.contains("magic number"), err);
        try (var left = Files.list(folder.resolve("data/spool"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void shouldKeepItsFilesWhenAPortIsChanged() throws IOException {
        assertEquals(ExitCode.BAD_INPUT, weir("port", "set", "a", "out=" + folder.resolve("shadow")));
        assertTrue(err.contains("pcap_out cannot change while the port lives"), err);

        assertEquals(ExitCode.DONE, weir("port", "set", "a", "isolated=true"), () -> err);
    }

    @Test
    void shouldRefuseCaptureFilesOutsideTheDataDirectory() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "precious");

        assertEquals(
                ExitCode.BAD_INPUT, weir("port", "add", "--name", "x", "--type", "pcap", "--set", "out=" + precious));
        assertTrue(err.contains("pcap_out must be an absolute path below " + folder.resolve("data")), err);

        assertEquals("precious", Files.readString(precious));
        Path inside = folder.resolve("data/x.pcap");
        assertEquals(
                ExitCode.DONE,
                weir("port", "add", "--name", "x", "--type", "pcap", "--set", "out=" + inside),
                () -> err);
        assertTrue(Files.isRegularFile(inside));
    }

    @Test
    void shouldTellWhatWouldBecomeOfFramesWhenOffline() throws IOException {
        Path frames = file(frame("ffffffffffff", A), frame(A, A));

        assertEquals(ExitCode.DONE, weir("replay", frames.toString(), "--offline"));

        assertTrue(out.startsWith("1 in FORWARDED -> out  "), out);
        assertTrue(out.contains("2 in bridge DROPPED destination-is-source  "), out);
        assertTrue(out.contains("frames 2  forwarded 1  consumed 0  dropped 1"), out);
    }

    @Test
    void shouldPrintOnlySumsWhenAskedTo() throws IOException {
        Path frames = file(frame("ffffffffffff", A));

        assertEquals(ExitCode.DONE, weir("replay", frames.toString(), "--offline", "--summary", "-o", "json"));

        assertTrue(out.contains("\"forwarded\" : 1"), out);
        assertTrue(!out.contains("outcomes"), out);
    }

    @Test
    void shouldEndWithTwoWhenOptionsOfAReplayContradict() {
        assertEquals(ExitCode.BAD_INPUT, weir("replay", "x.pcap"));
        assertTrue(err.contains("--port is missing"), err);

        assertEquals(ExitCode.BAD_INPUT, weir("replay", "x.pcap", "--offline", "--port", "vm9"));
        assertTrue(err.contains("no such port: was vm9"), err);

        assertEquals(ExitCode.BAD_INPUT, weir("replay", "x.pcap", "--summary", "--port", "a"));
        assertTrue(err.contains("--offline only"), err);
    }

    @Test
    void shouldShowAFrameOnOneLine() {
        PcapFrame frame = new PcapFrame(
                "vm1",
                Direction.RX,
                1_500L,
                60,
                frame(A, B),
                "port=vm1 stage=learn verdict=dropped reason=mac-flapping",
                0);

        String line = FrameLine.of(frame, ZoneOffset.UTC);

        assertTrue(line.startsWith("00:00:00.000001 vm1 rx learn DROPPED mac-flapping  02:00:00:00:00:02 > "), line);
    }
}
