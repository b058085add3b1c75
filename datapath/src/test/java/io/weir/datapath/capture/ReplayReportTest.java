package io.weir.datapath.capture;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.capture.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(10)
class ReplayReportTest {
    private static final List<FrameOutcome> OUTCOMES = List.of(
            new FrameOutcome(1, "vm1", CaptureVerdict.FORWARDED, null, List.of("vm2", "vm3"), "A > B"),
            new FrameOutcome(2, "vm1", CaptureVerdict.DROPPED, DropReason.VLAN_NOT_ALLOWED, List.of(), "C > D"),
            new FrameOutcome(3, "vm2", CaptureVerdict.CONSUMED, null, List.of(), "E > F"),
            new FrameOutcome(4, "vm2", CaptureVerdict.DROPPED, DropReason.VLAN_NOT_ALLOWED, List.of(), "G > H"),
            new FrameOutcome(5, "vm2", CaptureVerdict.FORWARDED, null, List.of("vm3"), "I > J"));

    @Test
    void shouldSumUpSoThatEveryFrameIsAccountedFor() {
        ReplayReport report = ReplayReport.of(OUTCOMES);

        assertEquals(5, report.frames());
        assertEquals(2, report.forwarded());
        assertEquals(1, report.consumed());
        assertEquals(Map.of(DropReason.VLAN_NOT_ALLOWED, 2L), report.drops());
        assertEquals(Map.of("vm2", 1L, "vm3", 2L), report.sent());
        assertEquals(report.frames(), report.forwarded() + report.consumed() + report.dropped());
    }

    @Test
    void shouldPrintSumsWithStageAndReason() {
        assertEquals(
                """
                frames 5  forwarded 2  consumed 1  dropped 2
                  sent by vm2: 1
                  sent by vm3: 2
                  dropped in vlan-ingress, vlan-not-allowed: 2  (%s)
                """.formatted(DropReason.VLAN_NOT_ALLOWED.description()),
                ReplayReport.of(OUTCOMES).text());
    }

    @Test
    void shouldPrintOneLineAFrame() {
        List<String> lines = OUTCOMES.stream().map(FrameOutcome::text).toList();

        assertEquals("1 vm1 FORWARDED -> vm2,vm3  A > B", lines.get(0));
        assertEquals("2 vm1 vlan-ingress DROPPED vlan-not-allowed  C > D", lines.get(1));
        assertEquals("3 vm2 CONSUMED  E > F", lines.get(2));
    }

    @Test
    void shouldRefuseDropWithoutReason() {
        assertRefused(
                IllegalArgumentException.class,
                () -> new FrameOutcome(1, "vm1", CaptureVerdict.DROPPED, null, List.of(), ""),
                "if and only if");
    }
}
