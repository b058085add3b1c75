package io.weir.perf.firewall;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.perf.firewall.DenyRate.Outcome;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class DenyRateTest {
    @Test
    void shouldAccountForEveryPacketWhenAllAreDenied() throws Exception {
        Outcome outcome = new DenyRate().measure(50_000_000, 200_000_000);

        assertEquals(0, outcome.unaccounted());
        assertTrue(outcome.rate() > 0);
        assertTrue(outcome.ownRate() > 0);
    }
}
