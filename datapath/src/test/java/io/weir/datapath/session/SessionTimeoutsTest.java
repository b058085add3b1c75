package io.weir.datapath.session;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SessionTimeoutsTest {
    @Test
    void shouldNameTheTimeoutWhenItIsImpossible() {
        for (int ms : new int[] {0, -1, SessionTimeouts.MAX_MS + 1}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> SessionTimeouts.DEFAULT.withEstablishedMs(ms));

            assertEquals("establishedMs must be 1 to 864000000 (ten days): was " + ms, refused.getMessage());
        }
    }

    @Test
    void shouldHaveATimeoutForEveryState() {
        int[] byState = SessionTimeouts.DEFAULT.withEstablishedMs(9_000).byState();

        assertEquals(9_000, byState[SessionState.ESTABLISHED]);
        for (int state = 1; state < SessionState.STATES; state++) {
            assertTrue(byState[state] > 0, SessionState.name(state));
        }
    }
}
