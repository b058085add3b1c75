package io.weir.ipsec.sa;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.SaSettings.Direction;

import static io.weir.ipsec.sa.SaFixture.NOW_NS;
import static io.weir.ipsec.sa.SaFixture.key;
import static io.weir.ipsec.sa.SaFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** When an SA ends, and that it says so before. */
class SaLimitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long LAST = 0xFFFF_FFFFL;

    private final SaStateFile state = SaStateFile.inMemory(() -> 1_000);
    private final Sad sad = new Sad(CryptoLibrary.best(), state);

    @AfterEach
    void close() {
        sad.close();
        state.close();
    }

    private OutboundSa outbound(Lifetime lifetime, boolean esn) {
        sad.add(settings(Direction.OUTBOUND, 1000, 2, key(1), esn, lifetime), NOW_NS);
        OutboundSa sa = sad.current().outbound(2);
        if (sa == null) {
            throw new AssertionError("added");
        }
        return sa;
    }

    private SaStatus.Expiry expiry(long nowNs) {
        return sad.status(nowNs).getFirst().expiry();
    }

    @Test
    void shouldEndWithItsSeconds() {
        OutboundSa sa = outbound(new Lifetime(10, 0, 0), true);

        assertEquals(SaStatus.Expiry.NONE, expiry(NOW_NS + 9 * SECOND - 1));
        assertEquals(SaStatus.Expiry.SOFT, expiry(NOW_NS + 9 * SECOND));
        assertEquals(1, sa.next(100, NOW_NS + 10 * SECOND - 1));
        assertEquals(0, sa.next(100, NOW_NS + 10 * SECOND));
        assertEquals(SaStatus.Expiry.HARD, expiry(NOW_NS + 10 * SECOND));
    }

    @Test
    void shouldEndWithItsBytes() {
        OutboundSa sa = outbound(new Lifetime(0, 1000, 0), true);

        assertEquals(1, sa.next(899, NOW_NS));
        assertEquals(SaStatus.Expiry.NONE, expiry(NOW_NS));
        assertEquals(2, sa.next(1, NOW_NS));
        assertEquals(SaStatus.Expiry.SOFT, expiry(NOW_NS));
        assertEquals(0, sa.next(101, NOW_NS));
        assertEquals(3, sa.next(100, NOW_NS));
        assertEquals(SaStatus.Expiry.HARD, expiry(NOW_NS));
        assertEquals(0, sa.next(1, NOW_NS));
    }

    @Test
    void shouldEndWithItsPackets() {
        OutboundSa sa = outbound(new Lifetime(0, 0, 10), true);

        for (int i = 1; i <= 10; i++) {
            assertEquals(i < 10 ? SaStatus.Expiry.NONE : SaStatus.Expiry.SOFT, expiry(NOW_NS), "before " + i);
            assertEquals(i, sa.next(100, NOW_NS));
        }
        assertEquals(0, sa.next(100, NOW_NS));
        assertEquals(SaStatus.Expiry.HARD, expiry(NOW_NS));
    }

    @Test
    void shouldNeverSendMoreThanAPlainSequenceNumberCounts() {
        SaSettings settings = settings(Direction.OUTBOUND, 1000, 2, key(1), false, Lifetime.UNLIMITED);
        state.slot(settings).giveBack(LAST - 5);
        sad.add(settings, NOW_NS);
        OutboundSa sa = sad.current().outbound(2);
        if (sa == null) {
            throw new AssertionError("added");
        }

        for (long sequence = LAST - 4; sequence <= LAST; sequence++) {
            assertEquals(sequence, sa.next(100, NOW_NS));
        }
        assertEquals(0, sa.next(100, NOW_NS));
        assertEquals(0, sad.maintain());
        assertEquals(0, sa.next(100, NOW_NS));
        assertEquals(SaStatus.Expiry.HARD, expiry(NOW_NS));
    }

    @Test
    void shouldGoOnBeyondItWithExtendedNumbers() {
        SaSettings settings = settings(Direction.OUTBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED);
        state.slot(settings).giveBack(LAST - 1);
        sad.add(settings, NOW_NS);
        OutboundSa sa = sad.current().outbound(2);
        if (sa == null) {
            throw new AssertionError("added");
        }

        assertEquals(LAST, sa.next(100, NOW_NS));
        assertEquals(LAST + 1, sa.next(100, NOW_NS));
        assertNotEquals(SaStatus.Expiry.HARD, expiry(NOW_NS));
    }

    @Test
    void shouldStopWhereTheReserveEndsUntilMoreIsReserved() {
        OutboundSa sa = outbound(Lifetime.UNLIMITED, true);
        for (long sequence = 1; sequence <= SaStateFile.BLOCK; sequence++) {
            assertEquals(sequence, sa.next(1, NOW_NS));
        }

        assertEquals(0, sa.next(1, NOW_NS));
        assertEquals(0, sad.maintain());
        assertEquals(SaStateFile.BLOCK + 1, sa.next(1, NOW_NS));
    }

    @Test
    void shouldRefuseInboundPacketsOfAnEndedLifetime() {
        sad.add(settings(Direction.INBOUND, 1000, 2, key(1), true, new Lifetime(10, 0, 2)), NOW_NS);
        InboundSa sa = sad.current().inbound(1000);
        if (sa == null) {
            throw new AssertionError("added");
        }

        assertEquals(DropReason.ESP_SA_EXPIRED.code(), sa.check(1, 100, NOW_NS + 10 * SECOND));
        for (int sequence = 1; sequence <= 2; sequence++) {
            assertEquals(0, sa.check(sequence, 100, NOW_NS));
            sa.accept(sequence, 100, NOW_NS);
        }
        assertEquals(DropReason.ESP_SA_EXPIRED.code(), sa.check(3, 100, NOW_NS));
    }
}
