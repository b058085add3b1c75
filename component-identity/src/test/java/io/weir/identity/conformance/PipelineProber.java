package io.weir.identity.conformance;

import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.weir.datapath.capture.CaptureVerdict;
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
        ProbeFrames frames = new ProbeFrames(probe, family, from, to, nextSourcePort());
        if (probe.action() == Action.REJECT) {
            assertDenied(from, frames.first(), Set.of(from.port()));
        } else if (probe.action() == Action.DROP) {
            assertDropped(from, frames.first());
        } else {
            assertArrives(from, frames.first(), to);
            if (frames.hasAnswer()) {
                assertArrives(to, frames.answer(), from);
            }
        }
    }

    /** One that no attempt before has used, but for one tens of thousands before. */
    int nextSourcePort() {
        sourcePort = sourcePort == LAST_SOURCE_PORT ? FIRST_SOURCE_PORT : sourcePort + 1;
        return sourcePort;
    }

    /** The frame leaves as it came, by one port only. */
    void assertArrives(Place from, byte[] frame, Place to) {
        OfflineSwitch.Result result = send(from, frame);
        String what = result.outcome().text();
        assertEquals(CaptureVerdict.FORWARDED, result.outcome().verdict(), what);
        assertEquals(Set.of(to.port()), result.sent().keySet(), what);
        List<byte[]> arrived = result.sent().getOrDefault(to.port(), List.of());
        assertEquals(1, arrived.size(), what);
        assertArrayEquals(frame, arrived.getFirst(), what);
    }

    /** Nothing leaves, and the firewall says why. */
    void assertDropped(Place from, byte[] frame) {
        assertDenied(from, frame, Set.of());
    }

    /** Nothing leaves but by the ports that take a refusal. */
    private void assertDenied(Place from, byte[] frame, Set<String> refused) {
        OfflineSwitch.Result result = send(from, frame);
        String what = result.outcome().text();
        assertEquals(CaptureVerdict.DROPPED, result.outcome().verdict(), what);
        assertEquals("firewall", result.outcome().stage(), what);
        assertEquals(refused, result.sent().keySet(), what);
    }

    private OfflineSwitch.Result send(Place from, byte[] frame) {
        nowNs += BETWEEN_FRAMES_NS;
        return weir.receive(from.port(), frame, nowNs);
    }

    @Override
    public void close() {
        weir.close();
    }
}
