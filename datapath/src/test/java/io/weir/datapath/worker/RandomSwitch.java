package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.wire.SampleFrames;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Any ports and any frames, from one seed; and the laws that hold for whatever a switch makes of them. */
final class RandomSwitch {
    private static final int[] VLANS = {1, 10, 20, 100};
    private static final List<byte[]> SAMPLES =
            new ArrayList<>(SampleFrames.all().values());
    private static final long[] DESTINATIONS = {
        Traffic.BROADCAST,
        Traffic.SPANNING_TREE,
        0x0180_C200_000EL,
        0x0100_5E01_0203L,
        0x3333_FF00_0021L,
        Traffic.HOST_A,
        Traffic.HOST_B,
        Traffic.HOST_C
    };
    private static final int LONGEST = 65_600;

    private final Random random;
    private final List<String> furtherWords;
    private final List<PortSettings> ports;

    RandomSwitch(long seed) {
        this(seed, List.of());
    }

    /** With some of the further words on each port. */
    RandomSwitch(long seed, List<String> words) {
        random = new Random(seed);
        furtherWords = words;
        ports = PortLines.parse(lines());
    }

    /** The number that decides what else is random in a test. */
    int next(int bound) {
        return random.nextInt(bound);
    }

    List<PortSettings> ports() {
        return ports;
    }

    /** A frame that arrives. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Arrival(String port, byte[] frame, long timeNs) {}

    List<Arrival> arrivals(int count) {
        List<Arrival> arrivals = new ArrayList<>();
        long timeNs = 0;
        for (int i = 0; i < count; i++) {
            timeNs += random.nextInt(4) == 0 ? random.nextLong(2_000_000_000L) : random.nextInt(1_000_000);
            arrivals.add(new Arrival(ports.get(random.nextInt(ports.size())).name(), frame(), timeNs));
        }
        return arrivals;
    }

    private String lines() {
        StringBuilder lines = new StringBuilder();
        int count = 1 + random.nextInt(7);
        for (int i = 0; i < count; i++) {
            lines.append('p').append(i).append(' ').append(mode());
            for (String word : List.of(
                    "no-learning",
                    "sticky",
                    "isolated",
                    "hairpin",
                    "no-flood-unknown",
                    "no-flood-broadcast",
                    "no-flood-multicast",
                    "fast-leave",
                    "suppress-neighbours",
                    "mac-limit 2",
                    "mtu 68",
                    "mtu 9216",
                    "router always",
                    "router never",
                    "storm 50,50,50",
                    "disabled")) {
                lines.append(random.nextInt(6) == 0 ? " " + word : "");
            }
            if (!furtherWords.isEmpty()) {
                lines.append(' ').append(furtherWords.get(random.nextInt(furtherWords.size())));
            }
            lines.append(new String[] {"", "", "", " bpdu-filter", " bpdu-guard"}[random.nextInt(5)])
                    .append('\n');
        }
        return lines.toString();
    }

    private String mode() {
        return switch (random.nextInt(4)) {
            case 0 -> "access " + vlan();
            case 1 -> "tunnel " + vlan();
            case 2 -> "trunk " + vlan() + "," + vlan() + (random.nextBoolean() ? " native " + vlan() : "");
            default -> "trunk " + vlan() + " tag-type 88a8";
        };
    }

    private int vlan() {
        return VLANS[random.nextInt(VLANS.length)];
    }

    private byte[] frame() {
        byte[] sample = SAMPLES.get(random.nextInt(SAMPLES.size())).clone();
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(sample, random.nextInt(sample.length + 1));
            case 1 -> noise(random.nextInt(200));
            case 2 -> resized(sample, random.nextInt(LONGEST + 1));
            case 3 -> mutated(addressed(sample));
            case 4, 5 -> Traffic.tagged(tagType(), random.nextInt(8) << 13 | vlan(), addressed(sample));
            default -> addressed(sample);
        };
    }

    private int tagType() {
        return random.nextInt(3) == 0 ? VlanSettings.TAG_SERVICE : VlanSettings.TAG_CUSTOMER;
    }

    private byte[] addressed(byte[] frame) {
        long destination = DESTINATIONS[random.nextInt(DESTINATIONS.length)];
        byte[] macs = Traffic.frame(destination, Traffic.HOST_A + random.nextInt(4), 0);
        System.arraycopy(macs, 0, frame, 0, 12);
        return frame;
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The frame cut or filled up with noise. */
    private byte[] resized(byte[] frame, int length) {
        byte[] bytes = noise(length);
        System.arraycopy(frame, 0, bytes, 0, Math.min(length, frame.length));
        return bytes;
    }

