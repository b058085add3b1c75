package io.weir.ipsec.sa;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.crypto.CryptoLibrary;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.kernel.KernelException;

import static io.weir.ipsec.sa.SaFixture.NOW_NS;
import static io.weir.ipsec.sa.SaFixture.inbound;
import static io.weir.ipsec.sa.SaFixture.key;
import static io.weir.ipsec.sa.SaFixture.outbound;
import static io.weir.ipsec.sa.SaFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class SaStateFileTest {
    private static final long EPOCH_NS = 1_700_000_000_000_000_000L;

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("sas");
    }

    private Path received() {
        return folder.resolve("received");
    }

    /** First sequence number and IV of a life in which so many packets are sent, ended in order or not at all. */
    private long[] life(long epochNs, int packets, boolean inOrder) throws IOException {
        SaStateFile state = SaStateFile.open(file(), received(), () -> epochNs);
        Sad sad = new Sad(CryptoLibrary.best(), state);
        sad.add(outbound(1000, 2), NOW_NS);
        OutboundSa sa = sad.current().outbound(2);
        if (sa == null) {
            throw new AssertionError("added");
        }
        long first = sa.next(100, NOW_NS);
        for (int i = 1; i < packets; i++) {
            sa.next(100, NOW_NS);
        }
        byte[] killed = Files.readAllBytes(file());
        sad.close();
        state.close();
        if (!inOrder) {
            Files.write(file(), killed);
        }
        return new long[] {first, sa.ivCounter(first)};
    }

    /** A start that fails with so many packets sealed and opened; whether its state and its numbers received are still there. */
    private List<Boolean> failedStart(int sealed, int opened) {
        SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
        Sad sad = new Sad(CryptoLibrary.best(), state);
        sad.add(outbound(1000, 2), NOW_NS);
        sad.add(inbound(2000, 2), NOW_NS);
        OutboundSa out = sad.current().outbound(2);
        InboundSa in = sad.current().inbound(2000);
        if (out == null || in == null) {
            throw new AssertionError("added");
        }
        for (int i = 1; i <= sealed; i++) {
            assertEquals(i, out.next(100, NOW_NS));
        }
        for (int i = 1; i <= opened; i++) {
            in.accept(i, 100, NOW_NS);
        }
        sad.close();
        state.discard();
        state.close();
        return List.of(Files.exists(file()), Files.exists(received()));
    }

    @Test
    void shouldKeepOfAFailedStartWhatItsKeysHaveUsed() {
        assertEquals(List.of(false, false), failedStart(0, 0));
        assertEquals(List.of(true, false), failedStart(1, 0), "numbers received are in the state");
    }

    @Test
    void shouldKeepOfAFailedStartWhatWasReceived() {
        assertEquals(List.of(true, false), failedStart(0, 1));
    }

    @Test
    void shouldRemoveOfAFailedStartNothingThatWasThere() throws IOException {
        life(EPOCH_NS, 1, true);
        assertEquals(List.of(true, true), startWithoutSas());
    }

    private List<Boolean> startWithoutSas() {
        SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
        state.discard();
        state.close();
        return List.of(Files.exists(file()), Files.exists(received()));
    }

    @Test
    void shouldGoOnExactlyAfterAnOrderlyEnd() throws IOException {
        long[] one = life(EPOCH_NS, 100, true);
        long[] two = life(EPOCH_NS, 1, true);

        assertEquals(1, one[0]);
        assertEquals(EPOCH_NS + 1, one[1]);
        assertEquals(101, two[0]);
        assertEquals(EPOCH_NS + 101, two[1]);
    }

    @Test
    void shouldGoOnBehindTheReserveAfterAKill() throws IOException {
        life(EPOCH_NS, 100, false);
        long[] two = life(EPOCH_NS, 100, false);
        long[] three = life(EPOCH_NS - 1_000_000_000, 1, false);

        assertEquals(SaStateFile.BLOCK + 1, two[0]);
        assertEquals(EPOCH_NS + SaStateFile.BLOCK + 1, two[1]);
        assertEquals(2 * SaStateFile.BLOCK + 1, three[0]);
        assertEquals(EPOCH_NS + 2 * SaStateFile.BLOCK + 1, three[1], "though the clock was set back");
    }

    @Test
    void shouldKnowAnInboundSaBeforeItsFirstPacket() throws IOException {
        try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
                Sad sad = new Sad(CryptoLibrary.best(), state)) {
            byte[] before = Files.readAllBytes(file());

            sad.add(settings(Direction.INBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED), NOW_NS);

            assertFalse(Arrays.equals(before, Files.readAllBytes(file())), "nobody has maintained it yet");
        }
    }

    @Test
    void shouldNotRepeatIvsWhenTheFileIsLost() throws IOException {
        long[] one = life(EPOCH_NS, 1_000_000, true);
        Files.delete(file());
        // One millisecond a packet later than it could have sent as many.
        long[] two = life(EPOCH_NS + 1_000_000, 1, true);

        assertEquals(1, two[0]);
        assertTrue(two[1] > one[1] + 999_999, "IV " + two[1]);
    }

    @Test
    void shouldNotRepeatIvsWhenTheSameKeyGetsAnotherSpi() {
        SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
        state.slot(settings(Direction.OUTBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED))
                .giveBack(500);

        SaSlot again = state.slot(settings(Direction.OUTBOUND, 1001, 2, key(1), true, Lifetime.UNLIMITED));

        assertEquals(0, again.sequence());
        assertEquals(EPOCH_NS + 500, again.ivOffset());
        state.close();
    }

    @Test
    void shouldGoOnWithALifetimeAfterARestart() {
        Lifetime lifetime = new Lifetime(10, 1000, 5);
        SaSettings out = settings(Direction.OUTBOUND, 1000, 2, key(1), true, lifetime);
        SaSettings in = settings(Direction.INBOUND, 1000, 2, key(2), true, lifetime);
        for (int life = 0; life < 2; life++) {
            long lived = life * 4_000_000_000L;
            try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS + lived);
                    Sad sad = new Sad(CryptoLibrary.best(), state)) {
                sad.change(List.of(in, out), List.of(), NOW_NS);
                OutboundSa sa = sad.current().outbound(2);
                InboundSa received = sad.current().inbound(1000);
                if (sa == null || received == null) {
                    throw new AssertionError("added");
                }
                assertEquals(lived, sad.status(NOW_NS).getFirst().ageNs());
                assertEquals(0, sa.next(100, NOW_NS + 10_000_000_000L - lived), "its seconds");
                assertEquals(0, sa.next(1001 - life * 400, NOW_NS), "its bytes");
                for (int i = 0; i < 2; i++) {
                    assertTrue(sa.next(200, NOW_NS) > 0);
                    received.accept(received.lastSequence() + 1, 200, NOW_NS);
                }
            }
        }
        try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
                Sad sad = new Sad(CryptoLibrary.best(), state)) {
            sad.change(List.of(in, out), List.of(), NOW_NS);
            assertEquals(4_000_000_000L, sad.status(NOW_NS).getFirst().ageNs(), "though the clock was set back");
            OutboundSa sa = sad.current().outbound(2);
            if (sa == null) {
                throw new AssertionError("added");
            }
            assertTrue(sa.next(100, NOW_NS) > 0, "the fifth packet");
            sad.remove(Direction.OUTBOUND, 1000, NOW_NS);
            sad.add(out, NOW_NS);
            assertEquals(SaStatus.Expiry.HARD, sad.status(NOW_NS).getLast().expiry(), "removed and added again");
        }
    }

    /** Age of an SA when it has lived for so long, and began at that wall-clock time, which was set to another meanwhile. */
    private long age(long beganNs, long setNs, long livedNs) {
        long[] clock = {beganNs};
        try (SaStateFile state = SaStateFile.open(file(), received(), () -> clock[0]);
                Sad sad = new Sad(CryptoLibrary.best(), state)) {
            sad.add(inbound(1000, 2), NOW_NS);
            clock[0] = setNs;
            sad.keepAges(NOW_NS + livedNs);
            return sad.status(NOW_NS + livedNs).getFirst().ageNs();
        }
    }

    @Test
    void shouldNotAgeWithAClockThatIsSetRight() {
        long year2000 = 946_684_800_000_000_000L;
        long minute = 60_000_000_000L;

        assertEquals(minute, age(year2000, year2000 + minute, minute), "wrong for a whole life");
        assertEquals(
                2 * minute, age(EPOCH_NS, EPOCH_NS + minute, minute), "the 23 years in between are none of its own");
        assertEquals(3 * minute, age(year2000, EPOCH_NS + 5 * minute, minute), "behind at boot, then set right");
        assertEquals(5 * minute, age(EPOCH_NS + 6 * minute, EPOCH_NS + 7 * minute, minute), "a minute without process");
    }

    @Test
    void shouldTakeAgesOverFromTheVersionBefore() throws IOException {
        age(EPOCH_NS, EPOCH_NS, 0);
        java.nio.ByteBuffer bytes =
                java.nio.ByteBuffer.wrap(Files.readAllBytes(file())).order(java.nio.ByteOrder.nativeOrder());
        bytes.putInt(8, 2);
        bytes.putLong(128 + SaSlot.OPENED_OFFSET, EPOCH_NS + 7);
        bytes.putLong(128 + SaSlot.KEPT_OFFSET, EPOCH_NS);
        Files.write(file(), bytes.array());

        assertEquals(10, age(EPOCH_NS + 10, EPOCH_NS + 10, 0));
    }

    @Test
    void shouldRefuseAfterARestartWhatWasReceivedBefore() {
        for (int life = 0; life < 3; life++) {
            try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
                    Sad sad = new Sad(CryptoLibrary.best(), state)) {
                sad.add(inbound(1000, 2), NOW_NS);
                InboundSa sa = sad.current().inbound(1000);
                if (sa == null) {
                    throw new AssertionError("added");
                }
                for (long old = 1; old <= 50L * life; old++) {
                    assertTrue(sa.check(old, 100, NOW_NS) != 0, "number " + old);
                }
                for (long next = 50L * life + 1; next <= 50L * life + 50; next++) {
                    assertEquals(0, sa.check(next, 100, NOW_NS));
                    sa.accept(next, 100, NOW_NS);
                }
            }
        }
    }

    /** The state as a killed process leaves it: what it has written, and its memory of numbers received. */
    private byte[] received(int packets, boolean kept) throws IOException {
        SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
        Sad sad = new Sad(CryptoLibrary.best(), state);
        sad.add(inbound(1000, 2), NOW_NS);
        InboundSa sa = sad.current().inbound(1000);
        if (sa == null) {
            throw new AssertionError("added");
        }
        for (int i = 0; i < packets; i++) {
            sa.accept(sa.lastSequence() + 1, 100, NOW_NS);
        }
        if (kept) {
            assertEquals(0, sad.maintain());
        }
        byte[] killed = Files.readAllBytes(file());
        sad.close();
        state.close();
        return killed;
    }

    private long receivedBefore() {
        try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS)) {
            return state.slot(inbound(1000, 2)).sequence();
        }
    }

    @Test
    void shouldKnowAfterAKillWhatWasReceivedLast() throws IOException {
        Files.write(file(), received(77, false));

        assertEquals(77, receivedBefore());
    }

    @Test
    void shouldKnowAfterARebootWhatWasWrittenLast() throws IOException {
        byte[] written = received(77, true);
        received(10, false);
        Files.write(file(), written);
        Files.delete(received());

        assertEquals(77, receivedBefore());
    }

    @Test
    void shouldTakeNoNumberOfAnotherKey() throws IOException {
        received(77, false);
        Files.delete(file());

        try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS)) {
            SaSlot slot = state.slot(settings(Direction.INBOUND, 1000, 2, key(2), true, Lifetime.UNLIMITED));
            assertEquals(0, slot.sequence(), "in the same place");
        }
    }

    @Test
    void shouldRefuseAKeyThatWasUsedInTheOtherDirectionBefore() {
        for (Direction first : Direction.values()) {
            Direction second = first == Direction.INBOUND ? Direction.OUTBOUND : Direction.INBOUND;
            SaKey key = key(first == Direction.INBOUND ? 1 : 2);
            try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS)) {
                state.slot(settings(first, 1000, 2, key, true, Lifetime.UNLIMITED))
                        .release();
            }

            try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS)) {
                SaSettings other = settings(second, 1001, 2, key, true, Lifetime.UNLIMITED);
                assertMessage(
                        assertThrows(IllegalArgumentException.class, () -> state.slot(other)),
                        "its key was used in the other direction before");
            }
        }
    }

    /** So that an operator who took one direction for the other corrects that with the same keys. */
    @Test
    void shouldTakeNoKeyForUsedOfWhatWasRefused() {
        try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
                Sad other = new Sad(CryptoLibrary.best(), state);
                Sad sad = new Sad(CryptoLibrary.best(), state)) {
            other.add(settings(Direction.INBOUND, 999, 2, key(3), true, Lifetime.UNLIMITED), NOW_NS);
            for (Direction meant : Direction.values()) {
                Direction mistaken = meant == Direction.INBOUND ? Direction.OUTBOUND : Direction.INBOUND;
                SaKey key = key(meant == Direction.INBOUND ? 1 : 2);
                int spi = meant == Direction.INBOUND ? 1001 : 1002;
                List<SaSettings> wrong = List.of(
                        settings(mistaken, spi, 2, key, true, Lifetime.UNLIMITED),
                        settings(Direction.OUTBOUND, 1003, 2, key(3), true, Lifetime.UNLIMITED));
                assertThrows(IllegalArgumentException.class, () -> sad.change(wrong, List.of(), NOW_NS));

                sad.add(settings(meant, spi, 2, key, true, Lifetime.UNLIMITED), NOW_NS);
            }
        }
    }

    @Test
    void shouldForgetNothingOfAKeyWhenAnotherHasItsSpi() {
        SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS);
        state.slot(settings(Direction.INBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED))
                .giveBack(77);

        assertEquals(
                0,
                state.slot(settings(Direction.INBOUND, 1000, 2, key(2), true, Lifetime.UNLIMITED))
                        .sequence());
        assertEquals(
                77,
                state.slot(settings(Direction.INBOUND, 1000, 2, key(1), true, Lifetime.UNLIMITED))
                        .sequence());
        state.close();
    }

    @Test
    void shouldGiveUpTheRecordNotOpenedTheLongest() {
        long[] clock = {EPOCH_NS};
        SaStateFile state = SaStateFile.open(file(), received(), () -> clock[0]++);
        for (int i = 0; i < SaStateFile.RECORDS; i++) {
            state.slot(inbound(1000 + i, 0)).giveBack(i + 1);
        }

        state.slot(inbound(9000, 0));

        assertEquals(2, state.slot(inbound(1001, 0)).sequence());
        assertEquals(0, state.slot(inbound(1000, 0)).sequence(), "of the oldest nothing is known");
        state.close();
    }

    @Test
    void shouldRefuseMoreSasThanItHasRoomFor() {
        SaStateFile state = SaStateFile.inMemory(() -> EPOCH_NS);
        for (int i = 0; i < SaStateFile.RECORDS; i++) {
            state.slot(inbound(1000 + i, 0));
        }

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> state.slot(inbound(9000, 0)));
        assertMessage(refused, "in SA 0x2328: 4096 SAs are in use");
        state.close();
    }

    @Test
    void shouldBelongToOneProcess() {
        try (SaStateFile first = SaStateFile.open(file(), received(), () -> EPOCH_NS)) {
            KernelException refused = assertThrows(
                    KernelException.class,
                    () -> SaStateFile.open(file(), folder.resolve("other"), () -> EPOCH_NS)
                            .close());

            assertMessage(refused, "another daemon has it");
            assertEquals(0, first.force());
        }
    }

    @Test
    void shouldRefuseAFileOfSomethingElse() throws IOException {
        byte[] noise = new byte[1000];
        new Random(1).nextBytes(noise);
        Files.write(file(), noise);

        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> SaStateFile.open(file(), received(), () -> EPOCH_NS));
        assertMessage(refused, "is not a state file of SAs; remove it");
    }

    @Test
    void shouldRefuseAFileOfAnotherVersion() throws IOException {
        SaStateFile.open(file(), received(), () -> EPOCH_NS).close();
        byte[] bytes = Files.readAllBytes(file());
        bytes[8] = 9;
        Files.write(file(), bytes);

        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> SaStateFile.open(file(), received(), () -> EPOCH_NS));
        assertMessage(refused, "has version 9, this Weir writes 3");
    }

    private static void assertMessage(RuntimeException refused, String part) {
        assertTrue(String.valueOf(refused.getMessage()).contains(part), refused.toString());
    }

    @Test
    void shouldLetNobodyElseRead() throws IOException {
        SaStateFile.open(file(), received(), () -> EPOCH_NS).close();

        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    }

    @Test
    void shouldHoldNoKey() throws IOException {
        try (SaStateFile state = SaStateFile.open(file(), received(), () -> EPOCH_NS)) {
            state.slot(inbound(1000, 0));
        }
        String bytes = new String(Files.readAllBytes(file()), java.nio.charset.StandardCharsets.ISO_8859_1);
        String material = new String(key(1000).material(), java.nio.charset.StandardCharsets.ISO_8859_1);
        for (int from = 0; from + 8 <= material.length(); from++) {
            assertTrue(!bytes.contains(material.substring(from, from + 8)), "eight bytes of the key");
        }
    }
}
