package io.weir.datapath.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.datapath.capture.GoldenCase.Outcome;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.worker.OfflineSwitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Every golden case through the whole pipeline, each on a new switch:
 *
 * <pre>
 *   vm1 access 10 --+        +-- trunk  VLANs 10 and 20, all tagged
 *   vm2 access 10 --+ switch +
 *   vm3 access 20 --+        +-- iso1, iso2  access 30, isolated
 * </pre>
 */
@Timeout(30)
class GoldenPipelineTest {
    private static final Path ROOT = Path.of("src/test/resources/golden");

    static Stream<GoldenCase> cases() throws IOException {
        return GoldenCase.below(ROOT);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldDoAsTheGoldenFilesSay(GoldenCase golden) throws IOException {
        golden.verify(GoldenPipelineTest::run);
    }

    private static Outcome run(List<PcapFrame> arriving) {
        try (OfflineSwitch offline = new OfflineSwitch(SwitchSettings.DEFAULT, ports())) {
            List<PcapFrame> leaving = new ArrayList<>();
            List<FrameOutcome> outcomes = new ArrayList<>();
            for (PcapFrame frame : arriving) {
                OfflineSwitch.Result result = offline.receive(frame.port(), frame.bytes(), frame.timestampNs());
                outcomes.add(result.outcome());
                result.sent()
                        .forEach((port, frames) ->
                                frames.forEach(bytes -> leaving.add(PcapFrame.of(port, frame.timestampNs(), bytes))));
            }
            assertReportAgrees(ReplayReport.of(outcomes), offline);
            return new Outcome(leaving, counters(offline));
        }
    }

    /** What a replay tells about each frame sums up to what the pipeline counted. */
    private static void assertReportAgrees(ReplayReport report, OfflineSwitch offline) {
        assertEquals(report.frames(), offline.counter(CounterTable.RX_FRAMES));
        assertEquals(report.consumed(), offline.counter(CounterTable.CONSUMED));
        for (DropReason reason : DropReason.values()) {
            long told = report.drops().getOrDefault(reason, 0L);
            // The egress stage counts each copy that a port refuses, the report a frame that none took.
            boolean agrees = reason.atWayOut() ? told <= offline.drops(reason) : told == offline.drops(reason);
            assertTrue(agrees, () -> reason.label() + ": " + told + " told, " + offline.drops(reason) + " counted");
        }
    }

    private static Map<String, Long> counters(OfflineSwitch offline) {
        Map<String, Long> counters = new HashMap<>();
        counters.put(GoldenCase.RX, offline.counter(CounterTable.RX_FRAMES));
        counters.put(GoldenCase.TX, offline.counter(CounterTable.TX_FRAMES));
        counters.put(GoldenCase.CONSUMED, offline.counter(CounterTable.CONSUMED));
        counters.put(GoldenCase.REPLICATED, offline.counter(CounterTable.REPLICATED));
        counters.put(GoldenCase.ORIGINATED, offline.counter(CounterTable.ORIGINATED));
        for (DropReason reason : DropReason.values()) {
            counters.put(GoldenCase.DROP + reason.label(), offline.drops(reason));
        }
        return counters;
    }

    private static List<PortSettings> ports() {
        BridgeSettings bridge = BridgeSettings.DEFAULT;
        return List.of(
                port("vm1", VlanSettings.access(10), bridge),
                port("vm2", VlanSettings.access(10), bridge),
                port("vm3", VlanSettings.access(20), bridge),
                port("trunk", VlanSettings.trunk(0, 10, 20), bridge),
                port("iso1", VlanSettings.access(30), isolated(bridge)),
                port("iso2", VlanSettings.access(30), isolated(bridge)));
    }

    private static PortSettings port(String name, VlanSettings vlan, BridgeSettings bridge) {
        return new PortSettings(
                name,
                PortSettings.Type.PCAP,
                name,
                null,
                PortSettings.Io.AUTO,
                1500,
                null,
                null,
                true,
                vlan,
                bridge,
                PolicySettings.OFF);
    }

    private static BridgeSettings isolated(BridgeSettings bridge) {
        return new BridgeSettings(
                bridge.learning(),
                bridge.macLimit(),
                bridge.sticky(),
                true,
                bridge.hairpin(),
                bridge.floodUnknown(),
                bridge.floodBroadcast(),
                bridge.floodMulticast(),
                bridge.bpduFilter(),
                bridge.bpduGuard(),
                bridge.multicastRouter(),
                bridge.fastLeave(),
                bridge.suppressNeighbours(),
                bridge.splitHorizon(),
                bridge.storm());
    }
}
