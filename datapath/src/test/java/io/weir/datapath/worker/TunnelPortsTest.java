package io.weir.datapath.worker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.capture.ActiveCaptures;
import io.weir.datapath.capture.CaptureRequest;
import io.weir.datapath.capture.CaptureSession;
import io.weir.datapath.capture.CapturedFrame;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;

import static io.weir.datapath.worker.FlowFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a tunnel's receiver has refused goes through all stages untouched, and frames between tunnels of a mesh go one way. */
@Timeout(20)
class TunnelPortsTest {
    private static final long NOW = 1_000_000_000L;
    private static final List<String> MODES = List.of(
            "access 10",
            "trunk 10,20",
            "tunnel 10",
            "access 10 disabled",
            "access 10 enforce",
            "access 10 audit role uplink",
            "access 10 bpdu-guard storm 1,1,1");

    private static final long MAC_D = 0x0200_0000_000DL;

    /** Of any bytes: also such as a stage would drop, or learn from. */
    private static final List<byte[]> REFUSED =
            List.of(new byte[0], new byte[14], opaque(MAC_C, MAC_A), udp(MAC_C, MAC_A, 1, 2), Traffic.bpdu(MAC_C));

    @Test
    void shouldLeaveAloneWhatTheReceiverHasRefused() {
        for (String mode : MODES) {
            LabelledTunnels tunnels = new LabelledTunnels();
            List<PortSettings> ports = PortLines.parse("t " + mode + " esp\na access 10\n");
            try (OfflineSwitch weir = new OfflineSwitch(SwitchSettings.DEFAULT, ports, tunnels)) {
                weir.policy(new TablePolicy(1, "allow * * *\n"));
                for (byte[] frame : REFUSED) {
                    tunnels.refuse("t", frame, DropReason.ESP_REPLAYED);
                }
                tunnels.refuse("t", REFUSED.getLast(), DropReason.ESP_AUTHENTICATION_FAILED);

                assertEquals(Map.of(), weir.poll("t", NOW), mode);

                assertEquals(REFUSED.size(), weir.drops("t", DropReason.ESP_REPLAYED), mode);
                assertEquals(1, weir.drops("t", DropReason.ESP_AUTHENTICATION_FAILED), mode);
                new SwitchCounters(weir, List.of("t", "a")).assertConserved(REFUSED.size() + 1, 0);
            }
        }
    }

    @Test
    void shouldPassWhatIsGoodBesideWhatIsRefused() {
        LabelledTunnels tunnels = new LabelledTunnels();
        List<PortSettings> ports = PortLines.parse("t access 10 esp\na access 10\n");
        try (OfflineSwitch weir = new OfflineSwitch(SwitchSettings.DEFAULT, ports, tunnels)) {
            tunnels.refuse("t", opaque(MAC_C, MAC_A), DropReason.ESP_DUMMY);
            tunnels.arrive("t", opaque(MAC_B, MAC_A), 5);
            tunnels.refuse("t", opaque(MAC_C, MAC_A), DropReason.ESP_TOO_OLD);

            assertEquals(1, weir.poll("t", NOW).getOrDefault("a", List.of()).size());

            new SwitchCounters(weir, List.of("t", "a")).assertConserved(3, 1);
        }
    }

    @Test
    void shouldShowWhatWasRefusedInCaptures() throws IOException {
        LabelledTunnels tunnels = new LabelledTunnels();
        PortSettings port = PortLines.parse("t access 10 esp\n").getFirst();
        PortDevice device = tunnels.open(0, port);
        PortTable table = new PortTable(List.of(new PortTable.Entry(0, port, true, true, 1400)));
        PacketBatch batch = new PacketBatch();
        List<String> comments = new ArrayList<>();
        try (Pipeline pipeline =
                new Pipeline(0, SwitchSettings.DEFAULT, new PortBlocks(), (kind, number, mac, other) -> {}, NOW)) {
            ActiveCaptures captures = new ActiveCaptures(List.of(pipeline.capture()));
            captures.portsChanged(table);
            CaptureSession session = captures.start(CaptureRequest.EVERYTHING, 0);
            pipeline.begin(table, null, NOW);
            tunnels.refuse("t", opaque(MAC_C, MAC_A), DropReason.ESP_REPLAYED);
            batch.reset(0, NOW);
            device.receiver().receive(batch, pipeline.pool());

            pipeline.process(batch);

            session.drain((CapturedFrame frame) -> comments.add(frame.comment()), 10);
        }
        assertTrue(
                comments.getFirst().startsWith("port=t stage=esp-decrypt verdict=dropped reason=esp-replayed"),
                comments::toString);
        assertEquals(1, comments.size());
    }

