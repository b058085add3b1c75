package io.weir.datapath.capture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A golden case, a folder {@code golden/<stage>/<case>} of three files: {@code in.pcap} with what arrives, {@code out.pcap}
 * with what leaves, {@code counters.txt} with one {@code name value} a line. Both captures are pcapng, and the interface's name
 * is the port; {@code in.pcap} may also be a classic one, which arrives on port {@link #ONLY_PORT}.
 *
 * <p>The output must be equal to the byte, the counters in every name and value, and the law of conservation must hold. With
 * {@code -Dgolden.update} both files are written anew, to be reviewed as a diff.
 */
public final class GoldenCase {
    /** Where frames arrive that name no port. */
    public static final String ONLY_PORT = "p0";

    public static final String RX = "rx";
    public static final String TX = "tx";
    public static final String CONSUMED = "consumed";
    public static final String REPLICATED = "replicated";
    public static final String ORIGINATED = "originated";

    /** Prefix of the counters of drops; the reason's label follows. */
    public static final String DROP = "drop.";

    private static final String IN = "in.pcap";
    private static final String OUT = "out.pcap";
    private static final String COUNTERS = "counters.txt";

    /** What is under test: a switch that starts empty. */
    @FunctionalInterface
    public interface Switch {
        /** Feeds frames into the ports they name, in order. */
        Outcome run(List<PcapFrame> arriving) throws IOException;
    }

    /**
     * What came of it.
     *
     * @param leaving frames with the port they left by, in order
     * @param counters the switch's counters, by the names above; those that are 0 may be absent
     */
    public record Outcome(List<PcapFrame> leaving, Map<String, Long> counters) {}

    private final Path folder;

    GoldenCase(Path folder) {
        this.folder = folder;
    }

    /** All cases below a folder, by name. */
    public static Stream<GoldenCase> below(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(path -> path.endsWith(IN)).sorted().toList().stream()
                    .map(in -> new GoldenCase(in.resolveSibling("")));
        }
    }

    /** Runs the case and compares, or with {@code -Dgolden.update} writes what came of it. */
    public void verify(Switch underTest) throws IOException {
        verify(underTest, Boolean.getBoolean("golden.update") || "".equals(System.getProperty("golden.update")));
    }

    void verify(Switch underTest, boolean update) throws IOException {
        List<PcapFrame> arriving = arriving();
        Outcome outcome = underTest.run(arriving);
        SortedMap<String, Long> counters = new TreeMap<>(outcome.counters());
        counters.values().removeIf(value -> value == 0);
        assertConservation(arriving.size(), outcome.leaving().size(), counters);
        if (update) {
            Files.write(folder.resolve(OUT), pcapng(outcome.leaving()));
            Files.writeString(folder.resolve(COUNTERS), text(counters));
            return;
        }
        assertEquals(Files.readString(folder.resolve(COUNTERS)), text(counters), () -> this + ": counters");
        assertEquals(lines(read(folder.resolve(OUT))), lines(outcome.leaving()), () -> this + ": frames");
        assertArrayEquals(
                Files.readAllBytes(folder.resolve(OUT)), pcapng(outcome.leaving()), () -> this + ": bytes of " + OUT);
    }

    private void assertConservation(long arrived, long left, Map<String, Long> counters) {
        long drops = counters.entrySet().stream()
                .filter(counter -> counter.getKey().startsWith(DROP))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertEquals(arrived, counters.getOrDefault(RX, 0L), () -> this + ": frames fed in and counted");
        assertEquals(left, counters.getOrDefault(TX, 0L), () -> this + ": frames that left and counted");
        assertEquals(
                counters.getOrDefault(RX, 0L)
                        + counters.getOrDefault(REPLICATED, 0L)
                        + counters.getOrDefault(ORIGINATED, 0L),
                counters.getOrDefault(TX, 0L) + counters.getOrDefault(CONSUMED, 0L) + drops,
                () -> this + ": conservation of " + counters);
    }

    private List<PcapFrame> arriving() throws IOException {
        return read(folder.resolve(IN)).stream()
                .map(frame ->
                        frame.port().isEmpty() ? PcapFrame.of(ONLY_PORT, frame.timestampNs(), frame.bytes()) : frame)
                .toList();
    }

    private static List<PcapFrame> read(Path file) throws IOException {
        List<PcapFrame> frames = new ArrayList<>();
        try (PcapReader reader = PcapReader.open(file)) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
        }
        return frames;
    }

    private static byte[] pcapng(List<PcapFrame> frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PcapngWriter writer = new PcapngWriter(out, "weir", PcapReader.MAX_CAPTURED_LENGTH)) {
            for (PcapFrame frame : frames) {
                writer.write(frame);
            }
        }
        return out.toByteArray();
    }

    /** Frames as text, so that a difference can be read. */
    private static String lines(List<PcapFrame> frames) {
        StringBuilder text = new StringBuilder();
        frames.forEach(frame -> text.append(frame).append('\n'));
        return text.toString();
    }

    private static String text(SortedMap<String, Long> counters) {
        StringBuilder text = new StringBuilder();
        counters.forEach(
                (name, value) -> text.append(name).append(' ').append(value).append('\n'));
        return text.toString();
    }

    /** Stage and case. */
    @Override
    public String toString() {
        int names = folder.getNameCount();
        return folder.subpath(Math.max(0, names - 2), names).toString();
    }
}
