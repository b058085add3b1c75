package io.weir.identity.conformance;

import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.weir.datapath.capture.CaptureVerdict;
import io.weir.datapath.capture.FrameOutcome;
import io.weir.datapath.policy.Action;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.worker.OfflineSwitch;
import io.weir.identity.evaluate.PolicyEpoch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Sends the frames of an attempt through the daemon's pipeline: the first must leave by the destination's port and no other, and
 * what the destination answers by the source's; or nothing leaves and the reason is the firewall's.
 */
final class PipelineProber implements CaseRun.Prober, AutoCloseable {
    private static final long BETWEEN_FRAMES_NS = 1_000_000;
    private static final int FIRST_SOURCE_PORT = 20_000;
    private static final int LAST_SOURCE_PORT = 60_000;

    private final OfflineSwitch weir;
    private int sourcePort = FIRST_SOURCE_PORT;
    private long nowNs = 1;

    /** A switch with a port for every place, whose MAC addresses it knows. */
    PipelineProber(Collection<Place> places) {
        weir = new OfflineSwitch(
                settings(places), places.stream().map(PipelineProber::port).toList());
    }

    private static SwitchSettings settings(Collection<Place> places) {
        SwitchSettings usual = SwitchSettings.DEFAULT;
        return new SwitchSettings(
                1,
                usual.idle(),
                null,
                usual.macTableCapacity(),
                usual.ageingNs(),
                usual.snooping(),
                usual.forwardLinkLocal(),
                usual.recoveryNs(),
                usual.macMovesPerSecond(),
                places.stream()
                        .map(place ->
                                new SwitchSettings.StaticMac(place.mac(), VlanSettings.DEFAULT_VLAN, place.port()))
                        .toList());
    }

    private static PortSettings port(Place place) {
        return new PortSettings(
                place.port(),
                PortSettings.Type.TAP,
                place.port(),
                null,
                PortSettings.Io.AUTO,
                1500,
                null,
                null,
                true,
                VlanSettings.access(VlanSettings.DEFAULT_VLAN),
                BridgeSettings.DEFAULT,
                PolicySettings.ENFORCED);
    }

    @Override
    public void policy(PolicyEpoch epoch) {
        weir.policy(epoch);
    }

    @Override
    public void attempt(Probe probe, Family family, Place from, Place to) {
        sourcePort = sourcePort == LAST_SOURCE_PORT ? FIRST_SOURCE_PORT : sourcePort + 1;
        ProbeFrames frames = new ProbeFrames(probe, family, from, to, sourcePort);
        OfflineSwitch.Result first = send(from, frames.first());
        String what = probe + " over " + family + ": " + first.outcome().text();
        if (!probe.allowed()) {
            assertDenied(probe, from, first, what);
            return;
        }
        assertArrives(frames.first(), to, first, what);
        if (frames.hasAnswer()) {
            OfflineSwitch.Result answer = send(to, frames.answer());
            assertArrives(
                    frames.answer(),
                    from,
                    answer,
                    what + ", answered: " + answer.outcome().text());
        }
    }

    private OfflineSwitch.Result send(Place from, byte[] frame) {
        nowNs += BETWEEN_FRAMES_NS;
        return weir.receive(from.port(), frame, nowNs);
    }

    private static void assertArrives(byte[] frame, Place at, OfflineSwitch.Result result, String what) {
        assertEquals(CaptureVerdict.FORWARDED, result.outcome().verdict(), what);
        assertEquals(Set.of(at.port()), result.sent().keySet(), what);
        List<byte[]> arrived = result.sent().getOrDefault(at.port(), List.of());
        assertEquals(1, arrived.size(), what);
        assertArrayEquals(frame, arrived.getFirst(), what);
    }

    /** Nothing leaves, but for a refusal that goes back to where the frame came from. */
    private static void assertDenied(Probe probe, Place from, OfflineSwitch.Result result, String what) {
        FrameOutcome outcome = result.outcome();
        assertEquals(CaptureVerdict.DROPPED, outcome.verdict(), what);
        assertEquals("firewall", outcome.stage(), what);
        Set<String> refused = probe.action() == Action.REJECT ? Set.of(from.port()) : Set.of();
        assertEquals(refused, result.sent().keySet(), what);
    }

    @Override
    public void close() {
        weir.close();
    }
}
