package io.weir.datapath.bridge;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PortSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class PortBlocksTest {
    private final PortBlocks blocks = new PortBlocks();

    @Test
    void shouldShutAPortUntilItsTime() {
        blocks.block(3, 100);

        assertTrue(blocks.blocked(3, 99));
        assertFalse(blocks.blocked(3, 100));
        assertFalse(blocks.blocked(4, 99));
        assertEquals(100, blocks.untilNs(3));
    }

    @Test
    void shouldRecoverOnceAndOnlyWhenTheTimeIsOver() {
        blocks.block(3, 100);

        assertFalse(blocks.recover(3, 99));
        assertTrue(blocks.recover(3, 100));
        assertFalse(blocks.recover(3, 101));
        assertEquals(0, blocks.untilNs(3));
    }

    @Test
    void shouldNeverRecoverByItselfWhatIsShutForEver() {
        blocks.block(3, PortBlocks.end(50, 0));

        assertFalse(blocks.recover(3, -1));
        assertTrue(blocks.blocked(3, Long.MAX_VALUE));
        assertTrue(blocks.clear(3));
        assertFalse(blocks.clear(3));
        assertFalse(blocks.blocked(3, 0));
    }

    @Test
    void shouldCompareTimesAcrossTheWrapOfTheClock() {
        long beforeTheWrap = Long.MAX_VALUE - 5;
        blocks.block(3, PortBlocks.end(beforeTheWrap, 10));

        assertTrue(blocks.blocked(3, beforeTheWrap));
        assertTrue(blocks.blocked(3, beforeTheWrap + 9));
        assertFalse(blocks.blocked(3, beforeTheWrap + 10));
    }

    @Test
    void shouldTakeShutPortsOutOfASet() {
        PortSet set = TestSwitch.set(1, 2, 3, 1023);
        blocks.block(2, 100);
        blocks.block(2, 200);
        blocks.block(1023, 100);
        blocks.block(5, 100);

        blocks.removeFrom(set, 100);
        assertEquals(TestSwitch.set(1, 3, 1023), set);
        blocks.clear(2);
        blocks.clear(5);
        blocks.clear(1023);
        PortSet all = TestSwitch.set(1, 2);
        blocks.removeFrom(all, 0);
        assertEquals(TestSwitch.set(1, 2), all);
    }
}
