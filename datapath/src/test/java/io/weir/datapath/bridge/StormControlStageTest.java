package io.weir.datapath.bridge;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.bridge.TestSwitch.Bridge;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.BridgeSettings.StormLimits;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class StormControlStageTest {
    private static final long GROUP = 0x0100_5E01_0203L;
    private static final StormLimits LIMITS = new StormLimits(100, 50, 5);

    private final TestSwitch on = new TestSwitch()
            .port(VlanSettings.access(1), Bridge.with().storm(LIMITS).done())
            .ports(1);
    private final StormControlStage stage = new StormControlStage(on.ports, on);

    /** Sends flooded frames in batches; returns how many passed. */
    private int flood(int port, long destination, int frames) {
        int passed = 0;
        for (int sent = 0; sent < frames; sent++) {
            on.receiveIn(1, port, Frames.plain(destination, Frames.HOST_A));
            on.batch.egressPort(0, PacketBatch.EGRESS_SET);
            stage.process(on.batch);
            passed += on.batch.forwarded(0) ? 1 : 0;
        }
        return passed;
    }

    @Test
    void shouldPassABurstOfATenthOfASecondAndNoMore() {
        assertEquals(10, flood(0, Frames.BROADCAST, 30));
        assertEquals(DropReason.STORM_BROADCAST, on.dropReason(0));
        assertEquals(5, flood(0, GROUP, 30));
        assertEquals(DropReason.STORM_MULTICAST, on.dropReason(0));
        assertEquals(1, flood(0, Frames.HOST_B, 30));
        assertEquals(DropReason.STORM_UNKNOWN_UNICAST, on.dropReason(0));
    }

    @Test
    void shouldPassTheConfiguredRateOverTime() {
        flood(0, Frames.BROADCAST, 30);
        int passed = 0;
        for (int millisecond = 0; millisecond < 10_000; millisecond++) {
            on.nowNs += TestSwitch.SECOND_NS / 1000;
            passed += flood(0, Frames.BROADCAST, 1);
        }

        assertEquals(1000, passed);
    }

    @Test
    void shouldNotSaveUpMoreThanOneBurst() {
        flood(0, Frames.BROADCAST, 30);
        on.nowNs += 3600 * TestSwitch.SECOND_NS;

        assertEquals(10, flood(0, Frames.BROADCAST, 30));
    }

    @Test
    void shouldLeaveKnownUnicastAndOtherPortsAlone() {
        for (int i = 0; i < 30; i++) {
            on.receiveIn(1, 0, Frames.plain(Frames.HOST_B, Frames.HOST_A));
            on.batch.egressPort(0, 1);
            assertEquals(null, on.process(stage));
        }
        assertEquals(30, flood(1, Frames.BROADCAST, 30));
    }

    @Test
    void shouldReportBeginAndEndOnce() {
        flood(0, Frames.BROADCAST, 30);
        flood(0, GROUP, 30);
        List<String> during = List.copyOf(on.events);
        on.nowNs += TestSwitch.SECOND_NS - 1;
        stage.endStorms(on.nowNs);
        List<String> justBefore = List.copyOf(on.events);
        on.nowNs += 1;
        stage.endStorms(on.nowNs);
        stage.endStorms(on.nowNs);

        assertEquals(List.of("STORM_BEGAN p0"), during);
        assertEquals(during, justBefore);
        assertEquals(List.of("STORM_BEGAN p0", "STORM_ENDED p0"), on.events);
    }

    @Test
    void shouldStayExactAtTheHighestRate() {
        TokenBuckets buckets = new TokenBuckets(1);
        int highest = Integer.MAX_VALUE;
        buckets.take(0, highest, 0);

        for (long nowNs = 0; nowNs < 2_000_000_000L; nowNs += 999_999_999L) {
            assertEquals(true, buckets.take(0, highest, nowNs));
        }
    }

    @Test
    void shouldDeclareExactlyTheReasonsOfItsName() {
        StageReasons.assertComplete(stage);
    }
}
