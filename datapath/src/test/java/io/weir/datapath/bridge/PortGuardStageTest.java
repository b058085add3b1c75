package io.weir.datapath.bridge;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.TestSwitch.Bridge;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class PortGuardStageTest {
    private static final long BPDU = 0x0180_C200_0000L;
    private static final long PVST = 0x0100_0CCC_CCCDL;
    private static final long RECOVERY_NS = 30 * TestSwitch.SECOND_NS;

    private static TestSwitch withPort(BridgeSettings bridge, int forwardLinkLocal, long recoveryNs) {
        SwitchSettings base = SwitchSettings.DEFAULT;
        SwitchSettings settings = new SwitchSettings(
                base.workers(),
                base.idle(),
                null,
                base.macTableCapacity(),
                base.ageingNs(),
                base.snooping(),
                forwardLinkLocal,
                recoveryNs,
                base.macMovesPerSecond(),
                List.of());
        return new TestSwitch(settings).port(VlanSettings.access(1), bridge);
    }

    private static TestSwitch withPort(BridgeSettings bridge) {
        return withPort(bridge, 0, RECOVERY_NS);
    }

    private static PortGuardStage stage(TestSwitch on) {
        return new PortGuardStage(on.ports, on.blocks, on, on.settings);
    }

    private static @Nullable DropReason judge(TestSwitch on, byte[] frame) {
        on.receive(0, frame);
        return on.process(stage(on));
    }

    @Test
    void shouldDropWhenPortIsNotReady() {
        TestSwitch on = new TestSwitch().port(VlanSettings.access(1), BridgeSettings.DEFAULT, false);

        @Nullable DropReason reason = judge(on, Frames.plain(Frames.HOST_B, Frames.HOST_A));

        assertEquals(DropReason.PORT_NOT_READY, reason);
    }

    @Test
    void shouldDropWhenPortDoesNotExist() {
        TestSwitch on = new TestSwitch();

        @Nullable DropReason reason = judge(on, Frames.plain(Frames.HOST_B, Frames.HOST_A));

        assertEquals(DropReason.PORT_NOT_READY, reason);
    }

    @Test
    void shouldPassUnicastAndGroupFramesOnAReadyPort() {
        TestSwitch on = withPort(BridgeSettings.DEFAULT);

        assertNull(judge(on, Frames.plain(Frames.HOST_B, Frames.HOST_A)));
        assertNull(judge(on, Frames.plain(Frames.BROADCAST, Frames.HOST_A)));
    }

    @Test
    void shouldDropWhenSourceMacIsZeroOrGroup() {
        TestSwitch on = withPort(BridgeSettings.DEFAULT);

        assertEquals(DropReason.SOURCE_MAC_INVALID, judge(on, Frames.plain(Frames.HOST_B, 0)));
        assertEquals(DropReason.SOURCE_MAC_INVALID, judge(on, Frames.plain(Frames.HOST_B, Frames.BROADCAST)));
        assertEquals(DropReason.SOURCE_MAC_INVALID, judge(on, Frames.plain(Frames.HOST_B, 0x0100_5E00_0001L)));
    }

    @Test
    void shouldReserveLinkLocalAddressesUnlessTheirBitForwardsThem() {
        int lldpOnly = 1 << 0xE;
        TestSwitch on = withPort(BridgeSettings.DEFAULT, lldpOnly, RECOVERY_NS);

        for (int last = 0; last <= 0xF; last++) {
            @Nullable DropReason expected = last == 0xE ? null : DropReason.LINK_LOCAL_RESERVED;
            assertEquals(expected, judge(on, Frames.plain(BPDU + last, Frames.HOST_A)), "01:80:c2:00:00:" + last);
        }
        assertNull(judge(on, Frames.plain(BPDU + 0x10, Frames.HOST_A)));
    }

    @Test
    void shouldFilterSpanningTreeFramesWithoutFurtherEffect() {
        TestSwitch on = withPort(Bridge.with().bpduFilter().done());

        for (long destination : new long[] {BPDU, BPDU + 8, PVST}) {
            assertEquals(DropReason.BPDU_FILTERED, judge(on, Frames.plain(destination, Frames.HOST_A)));
        }
        assertFalse(on.blocks.blocked(0, on.nowNs));
        assertEquals(List.of(), on.events);
    }

    @Test
    void shouldTreatPvstAsOrdinaryMulticastWhenNeitherFilteredNorGuarded() {
        TestSwitch on = withPort(BridgeSettings.DEFAULT);

        assertNull(judge(on, Frames.plain(PVST, Frames.HOST_A)));
    }

    @Test
    void shouldShutThePortAndTheRestOfTheBatchWhenGuardSeesABpdu() {
        for (long destination : new long[] {BPDU, BPDU + 8, PVST}) {
            TestSwitch on = withPort(Bridge.with().bpduGuard().done());
            byte[] ordinary = Frames.plain(Frames.HOST_B, Frames.HOST_A);

            on.receive(0, ordinary, Frames.plain(destination, Frames.HOST_A), ordinary);
            stage(on).process(on.batch);

            assertNull(on.dropReason(0));
            assertEquals(DropReason.BPDU_GUARD, on.dropReason(1));
            assertEquals(DropReason.PORT_BLOCKED, on.dropReason(2));
            assertTrue(on.blocks.blocked(0, on.nowNs));
            assertEquals(List.of("BPDU_GUARD p0"), on.events);
        }
    }

    @Test
    void shouldRecoverWhenTheTimeIsOver() {
        TestSwitch on = withPort(Bridge.with().bpduGuard().done());
        judge(on, Frames.plain(BPDU, Frames.HOST_A));

        on.nowNs += RECOVERY_NS - 1;
        @Nullable DropReason before = judge(on, Frames.plain(Frames.HOST_B, Frames.HOST_A));
        on.nowNs += 1;
        @Nullable DropReason after = judge(on, Frames.plain(Frames.HOST_B, Frames.HOST_A));

        assertEquals(DropReason.PORT_BLOCKED, before);
        assertNull(after);
        assertEquals(List.of("BPDU_GUARD p0", "PORT_RECOVERED p0"), on.events);
    }

    @Test
    void shouldStayShutUntilAnOperatorClearsItWhenNoRecoveryTimeIsSet() {
        TestSwitch on = withPort(Bridge.with().bpduGuard().done(), 0, 0);
        judge(on, Frames.plain(BPDU, Frames.HOST_A));

        on.nowNs += 1_000_000 * TestSwitch.SECOND_NS;
        @Nullable DropReason before = judge(on, Frames.plain(Frames.HOST_B, Frames.HOST_A));
        on.blocks.clear(0);
        @Nullable DropReason after = judge(on, Frames.plain(Frames.HOST_B, Frames.HOST_A));

        assertEquals(DropReason.PORT_BLOCKED, before);
        assertNull(after);
    }

    @Test
    void shouldDeclareExactlyTheReasonsOfItsName() {
        StageReasons.assertComplete(stage(new TestSwitch()));
    }
}
