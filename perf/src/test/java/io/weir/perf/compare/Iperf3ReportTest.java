package io.weir.perf.compare;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class Iperf3ReportTest {
    /** end.sum_received.bits_per_second of the recording. */
    private static final double RECEIVED_BPS = 16758133332.800156;

    @Test
    void shouldReadWhatTheReceiverGotWhenTheTestEnded() {
        Iperf3Report report = Iperf3Report.parse(Recorded.text("iperf3-tcp.json"));

        assertEquals(RECEIVED_BPS, report.receivedBps(), 1.0);
    }

    @Test
    void shouldSayTheToolsOwnWordsWhenItFailed() {
        String refused = Recorded.text("iperf3-refused.json");

        BenchException thrown = assertThrows(BenchException.class, () -> Iperf3Report.parse(refused));

        assertTrue(thrown.reason().contains("Connection refused"), thrown.reason());
    }

    @Test
    void shouldRefuseWhenTheOutputIsNoJson() {
        BenchException thrown =
                assertThrows(BenchException.class, () -> Iperf3Report.parse("iperf3: error - out of ports"));

        assertTrue(thrown.reason().contains("out of ports"), thrown.reason());
    }

    @Test
    void shouldRefuseWhenTheSumIsMissing() {
        assertThrows(BenchException.class, () -> Iperf3Report.parse("{\"end\": {}}"));
        assertThrows(BenchException.class, () -> Iperf3Report.parse(""));
    }
}
