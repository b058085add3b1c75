package io.weir.perf.firewall;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.perf.firewall.ApplyLatency.Outcome;
import io.weir.perf.firewall.ApplyLatency.Scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ApplyLatencyTest {
    @Test
    void shouldLoseAndMixNothingWhenAFewComponentsChange() throws Exception {
        Outcome outcome = new ApplyLatency(new Scale(100, 3, 10, 20, 2)).measure();

        assertEquals(20, outcome.ns().length);
        assertTrue(outcome.percentileMs(1) > 0);
        assertTrue(outcome.percentileMs(1) <= outcome.percentileMs(100));
        assertEquals(0, outcome.lost());
        assertEquals(0, outcome.mixed());
        assertTrue(outcome.packets() > 0);
    }
}
