package io.weir.identity.evaluate;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.policy.Limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

@Timeout(60)
class LimitChainsTest {
    private static final Limits[] LIMITS = IntStream.range(0, 1000)
            .mapToObj(number -> new Limits(number, 0, number, 0, 0, null))
            .toArray(Limits[]::new);

    private final LimitChains chains = new LimitChains();

    @Test
    void shouldNumberEachCombinationOnce() {
        int number = chains.number(LIMITS, 1, 2, 3, 4);

        assertEquals(number, chains.number(LIMITS, 1, 2, 3, 4));
        assertNotEquals(number, chains.number(LIMITS, 2, 1, 3, 4));
        assertEquals(0, chains.number(LIMITS, 0, 0, 0, 0));
        assertNull(chains.get(0));
        int scopes = 0;
        for (Limits limits = chains.get(number); limits != null; limits = limits.next()) {
            scopes = 10 * scopes + limits.scope();
        }
        assertEquals(1234, scopes);
    }

    @Test
    void shouldGoOnWhenMoreCombinationsAreSeenThanItHolds() {
        int oldest = chains.number(LIMITS, 1, 999, 1, 0);
        for (int i = 0; i < 3 * LimitChains.CAPACITY; i++) {
            int source = i % 1000;
            int number = chains.number(LIMITS, i / 1000 + 1, source, 0, 998);
            Limits head = chains.get(number);
            assertEquals(i / 1000 + 1, head == null ? 0 : head.scope());
        }

        assertNull(chains.get(oldest));
        int again = chains.number(LIMITS, 1, 999, 1, 0);
        assertNotEquals(oldest, again);
        assertNotNull(chains.get(again));
    }
}
