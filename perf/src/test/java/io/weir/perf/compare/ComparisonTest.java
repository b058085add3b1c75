package io.weir.perf.compare;

import org.junit.jupiter.api.Test;

import io.weir.perf.compare.Comparison.Outcome;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ComparisonTest {
    private static final Bar FASTER = Bar.against("tcp-tap", "tap", Metric.TCP_STREAM, "weir", "peer", 1.2);
    private static final Bar LOWER = Bar.against("ping", "tap", Metric.PING_MEDIAN, "weir", "peer", 0.5);

    private final Results results = new Results();

    @Test
    void shouldCompareMediansWhenBothRanSeveralRounds() {
        measured("weir", Metric.TCP_STREAM, 12, 11, 1);
        measured("peer", Metric.TCP_STREAM, 10, 5, 10);

        Comparison comparison = Comparison.of(FASTER, results);

        assertEquals(1.1, comparison.figure().orElseThrow(), 1e-9);
        assertEquals(Outcome.SHORT, comparison.outcome());
    }

    @Test
    void shouldPassWhenTheRatioIsExactlyTheBar() {
        measured("weir", Metric.TCP_STREAM, 12);
        measured("peer", Metric.TCP_STREAM, 10);

        assertEquals(Outcome.PASS, Comparison.of(FASTER, results).outcome());
    }

    @Test
    void shouldPassBelowTheBarWhenLessIsBetter() {
        measured("weir", Metric.PING_MEDIAN, 49);
        measured("peer", Metric.PING_MEDIAN, 100);

        assertEquals(Outcome.PASS, Comparison.of(LOWER, results).outcome());
    }

    @Test
    void shouldFallShortAboveTheBarWhenLessIsBetter() {
        measured("weir", Metric.PING_MEDIAN, 51);
        measured("peer", Metric.PING_MEDIAN, 100);

        assertEquals(Outcome.SHORT, Comparison.of(LOWER, results).outcome());
    }

    @Test
    void shouldCompareWithTheValueWhenThereIsNoPeer() {
        Bar bar = Bar.fixed("flood-xdp", "veth", Metric.FLOOD, "weir", 0.9);
        measured("weir", Metric.FLOOD, 0.91);

        Comparison comparison = Comparison.of(bar, results);

        assertEquals(0.91, comparison.figure().orElseThrow());
        assertEquals(Outcome.PASS, comparison.outcome());
    }

    @Test
    void shouldSayWhyWhenThePeerDidNotStart() {
        measured("weir", Metric.TCP_STREAM, 12);
        results.failToStart("peer", "ovs-vswitchd ended with 1: no such schema");

        Comparison comparison = Comparison.of(FASTER, results);

        assertEquals(Outcome.FAILED, comparison.outcome());
        assertEquals("peer: ovs-vswitchd ended with 1: no such schema", comparison.reason());
    }

    @Test
    void shouldFailWhenAContenderBrokeDownInALaterRound() {
        measured("weir", Metric.TCP_STREAM, 12);
        measured("peer", Metric.TCP_STREAM, 1);
        results.fail("weir", "tcp-tap", "weir run ended with 134");

        assertEquals(Outcome.FAILED, Comparison.of(FASTER, results).outcome());
    }

    @Test
    void shouldFailWhenNothingWasMeasured() {
        Comparison comparison = Comparison.of(FASTER, results);

        assertEquals(Outcome.FAILED, comparison.outcome());
        assertEquals("not measured", comparison.reason());
    }

    @Test
    void shouldKeepTheFigureWhenAnotherMeasureBrokeDown() {
        measured("weir", Metric.TCP_STREAM, 12);
        measured("peer", Metric.TCP_STREAM, 10);
        results.fail("weir", "allocation", "no worker thread");

        assertEquals(Outcome.PASS, Comparison.of(FASTER, results).outcome());
    }

    @Test
    void shouldOnlyInformWhenThereIsNoBar() {
        Bar bar = Bar.information("ping", "tap", Metric.PING_P99, "weir", "peer");
        measured("weir", Metric.PING_P99, 500);
        measured("peer", Metric.PING_P99, 1);

        assertEquals(Outcome.INFO, Comparison.of(bar, results).outcome());
    }

    @Test
    void shouldKeepTheFirstReasonWhenAContenderFailsTwice() {
        results.fail("peer", "tcp-tap", "first");
        results.fail("peer", "tcp-tap", "second");

        assertTrue(Comparison.of(FASTER, results).reason().endsWith("first"));
    }

    private void measured(String contender, Metric metric, double... values) {
        for (double value : values) {
            results.add(contender, metric, value);
        }
    }
}