    @Test
    void shouldNeverTakeBackADropInAnyStage() {
        LabelledTunnels tunnels = new LabelledTunnels();
        PortSettings port = PortLines.parse("t access 10 esp enforce\n").getFirst();
        PortDevice device = tunnels.open(0, port);
        PacketBatch batch = new PacketBatch();
        try (Pipeline pipeline =
                new Pipeline(0, SwitchSettings.DEFAULT, new PortBlocks(), (kind, number, mac, other) -> {}, NOW)) {
            pipeline.begin(
                    new PortTable(List.of(new PortTable.Entry(0, port, true, true, 1400))),
                    new TablePolicy(1, "allow * * *\n"),
                    NOW);
            for (Stage stage : pipeline.stages()) {
                REFUSED.forEach(frame -> tunnels.refuse("t", frame, DropReason.ESP_REPLAYED));
                batch.reset(0, NOW);
                device.receiver().receive(batch, pipeline.pool());

                stage.process(batch);

                for (int i = 0; i < batch.count(); i++) {
                    assertEquals(DropReason.ESP_REPLAYED.code(), batch.dropReason(i), stage.name());
                    assertEquals(PacketBatch.EGRESS_UNDECIDED, batch.egressPort(i), stage.name());
                }
            }
        }
    }

    @Test
    void shouldNeitherLoopNorFlapInAMesh() {
        try (Mesh mesh = new Mesh("x", "y", "z")) {
            for (int round = 0; round < 20; round++) {
                assertEquals(List.of("y", "z"), mesh.send("x", opaque(MAC_A, BROADCAST)));
                assertEquals(List.of("x", "z"), mesh.send("y", opaque(MAC_B, BROADCAST)));
                assertEquals(List.of("x"), mesh.send("z", opaque(MAC_C, MAC_A)));
                assertEquals(List.of("y"), mesh.send("x", opaque(MAC_A, MAC_B)));
            }
            assertEquals(0, mesh.drops(DropReason.MAC_FLAPPING));

            assertEquals(List.of("x", "z"), mesh.send("y", opaque(MAC_A, BROADCAST)), "A has moved to Y");
            assertEquals(List.of("y"), mesh.send("z", opaque(MAC_C, MAC_A)));
            assertEquals(List.of("y"), mesh.send("x", opaque(MAC_D, MAC_A)));
            assertEquals(0, mesh.drops(DropReason.MAC_FLAPPING));
        }
    }

    @Test
    void shouldAnswerForNeighboursAcrossTunnels() {
        try (Mesh mesh = new Mesh("x", "y", "z")) {
            byte[] announcement = Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_A));
            assertEquals(List.of("y", "z"), mesh.send("x", announcement));

            assertEquals(
                    List.of("y"), mesh.send("y", Traffic.arpRequest(MAC_B, ip(MAC_B), ip(MAC_A))), "answered by Y");
        }
    }

    /** Hosts, each with a tunnel to every other, and a guest. */
    private static final class Mesh implements AutoCloseable {
        private static final int MOST_FRAMES = 100;

        private record Host(OfflineSwitch weir, LabelledTunnels tunnels) {}

        private final Map<String, Host> hosts = new TreeMap<>();
        private long nowNs = NOW;

        Mesh(String... names) {
            for (String name : names) {
                StringBuilder ports = new StringBuilder("guest access 10\n");
                for (String other : names) {
                    ports.append(
                            other.equals(name) ? "" : other + " access 10 esp split-horizon suppress-neighbours\n");
                }
                LabelledTunnels tunnels = new LabelledTunnels();
                List<PortSettings> settings = PortLines.parse(ports.toString());
                hosts.put(name, new Host(new OfflineSwitch(SwitchSettings.DEFAULT, settings, tunnels), tunnels));
            }
        }

        private Host host(String name) {
            return Objects.requireNonNull(hosts.get(name));
        }

        /** Sends a frame of a host's guest; the hosts whose guests hear something because of it. */
        List<String> send(String from, byte[] frame) {
            nowNs += 1_000_000_000L;
            List<String> heard = new ArrayList<>();
            hear(heard, from, host(from).weir.receive("guest", frame, nowNs).sent());
            int frames = 0;
            for (boolean moved = true; moved; ) {
                moved = false;
                for (String at : hosts.keySet()) {
                    for (LabelledTunnels.Left left : host(at).tunnels.left()) {
                        assertTrue(++frames < MOST_FRAMES, "a loop");
                        host(left.port()).tunnels.arrive(at, left.frame(), left.level());
                        hear(heard, left.port(), host(left.port()).weir.poll(at, nowNs));
                        moved = true;
                    }
                }
            }
            return heard.stream().sorted().toList();
        }

        private static void hear(List<String> heard, String host, Map<String, List<byte[]>> sent) {
            sent.getOrDefault("guest", List.of()).forEach(frame -> heard.add(host));
        }

        long drops(DropReason reason) {
            return hosts.values().stream()
                    .mapToLong(host -> host.weir.drops(reason))
                    .sum();
        }

        @Override
        public void close() {
            hosts.values().forEach(host -> host.weir.close());
        }
    }
}
