package io.weir.perf.compare;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PingReportTest {
    @Test
    void shouldReadEveryRoundTripWhenAllWereAnswered() {
        PingReport report = PingReport.parse(Recorded.text("ping.txt"), 0);

        assertEquals(60, report.roundTripsUs().values().size());
    }

    @Test
    void shouldLeaveOutTheWarmUpWhenAskedTo() {
        PingReport report = PingReport.parse(Recorded.text("ping.txt"), 10);

        assertEquals(50, report.roundTripsUs().values().size());
        assertEquals(3.0, report.medianUs(), 1e-6);
        assertEquals(5.0, report.p99Us(), 1e-6);
    }

    @Test
    void shouldSayHowManyRepliesThereWereWhenTheyAreTooFew() {
        String recorded = Recorded.text("ping.txt");

        BenchException thrown = assertThrows(BenchException.class, () -> PingReport.parse(recorded, 60));

        assertTrue(thrown.reason().contains("60 replies"), thrown.reason());
    }

    @Test
    void shouldFailWhenNothingAnswered() {
        String recorded = Recorded.text("ping-lost.txt");

        BenchException thrown = assertThrows(BenchException.class, () -> PingReport.parse(recorded, 0));

        assertTrue(thrown.reason().contains("0 replies"), thrown.reason());
    }
}