    private byte[] mutated(byte[] frame) {
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        }
        return frame;
    }

    /** Feeds all frames to a new switch, asserts the laws, and returns what was sent and counted as text. */
    static String run(List<PortSettings> ports, List<Arrival> arrivals) {
        return run(ports, arrivals, weir -> {}, weir -> {});
    }

    /** As the other, with something done before each frame, and looked at in the end. */
    static String run(
            List<PortSettings> ports,
            List<Arrival> arrivals,
            Consumer<OfflineSwitch> before,
            Consumer<OfflineSwitch> inTheEnd) {
        StringBuilder text = new StringBuilder();
        long sent = 0;
        try (OfflineSwitch weir = new OfflineSwitch(SwitchSettings.DEFAULT.withSessions(1024), ports)) {
            for (Arrival arrival : arrivals) {
                before.accept(weir);
                OfflineSwitch.Result result = weir.receive(arrival.port(), arrival.frame(), arrival.timeNs());
                assertLaws(ports, arrival, result);
                for (Map.Entry<String, List<byte[]>> port : result.sent().entrySet()) {
                    sent += port.getValue().size();
                    port.getValue()
                            .forEach(frame -> text.append(port.getKey())
                                    .append(' ')
                                    .append(frame.length)
                                    .append(' ')
                                    .append(HexFormat.of().formatHex(frame, 0, Math.min(frame.length, 64)))
                                    .append(' ')
                                    .append(Arrays.hashCode(frame))
                                    .append('\n'));
                }
            }
            SwitchCounters counters = new SwitchCounters(
                    weir, ports.stream().map(PortSettings::name).toList());
            counters.assertConserved(arrivals.size(), sent);
            inTheEnd.accept(weir);
            return text.append(counters.text()).toString();
        }
    }

    private static void assertLaws(List<PortSettings> ports, Arrival arrival, OfflineSwitch.Result result) {
        PortSettings ingress = port(ports, arrival.port());
        result.sent().forEach((name, frames) -> {
            PortSettings egress = port(ports, name);
            // A reply of the switch itself goes back where its question came from.
            boolean replyOnly = name.equals(ingress.name()) && !contains(frames, arrival.frame());
            assertTrue(egress.enabled() && ingress.enabled(), "through a port that is disabled");
            assertTrue(frames.size() == 1 || name.equals(ingress.name()), "two copies by one port");
            BridgeSettings from = ingress.bridge();
            assertFalse(!replyOnly && name.equals(ingress.name()) && !from.hairpin(), "back without hairpin");
            assertFalse(!replyOnly && from.isolated() && egress.bridge().isolated(), "between isolated ports");
            assertTrue(
                    egress.vlan().carries(vlanOf(ingress.vlan(), arrival.frame())),
                    () -> "VLAN of the frame is not carried by " + egress);
        });
    }

    /** Whether one of the frames has the frame's MAC addresses and ends as it does: tags stand between. */
    private static boolean contains(List<byte[]> frames, byte[] arrived) {
        int tail = Math.min(arrived.length - 14, 16);
        return frames.stream()
                .anyMatch(frame -> frame.length >= tail + 14
                        && Arrays.equals(frame, 0, 12, arrived, 0, 12)
                        && Arrays.equals(
                                frame,
                                frame.length - tail,
                                frame.length,
                                arrived,
                                arrived.length - tail,
                                arrived.length));
    }

    /** The rules of docs and of {@link VlanSettings.Mode}, told once more. */
    private static int vlanOf(VlanSettings port, byte[] frame) {
        int type = (frame[12] & 0xFF) << 8 | (frame[13] & 0xFF);
        int vid = type == port.tagType() ? ((frame[14] & 0xF) << 8 | (frame[15] & 0xFF)) : 0;
        return port.mode() == VlanSettings.Mode.TRUNK && vid != 0 ? vid : port.vlan();
    }

    private static PortSettings port(List<PortSettings> ports, String name) {
        return ports.stream()
                .filter(port -> port.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
