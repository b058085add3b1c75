package io.weir.datapath.capture;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.Pcaps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** What the writers write is what our reader, libpcap, tcpdump and tshark read. */
@Timeout(60)
class PcapFilesTest {
    private static final long TIME_NS = 1_790_000_000_123_456_789L;
    private static final String COMMENT = "port=vm1 stage=vlan-ingress verdict=dropped reason=vlan-not-allowed";

    private static final List<Direction> DIRECTIONS = List.of(Direction.RX, Direction.TX, Direction.UNKNOWN);

    @TempDir
    private Path folder;

    /** Frames on three ports, cut, commented, shed and odd-sized, so that every padding occurs. */
    static List<PcapFrame> sample() {
        List<PcapFrame> frames = new ArrayList<>();
        for (byte[] bytes : Frames.kinds()) {
            int i = frames.size();
            String port = "vm" + (1 + i % 3);
            Direction direction = DIRECTIONS.get(i % 3);
            String comment = i % 4 == 0 ? COMMENT : i % 4 == 1 ? "naïve ✓" : "";
            frames.add(new PcapFrame(port, direction, TIME_NS + i, bytes.length + i % 2, bytes, comment, i % 5));
        }
        frames.add(PcapFrame.of("vm1", 0, new byte[0]));
        frames.add(PcapFrame.of("", TIME_NS, new byte[15]));
        frames.add(PcapFrame.of("vm2", TIME_NS, new byte[65_550]));
        return frames;
    }

    static byte[] pcapng(List<PcapFrame> frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PcapngWriter writer = new PcapngWriter(out, "weir", PcapReader.MAX_CAPTURED_LENGTH)) {
            for (PcapFrame frame : frames) {
                writer.write(frame);
            }
            writer.statistics("vm1", TIME_NS, 20, 3);
        }
        return out.toByteArray();
    }

    static byte[] classic(List<PcapFrame> frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ClassicPcapWriter writer = new ClassicPcapWriter(out)) {
            for (PcapFrame frame : frames) {
                writer.write(frame);
            }
        }
        return out.toByteArray();
    }

    static List<PcapFrame> read(byte[] file) throws IOException {
        List<PcapFrame> frames = new ArrayList<>();
        try (PcapReader reader = PcapReader.of(new ByteArrayInputStream(file), "test.pcap")) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
            assertNull(reader.next());
        }
        return frames;
    }

    @Test
    void shouldReadBackEveryFieldWhenWrittenAsPcapng() throws IOException {
        List<PcapFrame> frames = sample();

        List<PcapFrame> read = read(pcapng(frames));

        assertEquals(frames, read);
    }

    @Test
    void shouldReadBackTimesLengthsAndBytesWhenWrittenAsClassicPcap() throws IOException {
        List<PcapFrame> frames = sample();

        List<PcapFrame> read = read(classic(frames));

        List<PcapFrame> bare = frames.stream()
                .map(f -> new PcapFrame("", Direction.UNKNOWN, f.timestampNs(), f.originalLength(), f.bytes(), "", 0))
                .toList();
        assertEquals(bare, read);
    }

    @Test
    void shouldWriteKnownBytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PcapngWriter writer = new PcapngWriter(Channels.newChannel(out), "weir", 96)) {
            writer.write(new PcapFrame("p1", Direction.TX, 0x1_0000_0002L, 9, new byte[] {1, 2, 3, 4, 5}, "c", 7));
            writer.statistics("p1", 3, 8, 7);
        }

        String expected = ""
                // section header: application
                + "0a0d0d0a28000000" + "4d3c2b1a01000000ffffffffffffffff" + "0400040077656972" + "00000000" + "28000000"
                // interface: Ethernet, snaplen 96, name, nanoseconds
                + "0100000028000000" + "0100000060000000" + "0200020070310000" + "0900010009000000" + "00000000"
                + "28000000"
                // frame: interface 0, time, lengths, bytes, comment, outbound, seven lost before
                + "0600000048000000" + "000000000100000002000000" + "0500000009000000" + "0102030405000000"
                + "0100010063000000" + "0200040002000000" + "040008000700000000000000" + "00000000" + "48000000"
                // statistics: eight received, seven dropped
                + "0500000034000000" + "000000000000000003000000" + "040008000800000000000000"
                + "050008000700000000000000"
                + "00000000" + "34000000";
        assertEquals(expected, HexFormat.of().formatHex(out.toByteArray()));
    }

    @Test
    void shouldLetLibpcapReadBothFormats() throws Exception {
        List<PcapFrame> frames =
                sample().stream().filter(frame -> frame.bytes().length > 0).toList();
        Path pcapng = Files.write(folder.resolve("sample.pcapng"), pcapng(frames));
        Path classic = Files.write(folder.resolve("sample.pcap"), classic(frames));

        for (Path file : List.of(pcapng, classic)) {
            try (PcapHandle handle = Pcaps.openOffline(file.toString(), TimestampPrecision.NANO)) {
                for (PcapFrame frame : frames) {
                    assertArrayEquals(frame.bytes(), handle.getNextRawPacketEx());
                    assertEquals(frame.originalLength(), handle.getOriginalLength());
                    assertEquals(
                            frame.timestampNs() % 1_000_000_000L,
                            handle.getTimestamp().getNanos());
                }
                assertNull(handle.getNextRawPacket());
            }
        }
    }

    @Test
    void shouldLetTcpdumpReadEveryFrame() throws Exception {
        List<PcapFrame> frames =
                sample().stream().filter(frame -> frame.bytes().length > 0).toList();
        Path file = Files.write(folder.resolve("sample.pcapng"), pcapng(frames));

        List<String> lines = run("tcpdump", "-n", "-r", file.toString());

        assertEquals(
                frames.size(),
                lines.stream()
                        .filter(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\..*"))
                        .count());
    }

    @Test
    void shouldLetTsharkReadCommentInterfaceAndDirection() throws Exception {
        Path file = Files.write(folder.resolve("sample.pcapng"), pcapng(sample().subList(0, 1)));

        List<String> lines = run(
                "tshark", "-r", file.toString(), "-T", "fields", "-e", "frame.comment", "-e", "frame.interface_name");

        assertEquals(List.of(COMMENT + "\tvm1"), lines);
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            System.out.println("skipped: " + command[0] + " is not installed");
            Assumptions.abort(command[0] + " is not installed");
            throw e;
        }
        try {
            List<String> lines = process.inputReader().lines().toList();
            assertEquals(true, process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), () -> command[0] + " said " + lines);
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }
}
