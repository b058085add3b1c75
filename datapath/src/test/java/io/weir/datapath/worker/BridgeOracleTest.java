package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.wire.SampleFrames;
import io.weir.datapath.worker.ReferenceBridge.Port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The switch against {@link ReferenceBridge}, byte for byte, for valid frames between few hosts that seldom move. */
@Timeout(60)
class BridgeOracleTest {
    private static final int FRAMES = 2_000;
    private static final int HOSTS = 12;
    // Far enough apart that the few moves of a host are no loop.
    private static final long STEP_NS = 50_000_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void shouldSendWhatTheReferenceBridgeSends(long seed) {
        Random random = new Random(seed);
        List<Port> ports = ports(random);
        ReferenceBridge reference = new ReferenceBridge(ports);
        String lines = ports.stream().map(ReferenceBridge::line).collect(Collectors.joining());
        int sent = 0;
        try (OfflineSwitch weir = new OfflineSwitch(withoutAgeing(), PortLines.parse(lines))) {
            for (int i = 0; i < FRAMES; i++) {
                int host = random.nextInt(HOSTS);
                Port ingress = ports.get(random.nextInt(20) == 0 ? random.nextInt(ports.size()) : host % ports.size());
                byte[] frame = frame(random, ingress, host);

                Map<String, byte[]> expected = reference.receive(ingress, frame);
                var actual = weir.receive(ingress.name(), frame, i * STEP_NS).sent();

                int number = i;
                assertEquals(
                        hex(expected),
                        hexOf(actual),
                        () -> "seed " + seed + ", frame " + number + " on " + ingress + ": " + hex(frame) + "\n"
                                + lines);
                sent += expected.size();
            }
        }
        assertTrue(sent > FRAMES / 2, () -> "too little came through for seed " + seed + "\n" + lines);
    }

    /** Two access ports, trunks with and without a native VLAN, and more at random, in VLANs 10, 20 and 30. */
    private static List<Port> ports(Random random) {
        List<Port> ports = new ArrayList<>(List.of(
                new Port("p0", 10, Set.of()),
                new Port("p1", 10, Set.of()),
                new Port("p2", 0, Set.of(10, 20, 30)),
                new Port("p3", 20, Set.of(10, 20))));
        int more = 1 + random.nextInt(4);
        for (int i = 0; i < more; i++) {
            Set<Integer> vlans = IntStream.range(0, random.nextInt(4))
                    .mapToObj(n -> 10 + 10 * random.nextInt(3))
                    .collect(Collectors.toSet());
            int untagged = vlans.isEmpty() ? 10 + 10 * random.nextInt(3) : 10 * random.nextInt(4);
            ports.add(new Port("p" + (4 + i), untagged, vlans));
        }
        return ports;
    }

    /** One of the well-formed IP or opaque frames, from that host, to another or to all, tagged as the port may like it. */
    private static byte[] frame(Random random, Port ingress, int host) {
        List<String> kinds = List.of("tcp4", "udp4", "opaque", "tcp6", "esp6", "icmp", "ospf");
        byte[] sample = SampleFrames.sample(kinds.get(random.nextInt(kinds.size())));
        long destination = random.nextInt(8) == 0 ? Traffic.BROADCAST : 0x0200_0000_0000L + random.nextInt(HOSTS);
        byte[] frame = Traffic.frame(destination, 0x0200_0000_0000L + host, 0, new byte[sample.length - 14]);
        System.arraycopy(sample, 12, frame, 12, sample.length - 12);
        boolean isTagged = ingress.isTrunk() ? random.nextInt(5) != 0 : random.nextInt(10) == 0;
        int vlan = 10 * random.nextInt(4);
        return isTagged ? Traffic.tagged(random.nextInt(8) << 13 | vlan, frame) : frame;
    }

    private static SwitchSettings withoutAgeing() {
        SwitchSettings base = SwitchSettings.DEFAULT;
        return new SwitchSettings(
                1, base.idle(), null, base.macTableCapacity(), 0, false, 0, base.recoveryNs(), 0, List.of());
    }

    private static Map<String, String> hex(Map<String, byte[]> frames) {
        Map<String, String> text = new TreeMap<>();
        frames.forEach((port, bytes) -> text.put(port, hex(bytes)));
        return text;
    }

    /** No port ever gets two copies. */
    private static Map<String, String> hexOf(Map<String, List<byte[]>> frames) {
        Map<String, String> text = new TreeMap<>();
        frames.forEach((port, list) ->
                text.put(port, list.stream().map(BridgeOracleTest::hex).collect(Collectors.joining("+"))));
        return text;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
