package io.weir.ipsec.sa;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.crypto.AeadAlgorithm;
import io.weir.crypto.AeadOpener;
import io.weir.crypto.AeadSealer;
import io.weir.crypto.CryptoLibrary;
import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.SaSettings.Direction;

import static io.weir.ipsec.sa.SaFixture.NOW_NS;
import static io.weir.ipsec.sa.SaFixture.inbound;
import static io.weir.ipsec.sa.SaFixture.key;
import static io.weir.ipsec.sa.SaFixture.outbound;
import static io.weir.ipsec.sa.SaFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class SadTest {
    private final List<String> closed = new ArrayList<>();
    private final SaStateFile state = SaStateFile.inMemory(() -> 1_000);
    private final Sad sad = new Sad(new Watched(closed), state);

    /** Tells which contexts were closed. */
    private record Watched(List<String> closed) implements CryptoLibrary {
        @Override
        public String name() {
            return "watched";
        }

        @Override
        public boolean offHeap() {
            return true;
        }

        @Override
        public AeadSealer sealer(AeadAlgorithm algorithm, byte[] material) {
            return new AeadSealer() {
                @Override
                public int iv(long counter, long iv) {
                    return 0;
                }

                @Override
                public int seal(long iv, long aad, int aadLength, long text, int length, long out) {
                    return 0;
                }

                @Override
                public void close() {
                    closed.add("sealer");
                }
            };
        }

        @Override
        public AeadOpener opener(AeadAlgorithm algorithm, byte[] material) {
            return new AeadOpener() {
                @Override
                public int open(long iv, long aad, int aadLength, long text, int length, long out) {
                    return 0;
                }

                @Override
                public void close() {
                    closed.add("opener");
                }
            };
        }
    }

    @AfterEach
    void close() {
        sad.close();
        state.close();
    }

    @Test
    void shouldFindEveryInboundSaByItsSpiAndNoOther() {
        List<SaSettings> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(inbound(256 + i * 0x10001, i));
        }
        sad.change(many, List.of(), NOW_NS);

        for (SaSettings settings : many) {
            assertEquals(settings.level(), inboundLevel(settings.spi()));
            assertNull(sad.current().inbound(settings.spi() + 1));
        }
        assertNull(sad.current().inbound(0));
    }

    private int inboundLevel(int spi) {
        InboundSa sa = sad.current().inbound(spi);
        return sa == null ? -1 : sa.level();
    }

    @Test
    void shouldGiveEachLevelItsNewestOutboundSa() {
        for (int level = 0; level < 300; level++) {
            sad.add(outbound(1000 + level, level * 64), NOW_NS);
        }
        sad.add(outbound(5000, 64), NOW_NS);

        assertEquals(1000, outboundSpi(0));
        assertEquals(5000, outboundSpi(64));
        assertEquals(1002, outboundSpi(128));
        assertEquals(-1, outboundSpi(1));

        sad.remove(Direction.OUTBOUND, 5000, NOW_NS);
        assertEquals(1001, outboundSpi(64), "the older one is still there");
    }

    private int outboundSpi(int level) {
        OutboundSa sa = sad.current().outbound(level);
        return sa == null ? -1 : sa.spi();
    }

    @Test
    void shouldKeepSeveralInboundSasOfALevelForRekeying() {
        sad.add(inbound(1000, 2), NOW_NS);
        sad.add(inbound(1001, 2), NOW_NS);

        assertEquals(2, inboundLevel(1000));
        assertEquals(2, inboundLevel(1001));
    }

    @Test
    void shouldWipeWhatWasRemovedOnlyWhenTheWorkerHasLookedAgain() {
        sad.add(inbound(1000, 2), NOW_NS);
        sad.add(outbound(1000, 2), NOW_NS);
        sad.current();

        sad.remove(Direction.INBOUND, 1000, NOW_NS);
        sad.maintain();
        assertEquals(List.of(), closed, "the worker may still use it");

        sad.remove(Direction.OUTBOUND, 1000, NOW_NS);
        sad.current();
        sad.maintain();
        assertEquals(List.of("opener", "sealer"), closed);
        sad.maintain();
        assertEquals(2, closed.size(), "once");
    }

    @Test
    void shouldWipeWhatWasRemovedWhileNoWorkerLooks() {
        sad.add(inbound(1000, 2), NOW_NS);
        sad.current();
        sad.remove(Direction.INBOUND, 1000, NOW_NS);

        sad.unattended();
        sad.maintain();

        assertEquals(List.of("opener"), closed);
    }

    @Test
    void shouldWipeEverythingWhenItIsClosed() {
        sad.add(inbound(1000, 2), NOW_NS);
        sad.add(outbound(1000, 2), NOW_NS);
        sad.current();
        sad.remove(Direction.INBOUND, 1000, NOW_NS);

        sad.close();

        assertEquals(List.of("opener", "sealer"), closed);
        assertNull(sad.current().outbound(2));
    }

    @Test
    void shouldRefuseTheSameSpiTwice() {
        sad.add(inbound(1000, 2), NOW_NS);

        assertRefused(
                "in SA 0x3e8: it exists already; take another SPI, or remove it",
                settings(Direction.INBOUND, 1000, 3, key(9), true, Lifetime.UNLIMITED));
    }

    @Test
    void shouldRefuseOneKeyForTwoSas() {
        sad.add(settings(Direction.INBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED), NOW_NS);

        assertRefused(
                "out SA 0x3e9: its key is that of in SA 0x3e8;"
                        + " give every SA a key of its own, since two that count alike would repeat IVs",
                settings(Direction.OUTBOUND, 1001, 2, key(1), true, Lifetime.UNLIMITED));
    }

    @Test
    void shouldRefuseAKeyThatAnotherTunnelSendsWith() {
        try (Sad other = new Sad(new Watched(closed), state)) {
            other.add(settings(Direction.OUTBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED), NOW_NS);

            assertRefused(
                    "out SA 0x3e9: its key is that of out SA 0x3e8 in use; give every SA a key of its own",
                    settings(Direction.OUTBOUND, 1001, 2, key(1), true, Lifetime.UNLIMITED));
            assertEquals(List.of("sealer"), closed, "the context that was made for it");
        }
    }

    @Test
    void shouldRefuseAKeyThatAnotherTunnelHasInTheOtherDirection() {
        try (Sad other = new Sad(new Watched(closed), state)) {
            other.add(settings(Direction.INBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED), NOW_NS);

            assertRefused(
                    "out SA 0x3e8: its key is that of in SA 0x3e8 in use; give every SA a key of its own",
                    settings(Direction.OUTBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED));
        }
    }

    private void assertRefused(String message, SaSettings settings) {
        int before = sad.status(NOW_NS).size();
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> sad.add(settings, NOW_NS));
        assertEquals(message, refused.getMessage());
        assertEquals(before, sad.status(NOW_NS).size());
    }

    @Test
    void shouldChangeNothingWhenOneOfManyIsWrong() {
        sad.add(outbound(1000, 2), NOW_NS);
        List<SaSettings> added = List.of(inbound(1001, 2), outbound(1002, 2), outbound(1002, 3));
        List<Sad.SaId> removed = List.of(new Sad.SaId(Direction.OUTBOUND, 1000));

        assertThrows(IllegalArgumentException.class, () -> sad.change(added, removed, NOW_NS));

        assertEquals(1000, outboundSpi(2));
        assertNull(sad.current().inbound(1001));
        assertThrows(
                IllegalArgumentException.class, () -> sad.remove(Direction.INBOUND, 1000, NOW_NS), "there is none");
    }

    @Test
    void shouldReplaceAnSaByOneOfTheSameSpiAtOnce() {
        sad.add(outbound(1000, 2), NOW_NS);
        OutboundSa first = sad.current().outbound(2);

        sad.change(List.of(outbound(1000, 2)), List.of(new Sad.SaId(Direction.OUTBOUND, 1000)), NOW_NS);

        OutboundSa second = sad.current().outbound(2);
        assertNotNull(first);
        assertNotNull(second);
        assertTrue(first != second);
        assertEquals(SaStateFile.BLOCK + 1, second.next(100, NOW_NS), "behind the reserve of the first");
        assertEquals(1, first.next(100, NOW_NS), "as far as a worker may have it still");
        assertEquals(-116, first.reserveAhead() == 0 ? -116 : 0, "nothing to reserve yet");
    }

    @Test
    void shouldLetAnSaGoOnWhenTheChangeThatReplacesItIsRefused() {
        sad.add(outbound(1000, 2), NOW_NS);
        sad.add(inbound(1000, 2), NOW_NS);
        OutboundSa out = sad.current().outbound(2);
        InboundSa in = sad.current().inbound(1000);
        assertNotNull(out);
        assertNotNull(in);
        try (Sad other = new Sad(new Watched(closed), state)) {
            other.add(outbound(3000, 2), NOW_NS);
            List<SaSettings> added = List.of(outbound(1000, 3), inbound(1000, 3), outbound(3000, 3));
            List<Sad.SaId> removed =
                    List.of(new Sad.SaId(Direction.OUTBOUND, 1000), new Sad.SaId(Direction.INBOUND, 1000));

            assertThrows(IllegalArgumentException.class, () -> sad.change(added, removed, NOW_NS));
        }

        for (long sequence = 1; sequence <= SaStateFile.BLOCK; sequence++) {
            assertEquals(sequence, out.next(100, NOW_NS));
        }
        assertEquals(0, sad.maintain());
        assertEquals(SaStateFile.BLOCK + 1, out.next(100, NOW_NS));
        in.accept(77, 100, NOW_NS);
        assertEquals(77, in.lastSequence());
        sad.remove(Direction.OUTBOUND, 1000, NOW_NS);
        sad.add(outbound(1000, 2), NOW_NS);
        assertEquals(2 * SaStateFile.BLOCK + 1, nextOf(2), "behind the reserve");
    }

    private long nextOf(int level) {
        OutboundSa sa = sad.current().outbound(level);
        return sa == null ? -1 : sa.next(100, NOW_NS);
    }

    @Test
    void shouldRefuseOnTheNextSaWhatTheLastAcceptedUntilItWasPublished() {
        sad.add(inbound(1000, 2), NOW_NS);
        InboundSa first = sad.current().inbound(1000);
        assertNotNull(first);

        sad.change(List.of(inbound(1000, 3)), List.of(new Sad.SaId(Direction.INBOUND, 1000)), NOW_NS);
        first.accept(77, 100, NOW_NS);

        InboundSa second = sad.current().inbound(1000);
        assertNotNull(second);
        assertEquals(DropReason.ESP_REPLAYED.code(), second.check(second.sequence(77), 100, NOW_NS));
        assertEquals(0, second.check(second.sequence(78), 100, NOW_NS));
    }

    @Test
    void shouldTellHowAnSaIs() {
        sad.add(outbound(1000, 2), NOW_NS);
        OutboundSa sa = sad.current().outbound(2);
        assertNotNull(sa);
        sa.next(100, NOW_NS + 10);
        sa.next(120, NOW_NS + 20);
        sa.exhausted();

        SaStatus status = sad.status(NOW_NS + 50).getFirst();

        assertEquals(2, status.packets());
        assertEquals(220, status.bytes());
        assertEquals(2, status.sequence());
        assertEquals(50, status.ageNs());
        assertEquals(30, status.idleNs());
        assertEquals(Map.of(DropReason.ESP_SA_EXHAUSTED, 1L), status.drops());
        assertEquals(SaStatus.Expiry.NONE, status.expiry());
        assertTrue(status.current());
        sad.add(outbound(1001, 2), NOW_NS);
        assertTrue(sad.status(NOW_NS).stream().anyMatch(other -> other.spi() == 1000 && !other.current()));
    }
}
