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

/** Modelled on the kernel's selftests bridge_sticky_fdb, bridge_fdb_learning_limit and the static entries of bridge_locked_port. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class LearnStageTest {
    private static final int VLAN = 10;
    private static final VlanSettings ACCESS = VlanSettings.access(VLAN);

    private static TestSwitch with(BridgeSettings first, BridgeSettings second) {
        return new TestSwitch().port(ACCESS, first).port(ACCESS, second);
    }

    private static LearnStage stage(TestSwitch on) {
        return new LearnStage(on.ports, on.macs, on.blocks, on, on.settings);
    }

    private static @Nullable DropReason from(TestSwitch on, LearnStage stage, int port, long mac) {
        on.receiveIn(VLAN, port, Frames.plain(Frames.BROADCAST, mac));
        return on.process(stage);
    }

    private static int where(TestSwitch on, long mac) {
        return on.macs.lookup(VLAN, mac, on.nowNs);
    }

    @Test
    void shouldLearnAndFollowAnAddress() {
        TestSwitch on = with(BridgeSettings.DEFAULT, BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);

        assertNull(from(on, stage, 0, Frames.HOST_A));
        int first = where(on, Frames.HOST_A);
        assertNull(from(on, stage, 1, Frames.HOST_A));
        int second = where(on, Frames.HOST_A);

        assertEquals(0, first);
        assertEquals(1, second);
        assertEquals(1, on.macs.moves());
        assertEquals(0, on.macs.count(0));
        assertEquals(1, on.macs.count(1));
    }

    @Test
    void shouldLearnEachVlanApart() {
        TestSwitch on = with(BridgeSettings.DEFAULT, BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);

        on.receiveIn(10, 0, Frames.plain(Frames.BROADCAST, Frames.HOST_A));
        stage.process(on.batch);
        on.receiveIn(20, 1, Frames.plain(Frames.BROADCAST, Frames.HOST_A));
        stage.process(on.batch);

        assertEquals(0, on.macs.lookup(10, Frames.HOST_A, on.nowNs));
        assertEquals(1, on.macs.lookup(20, Frames.HOST_A, on.nowNs));
    }

    @Test
    void shouldNotLearnFromFramesAlreadyDropped() {
        TestSwitch on = with(BridgeSettings.DEFAULT, BridgeSettings.DEFAULT);
        on.receiveIn(VLAN, 0, Frames.plain(Frames.BROADCAST, Frames.HOST_A));
        on.batch.drop(0, DropReason.VLAN_NOT_ALLOWED.code());

        stage(on).process(on.batch);

        assertEquals(-1, where(on, Frames.HOST_A));
    }

    @Test
    void shouldNotLearnFromFramesThatThePortHasMadeItself() {
        TestSwitch on = with(Bridge.with().macLimit(1).done(), BridgeSettings.DEFAULT);
        assertNull(from(on, stage(on), 0, Frames.HOST_A));
        on.receiveIn(VLAN, 0, Frames.plain(Frames.BROADCAST, Frames.HOST_B));
        on.batch.markFromSwitch(0);

        assertNull(on.process(stage(on)));

        assertEquals(-1, where(on, Frames.HOST_B));
    }

    @Test
    void shouldPassButNotLearnWhenLearningIsOff() {
        TestSwitch on = with(Bridge.with().noLearning().done(), BridgeSettings.DEFAULT);

        assertNull(from(on, stage(on), 0, Frames.HOST_A));
        assertEquals(-1, where(on, Frames.HOST_A));
    }

    @Test
    void shouldKeepAStickyAddressOnItsPortUntilFlushed() {
        TestSwitch on = with(Bridge.with().sticky().done(), BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);
        from(on, stage, 0, Frames.HOST_A);
        on.nowNs += 10 * on.settings.ageingNs();

        @Nullable DropReason violation = from(on, stage, 1, Frames.HOST_A);
        int kept = where(on, Frames.HOST_A);
        on.macs.flushPort(0);
        @Nullable DropReason afterFlush = from(on, stage, 1, Frames.HOST_A);

        assertEquals(DropReason.MAC_STICKY_VIOLATION, violation);
        assertEquals(0, kept);
        assertNull(afterFlush);
        assertEquals(1, where(on, Frames.HOST_A));
        assertEquals(List.of("MAC_VIOLATION p1 from p0"), on.events);
    }

    @Test
    void shouldRefuseAnAddressThatIsStaticElsewhereEvenWithoutLearning() {
        TestSwitch on = with(BridgeSettings.DEFAULT, Bridge.with().noLearning().done());
        LearnStage stage = stage(on);
        on.macs.bind(VLAN, Frames.HOST_A, 0, on.nowNs);

        assertNull(from(on, stage, 0, Frames.HOST_A));
        assertEquals(DropReason.MAC_STICKY_VIOLATION, from(on, stage, 1, Frames.HOST_A));
        assertEquals(0, where(on, Frames.HOST_A));
    }

    @Test
    void shouldReportViolationsOnceASecondAPort() {
        TestSwitch on = with(BridgeSettings.DEFAULT, BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);
        on.macs.bind(VLAN, Frames.HOST_A, 0, on.nowNs);

        for (int i = 0; i < 100; i++) {
            assertEquals(DropReason.MAC_STICKY_VIOLATION, from(on, stage, 1, Frames.HOST_A));
        }
        int withinOneSecond = on.events.size();
        on.nowNs += TestSwitch.SECOND_NS;
        from(on, stage, 1, Frames.HOST_A);

        assertEquals(1, withinOneSecond);
        assertEquals(2, on.events.size());
    }

    @Test
    void shouldRefuseFurtherSendersAtTheLimitAndReportItOnce() {
        TestSwitch on = with(Bridge.with().macLimit(2).done(), BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);
        from(on, stage, 0, Frames.HOST_A);
        from(on, stage, 0, Frames.HOST_B);

        assertEquals(DropReason.MAC_LIMIT_EXCEEDED, from(on, stage, 0, Frames.HOST_C));
        assertEquals(DropReason.MAC_LIMIT_EXCEEDED, from(on, stage, 0, Frames.HOST_C));
        assertNull(from(on, stage, 0, Frames.HOST_A));
        assertEquals(List.of("MAC_LIMIT p0"), on.events);
    }

    @Test
    void shouldNotCountStaticAddressesAgainstTheLimit() {
        TestSwitch on = with(Bridge.with().macLimit(1).done(), BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);
        on.macs.bind(VLAN, Frames.HOST_A, 0, on.nowNs);
        on.macs.bind(VLAN, Frames.HOST_B, 0, on.nowNs);

        assertNull(from(on, stage, 0, Frames.HOST_A));
        assertNull(from(on, stage, 0, Frames.HOST_C));
        assertEquals(1, on.macs.count(0));
    }

    @Test
    void shouldHaveRoomAgainWhenAddressesAgedOut() {
        TestSwitch on = with(Bridge.with().macLimit(1).done(), BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);
        from(on, stage, 0, Frames.HOST_A);
        @Nullable DropReason full = from(on, stage, 0, Frames.HOST_B);

        on.nowNs += on.settings.ageingNs() + 1;
        on.macs.sweep(on.nowNs, 4 * on.macs.capacity());

        assertEquals(DropReason.MAC_LIMIT_EXCEEDED, full);
        assertNull(from(on, stage, 0, Frames.HOST_B));
    }

    @Test
    void shouldNotMoveAnAddressToAPortAtItsLimit() {
        TestSwitch on = with(BridgeSettings.DEFAULT, Bridge.with().macLimit(1).done());
        LearnStage stage = stage(on);
        from(on, stage, 0, Frames.HOST_A);
        from(on, stage, 1, Frames.HOST_B);

        assertEquals(DropReason.MAC_LIMIT_EXCEEDED, from(on, stage, 1, Frames.HOST_A));
        assertEquals(0, where(on, Frames.HOST_A));
    }

    @Test
    void shouldShutTheLaterPortWhenAnAddressMovesTooOften() {
        for (int limit = 7; limit <= 8; limit++) {
            shutsTheLaterPort(limit);
        }
    }

    /** The later port moves first, so it makes the odd moves and the owner the even ones. */
    private static void shutsTheLaterPort(int limit) {
        TestSwitch on = flapLimited(limit);
        LearnStage stage = stage(on);
        int refused = limit % 2 == 1 ? limit : limit + 1;
        from(on, stage, 0, Frames.HOST_A);
        for (int move = 1; move < refused; move++) {
            assertNull(from(on, stage, move % 2, Frames.HOST_A), "move " + move);
        }

        @Nullable DropReason atLimit = from(on, stage, 1, Frames.HOST_A);

        assertEquals(DropReason.MAC_FLAPPING, atLimit);
        assertEquals(0, where(on, Frames.HOST_A));
        assertTrue(on.blocks.blocked(1, on.nowNs));
        assertFalse(on.blocks.blocked(0, on.nowNs));
        assertEquals(List.of("LOOP_DETECTED p1 from p0"), on.events);
        assertFalse(on.blocks.blocked(1, on.nowNs + on.settings.recoveryNs()));
    }

    private static TestSwitch flapLimited(int movesPerSecond) {
        SwitchSettings base = SwitchSettings.DEFAULT;
        SwitchSettings settings = new SwitchSettings(
                1, base.idle(), null, 64, base.ageingNs(), true, 0, base.recoveryNs(), movesPerSecond, List.of());
        return new TestSwitch(settings).port(ACCESS, BridgeSettings.DEFAULT).port(ACCESS, BridgeSettings.DEFAULT);
    }

    @Test
    void shouldNotTakeAForgerForTheOwnerWhenItPausesForASecond() {
        TestSwitch on = flapLimited(2);
        LearnStage stage = stage(on);
        from(on, stage, 0, Frames.HOST_A);
        from(on, stage, 1, Frames.HOST_A);
        on.nowNs += 2 * TestSwitch.SECOND_NS;

        for (int move = 0; move < 6; move++) {
            from(on, stage, move % 2, Frames.HOST_A);
        }

        assertFalse(on.blocks.blocked(0, on.nowNs));
        assertTrue(on.blocks.blocked(1, on.nowNs));
        assertEquals(0, where(on, Frames.HOST_A));
    }

    @Test
    void shouldNeverShutAPortForMovesWhenTheLimitIsZero() {
        TestSwitch on = flapLimited(0);
        LearnStage stage = stage(on);

        for (int move = 0; move < 100; move++) {
            assertNull(from(on, stage, move % 2, Frames.HOST_A), "move " + move);
        }

        assertEquals(List.of(), on.events);
    }

    @Test
    void shouldAllowMovesThatAreSpreadOverTime() {
        TestSwitch on = with(BridgeSettings.DEFAULT, BridgeSettings.DEFAULT);
        LearnStage stage = stage(on);

        for (int move = 0; move < 100; move++) {
            on.nowNs += TestSwitch.SECOND_NS / 4;
            assertNull(from(on, stage, move % 2, Frames.HOST_A));
        }
        assertEquals(99, on.macs.moves());
    }

    @Test
    void shouldDeclareExactlyTheReasonsOfItsName() {
        StageReasons.assertComplete(stage(new TestSwitch()));
    }
}
