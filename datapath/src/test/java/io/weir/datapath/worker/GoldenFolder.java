package io.weir.datapath.worker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.weir.datapath.capture.ClassicPcapWriter;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapReader;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A golden case over several ports, a folder {@code golden/<stage>/<case>}:
 *
 * <pre>
 *   ports.txt          the ports, see {@link PortLines}
 *   policy.txt         the policy, see {@link TablePolicy}; absent when there is none; "sessions N" limits their number
 *   in-PORT.pcap       what arrives on a port; frames of all ports arrive in the order of their times
 *   out-PORT.pcap      what leaves by a port, each frame with the time of the one that caused it; absent when nothing does
 *   counters.txt       every port's counters that are not 0, see {@link SwitchCounters}
 * </pre>
 *
 * <p>Captures are classic ones, for any tool to read.
 */
final class GoldenFolder {
    static final Path ROOT = Path.of("src/test/resources/golden");
    static final String PORTS = "ports.txt";
    static final String POLICY = "policy.txt";
    static final String COUNTERS = "counters.txt";
    private static final int SMALL_TABLE = 4096;
    private static final String IN = "in-";
    private static final String OUT = "out-";
    private static final String PCAP = ".pcap";

    private final Path folder;

    GoldenFolder(Path folder) {
        this.folder = folder;
    }

    /** All cases of this form below a folder, by name. */
    static List<GoldenFolder> below(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(path -> path.endsWith(PORTS))
                    .sorted()
                    .map(ports -> new GoldenFolder(ports.resolveSibling("")))
                    .toList();
        }
    }

    static boolean update() {
        return Boolean.getBoolean("golden.update");
    }

    /** Writes ports and arriving frames where they differ, or fails if they do. */
    void verifyInput(String ports, String policy, List<PcapFrame> arriving, boolean update) throws IOException {
        Map<String, byte[]> files = new TreeMap<>(pcaps(IN, arriving));
        files.put(PORTS, ports.getBytes(UTF_8));
        if (!policy.isEmpty()) {
            files.put(POLICY, policy.getBytes(UTF_8));
        }
        verify(files, name -> name.equals(PORTS) || name.equals(POLICY) || name.startsWith(IN), update);
    }

    /** Lets the frames arrive and compares what leaves and what is counted, or writes it. */
    void verifyOutput() throws IOException {
        verifyOutput(update());
    }

    void verifyOutput(boolean update) throws IOException {
        List<PortSettings> ports = PortLines.parse(Files.readString(folder.resolve(PORTS)));
        List<PcapFrame> arriving = arriving();
        List<PcapFrame> leaving = new ArrayList<>();
        String policy = Files.exists(folder.resolve(POLICY)) ? Files.readString(folder.resolve(POLICY)) : "";
        try (OfflineSwitch weir = new OfflineSwitch(settings(policy), ports)) {
            if (!policy.isEmpty()) {
                weir.policy(new TablePolicy(1, policy.replaceFirst("^sessions .*", "")));
            }
            for (PcapFrame frame : arriving) {
                weir.receive(frame.port(), frame.bytes(), frame.timestampNs())
                        .sent()
                        .forEach((port, frames) ->
                                frames.forEach(bytes -> leaving.add(PcapFrame.of(port, frame.timestampNs(), bytes))));
            }
            SwitchCounters counters = new SwitchCounters(
                    weir, ports.stream().map(PortSettings::name).toList());
            counters.assertConserved(arriving.size(), leaving.size());
            Map<String, byte[]> files = new TreeMap<>(pcaps(OUT, leaving));
            files.put(COUNTERS, counters.text().getBytes(UTF_8));
            verify(files, name -> name.equals(COUNTERS) || name.startsWith(OUT), update);
        }
    }

    private static SwitchSettings settings(String policy) {
        int sessions = policy.startsWith("sessions ")
                ? Integer.parseInt(policy.lines().findFirst().orElseThrow().substring("sessions ".length()))
                : SMALL_TABLE;
        return SwitchSettings.DEFAULT.withSessions(sessions);
    }

    /** What was counted when the case was last written. */
    String counters() throws IOException {
        return Files.readString(folder.resolve(COUNTERS));
    }

    private void verify(Map<String, byte[]> files, Predicate<String> filter, boolean update) throws IOException {
        if (update) {
            Files.createDirectories(folder);
            for (String name : names(filter)) {
                Files.delete(folder.resolve(name));
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.resolve(file.getKey()), file.getValue());
            }
            return;
        }
        assertEquals(List.copyOf(files.keySet()), names(filter), () -> this + ": files");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            byte[] committed = Files.readAllBytes(folder.resolve(file.getKey()));
            assertEquals(
                    text(file.getKey(), committed),
                    text(file.getKey(), file.getValue()),
                    () -> this + ": " + file.getKey());
            assertArrayEquals(committed, file.getValue(), () -> this + ": bytes of " + file.getKey());
        }
    }

    private List<String> names(Predicate<String> filter) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(filter)
                    .sorted()
                    .toList();
        }
    }

    private List<PcapFrame> arriving() throws IOException {
        List<PcapFrame> arriving = new ArrayList<>();
        for (String name : names(file -> file.startsWith(IN))) {
            String port = name.substring(IN.length(), name.length() - PCAP.length());
            for (PcapFrame frame : read(Files.readAllBytes(folder.resolve(name)))) {
                arriving.add(PcapFrame.of(port, frame.timestampNs(), frame.bytes()));
            }
        }
        arriving.sort(Comparator.comparingLong(PcapFrame::timestampNs));
        return arriving;
    }

    private static List<PcapFrame> read(byte[] file) throws IOException {
        List<PcapFrame> frames = new ArrayList<>();
        try (PcapReader reader = PcapReader.of(new ByteArrayInputStream(file), "golden")) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
        }
        return frames;
    }

    private static Map<String, byte[]> pcaps(String prefix, List<PcapFrame> frames) throws IOException {
        Map<String, List<PcapFrame>> byPort = new LinkedHashMap<>();
        frames.forEach(frame ->
                byPort.computeIfAbsent(frame.port(), port -> new ArrayList<>()).add(frame));
        Map<String, byte[]> files = new TreeMap<>();
        for (Map.Entry<String, List<PcapFrame>> port : byPort.entrySet()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (ClassicPcapWriter writer = new ClassicPcapWriter(out)) {
                for (PcapFrame frame : port.getValue()) {
                    writer.write(frame);
                }
            }
            files.put(prefix + port.getKey() + PCAP, out.toByteArray());
        }
        return files;
    }

    /** Captures as a line a frame, so that a difference can be read. */
    private static String text(String name, byte[] file) throws IOException {
        if (!name.endsWith(PCAP)) {
            return new String(file, UTF_8);
        }
        StringBuilder lines = new StringBuilder();
        read(file).forEach(frame -> lines.append(frame).append('\n'));
        return lines.toString();
    }

    /** Stage and case. */
    @Override
    public String toString() {
        int names = folder.getNameCount();
        return folder.subpath(Math.max(0, names - 2), names).toString();
    }
}
