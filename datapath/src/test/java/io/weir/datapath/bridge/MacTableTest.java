package io.weir.datapath.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class MacTableTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long AGEING_NS = 300 * SECOND_NS;
    private static final long BOOT = 0xB007;
    private static final int CAPACITY = 64;

    private final UpdateLog log = new UpdateLog();
    private final UnsafeBuffer buffer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(MacTable.bufferLength(CAPACITY), 64));

    private MacTable open(long bootId, long nowNs, MacTable.PortNumbers numbers) {
        return MacTable.open(buffer, CAPACITY, 0x5EED, bootId, AGEING_NS, nowNs, numbers, log);
    }

    private MacTable open() {
        return open(BOOT, 0, port -> port);
    }

    private static int learn(MacTable table, long mac, int port, long nowNs) {
        return table.learn(1, mac, port, nowNs, MacTable.LEARNED, 0, 0);
    }

    private static List<String> entries(MacTable table, long nowNs) {
        List<String> lines = new ArrayList<>();
        table.forEach(
                nowNs,
                (vlan, mac, port, kind, remote, ageNs) -> lines.add(vlan + "/" + Long.toHexString(mac) + " p" + port
                        + " k" + kind + (remote ? " remote" : "") + " " + ageNs / SECOND_NS));
        lines.sort(null);
        return lines;
    }

    @Test
    void shouldForgetWhatIsPastItsTimeAndReportIt() {
        MacTable table = open();
        learn(table, 0xA, 0, 0);
        learn(table, 0xB, 1, 10 * SECOND_NS);
        log.lines.clear();

        table.sweep(AGEING_NS + 1, 4 * CAPACITY);

        assertEquals(1, table.count());
        assertEquals(List.of("forgotten 1/a p0"), log.lines);
        assertEquals(0, table.count(0));
        assertEquals(1, table.lookup(1, 0xB, AGEING_NS + 1));
    }

    @Test
    void shouldNeverAgeWhenAgeingIsZero() {
        MacTable table = open();
        table.ageing(0);
        learn(table, 0xA, 0, 0);

        table.sweep(Long.MAX_VALUE, 4 * CAPACITY);

        assertEquals(0, table.lookup(1, 0xA, Long.MAX_VALUE));
    }

    @Test
    void shouldStoreLastSeenAtMostOnceASecond() {
        MacTable table = open();
        learn(table, 0xA, 0, 0);

        learn(table, 0xA, 0, SECOND_NS - 1);
        List<String> early = entries(table, 10 * SECOND_NS);
        learn(table, 0xA, 0, SECOND_NS);
        List<String> late = entries(table, 10 * SECOND_NS);

        assertEquals(List.of("1/a p0 k1 10"), early);
        assertEquals(List.of("1/a p0 k1 9"), late);
    }

    @Test
    void shouldFlushByPortVlanBothAndAddressButKeepStaticEntries() {
        MacTable table = open();
        for (int vlan = 1; vlan <= 2; vlan++) {
            for (int port = 0; port < 3; port++) {
                table.learn(vlan, 0x10 + port, port, 0, MacTable.LEARNED, 0, 0);
                table.learn(vlan, 0x20 + port, port, 0, MacTable.STICKY, 0, 0);
            }
        }
        table.bind(1, 0x30, 0, 0);

        assertEquals(2, table.flushPortVlan(0, 1));
        assertEquals(2, table.flushPort(0));
        assertEquals(4, table.flushVlan(1));
        assertTrue(table.remove(2, 0x11));
        assertFalse(table.remove(2, 0x11));
        assertEquals(3, table.flush());
        assertEquals(List.of("1/30 p0 k3 0"), entries(table, 0));
        assertEquals(1, table.unbindPort(0));
        assertEquals(0, table.count());
    }

    @Test
    void shouldEvictFromTheFullestPortWhatWasUnseenForLongest() {
        MacTable table = open();
        for (int i = 0; i < CAPACITY; i++) {
            learn(table, 0x100 + i, i < 8 ? 1 : 2, i);
        }
        log.lines.clear();

        int result = learn(table, 0xFFF, 3, CAPACITY);

        assertEquals(MacTable.ADDED, result);
        assertEquals(CAPACITY, table.count());
        assertEquals(8, table.count(1));
        assertEquals(CAPACITY - 9, table.count(2));
        assertEquals(3, table.lookup(1, 0xFFF, CAPACITY));
        assertTrue(log.lines.getFirst().startsWith("forgotten 1/"), log.lines.toString());
    }

    @Test
    void shouldBeFullRatherThanEvictStaticOrStickyEntries() {
        MacTable table = open();
        for (int i = 0; i < CAPACITY; i++) {
            if (i % 2 == 0) {
                assertTrue(table.bind(1, 0x100 + i, 0, 0));
            } else {
                table.learn(1, 0x100 + i, 0, 0, MacTable.STICKY, 0, 0);
            }
        }

        assertEquals(MacTable.FULL, learn(table, 0xFFF, 1, 1));
        assertEquals(CAPACITY, table.count());
    }

    @Test
    void shouldKeepPromisesUnderAFloodOfAddresses() {
        MacTable table = MacTable.create(1024, 0x5EED, AGEING_NS, TableUpdates.NONE);
        Random random = new Random(0xF100D);
        for (int i = 0; i < 20; i++) {
            table.learn(1, 0x10 + i, 0, 0, MacTable.LEARNED, 0, 0);
        }

        for (int i = 0; i < 200_000; i++) {
            table.learn(1, random.nextLong() & 0xFEFF_FFFF_FFFFL, 1, 1 + i, MacTable.LEARNED, 0, 0);
        }

        assertEquals(1024, table.count());
        assertEquals(20, table.count(0));
        for (int i = 0; i < 20; i++) {
            assertEquals(0, table.lookup(1, 0x10 + i, 200_000));
        }
    }

    @Test
    void shouldKeepLearnedAndStickyEntriesOverARestart() {
        MacTable before = open();
        learn(before, 0xA, 0, 5 * SECOND_NS);
        before.learn(2, 0xB, 1, 0, MacTable.STICKY, 0, 0);
        before.bind(1, 0xC, 0, 0);
        before.applyRemoteLearned(1, 0xD, 2, MacTable.LEARNED, 0);
        learn(before, 0xE, 3, 0);

        MacTable after = open(BOOT, 10 * SECOND_NS, port -> port == 3 ? -1 : port + 100);

        assertEquals(List.of("1/a p100 k1 5", "2/b p101 k2 0"), entries(after, 10 * SECOND_NS));
        assertEquals(1, after.count(100));
        assertEquals(1, after.count(101));
    }

    @Test
    void shouldStartEmptyAfterARebootOrOverAnotherFormat() {
        learn(open(), 0xA, 0, 0);

        assertEquals(0, open(BOOT + 1, 0, port -> port).count());
        learn(open(BOOT + 1, 0, port -> port), 0xA, 0, 0);
        buffer.putInt(MacSlots.VERSION_OFFSET, MacSlots.VERSION + 1);
        assertEquals(0, open(BOOT + 1, 0, port -> port).count());
    }

    @Test
    void shouldLeaveOutDamagedSlotsWhateverTheBufferHolds() {
        Random random = new Random(0xDA3A6ED);
        for (int round = 0; round < 200; round++) {
            MacTable table = open(round, 0, port -> port);
            for (int i = 0; i < CAPACITY / 2; i++) {
                learn(table, 0x100 + i, i % 4, 0);
            }
            for (int i = 0; i < 40; i++) {
                int slotBytes = 2 * CAPACITY * MacSlots.SLOT_LENGTH;
                buffer.putByte(MacSlots.HEADER_LENGTH + random.nextInt(slotBytes), (byte) random.nextInt());
            }

            MacTable reopened = open(round, SECOND_NS, port -> port);

            assertSound(reopened, SECOND_NS);
        }
    }

    /** Every entry is found again where the visit showed it, and the counts add up. */
    private static void assertSound(MacTable table, long nowNs) {
        table.sweep(nowNs, 4 * table.capacity());
        int[] seen = new int[1];
        table.forEach(nowNs, (vlan, mac, port, kind, remote, ageNs) -> {
            seen[0]++;
            assertTrue(vlan >= 1 && vlan <= 4094 && port >= 0 && port < 1024 && kind >= 1 && kind <= 3);
            assertEquals(port, table.lookup(vlan, mac, nowNs));
        });
        int byPort = 0;
        for (int port = 0; port < 1024; port++) {
            byPort += table.count(port);
        }
        assertEquals(table.count(), seen[0]);
        assertEquals(table.count(), byPort);
    }

    @Test
    void shouldTakeRemoteUpdatesWithoutEcho() {
        MacTable table = open();

        table.applyRemoteLearned(1, 0xA, 7, MacTable.LEARNED, 0);
        int learned = table.lookup(1, 0xA, 0);
        table.sweep(10 * AGEING_NS, 4 * CAPACITY);
        int afterItsTime = table.lookup(1, 0xA, 10 * AGEING_NS);
        table.applyRemoteForgotten(1, 0xA, 6);
        int afterAnOldWord = table.lookup(1, 0xA, 0);
        table.applyRemoteForgotten(1, 0xA, 7);

        assertEquals(7, learned);
        assertEquals(7, afterItsTime);
        assertEquals(7, afterAnOldWord);
        assertEquals(-1, table.lookup(1, 0xA, 0));
        assertEquals(List.of(), log.lines);
    }

    @Test
    void shouldKeepOwnNewerKnowledgeWhenAnotherWorkerForgets() {
        MacTable table = open();
        table.applyRemoteLearned(1, 0xA, 7, MacTable.LEARNED, 0);
        learn(table, 0xA, 2, 1);

        table.applyRemoteForgotten(1, 0xA, 7);

        assertEquals(2, table.lookup(1, 0xA, 1));
        assertEquals(List.of("learned 1/a p2 k1"), log.lines);
    }

    @Test
    void shouldLetWorkersAgreeOnTheLowerPortWhenBothClaimAStickyAddress() {
        MacTable one = open();
        MacTable other = MacTable.create(CAPACITY, 1, AGEING_NS, TableUpdates.NONE);
        one.learn(1, 0xA, 3, 0, MacTable.STICKY, 0, 0);
        other.learn(1, 0xA, 5, 0, MacTable.STICKY, 0, 0);

        one.applyRemoteLearned(1, 0xA, 5, MacTable.STICKY, 0);
        other.applyRemoteLearned(1, 0xA, 3, MacTable.STICKY, 0);

        assertEquals(3, one.lookup(1, 0xA, 0));
        assertEquals(3, other.lookup(1, 0xA, 0));
    }

    @Test
    void shouldKeepAStaticEntryAgainstRemoteWords() {
        MacTable table = open();
        table.bind(1, 0xA, 3, 0);

        table.applyRemoteLearned(1, 0xA, 5, MacTable.LEARNED, 0);
        table.applyRemoteForgotten(1, 0xA, 3);

        assertEquals(3, table.lookup(1, 0xA, 0));
    }

    @Test
    void shouldAnnounceItsOwnLearnedEntriesOnly() {
        MacTable table = open();
        learn(table, 0xA, 1, 0);
        table.applyRemoteLearned(1, 0xB, 2, MacTable.LEARNED, 0);
        table.bind(1, 0xC, 3, 0);
        log.lines.clear();

        table.announce();

        assertEquals(List.of("learned 1/a p1 k1"), log.lines);
    }

    /** Time on the monotonic clock may be negative and may wrap; only differences count. */
    @Test
    void shouldAgeAcrossTheWrapOfTheClock() {
        MacTable table = open();
        long then = Long.MAX_VALUE - 10;
        learn(table, 0xA, 0, then);

        assertEquals(0, table.lookup(1, 0xA, then + AGEING_NS));
        assertEquals(-1, table.lookup(1, 0xA, then + AGEING_NS + 1));
    }
}
