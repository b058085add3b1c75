package io.weir.datapath.port;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

class FormerStateTest {
    private static final FormerState OTHER = new FormerState(false, false, 0, 0, 68);

    @Property(tries = 200, seed = "1")
    void shouldSurviveTheWayThroughANote(
            @ForAll boolean up,
            @ForAll boolean arp,
            @ForAll @IntRange(min = -1, max = 4) int mode,
            @ForAll @IntRange(min = -1, max = 1) int disableIpv6,
            @ForAll @IntRange(max = 65_535) int mtu) {
        FormerState state = new FormerState(up, arp, mode, disableIpv6, mtu);

        assertEquals(state, FormerState.ofNote(state.note(), OTHER));
        assertNotEquals(0, state.note());
    }

    @Property(tries = 50, seed = "2")
    void shouldTakeTheOtherWhenThereIsNoNote(@ForAll @IntRange int notANote) {
        assertSame(OTHER, FormerState.ofNote(notANote, OTHER));
    }
}
