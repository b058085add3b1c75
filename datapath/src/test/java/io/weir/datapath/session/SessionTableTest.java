package io.weir.datapath.session;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.wire.TcpHeader;
import io.weir.kernel.MappedFile;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class SessionTableTest {
    private static final int CAPACITY = 64;
    private static final long MS_NS = 1_000_000;
    private static final int VM_1 = 1;
    private static final int VM_2 = 2;
    private static final int VM_3 = 3;
    private static final int MISS = SessionTable.MISS;

    @TempDir
    private Path directory;

    private final List<String> ended = new ArrayList<>();
    private final SessionEvents events = (session, cause) -> ended.add(session + " " + cause);
    private final SessionTable table = SessionTable.create(CAPACITY, 1, SessionTimeouts.DEFAULT, events);

    @AfterEach
    void close() {
        table.close();
    }

    @Test
    void shouldTake152BytesForASession() {
        long header = 2 * SessionTable.lengthBytes(CAPACITY) - SessionTable.lengthBytes(2 * CAPACITY);

        assertEquals(144L * CAPACITY, SessionTable.lengthBytes(CAPACITY) - header);
        assertEquals(Memory.PAGE_BYTES + SessionLevels.LENGTH, header);
        assertEquals((144L << 24) + header, SessionTable.lengthBytes(SessionTable.MAX_CAPACITY));
        assertEquals(152, SessionTable.bytesPerSession(), "with its share of the index");
    }

    @Test
    void shouldRefuseWhenCapacityIsImpossible() {
        for (int capacity : new int[] {0, 32, 100, -64, 1 << 25}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SessionTable.create(capacity, 1, SessionTimeouts.DEFAULT, SessionEvents.NONE));
        }
    }

    private int judged(SessionKey key) {
        Verdict verdict = new Verdict();
        verdict.begin(17);
        verdict.decide(Action.REDIRECT, 0);
        verdict.identities(0x7FFF_FFF0, 19);
        verdict.limits(70_000);
        verdict.redirectPort(65_535);
        verdict.mirrorPort(40_000);
        verdict.onChange(Verdict.KEEP);
        verdict.resetAtEnd(true);
        verdict.audit(Action.DROP, 1, 2);
        verdict.limitValidity(5_000 * MS_NS);
        int session = table.begin(key, VM_1, VM_2, 100);
        table.fields().judged(session, verdict, 100 * MS_NS);
        table.touch(session, true, 99, 100);
        return session;
    }

    @Test
    void shouldKeepWhatWasDecided() {
        int session = judged(Keys.udp(1, 10, 2, 20));

        SessionFields fields = table.fields();
        assertEquals(17, fields.epoch(session));
        assertEquals(Action.REDIRECT, fields.action(session));
        assertEquals(0x7FFF_FFF0, fields.sourceIdentity(session));
        assertEquals(19, fields.destinationIdentity(session));
        assertEquals(70_000, fields.limits(session));
        assertEquals(65_535, fields.redirectPort(session));
        assertEquals(40_000, fields.mirrorPort(session));
        assertEquals(Verdict.KEEP, fields.onChange(session));
        assertTrue(fields.resetAtEnd(session));
        assertTrue(fields.audited(session));
        assertTrue(fields.valid(session, 4_999));
        assertFalse(fields.valid(session, 5_000));
        assertEquals(VM_1, fields.ingressPort(session));
        assertEquals(VM_2, fields.egressPort(session));
        assertEquals(SessionState.UDP_REPLIED, fields.state(session));
    }

    @Test
    void shouldForgetAllOfTheFormerSessionWhenAnEntryIsUsedAgain() {
        table.end(judged(Keys.udp(1, 10, 2, 20)));

        int session = table.begin(Keys.udp(3, 10, 4, 20), VM_2, VM_1, 200);

        SessionFields fields = table.fields();
        assertEquals(0, fields.epoch(session));
        assertEquals(0, fields.sourceIdentity(session));
        assertEquals(0, fields.limits(session));
        assertEquals(0, fields.mirrorPort(session));
        assertEquals(0, fields.redirectPort(session));
        assertEquals(Verdict.REEVALUATE, fields.onChange(session));
        assertFalse(fields.audited(session));
        assertTrue(fields.valid(session, Integer.MAX_VALUE));
        assertEquals(0, fields.frames(session, true));
        assertFalse(fields.replied(session));
        assertEquals(200, fields.begunMs(session));
    }

    @Test
    void shouldTakeNoEmptySlotForOneWithAnyTag() {
        for (int tag = 0; tag < 256; tag++) {
            try (SessionIndex index = new SessionIndex(CAPACITY, 1)) {
                index.insert(tag, 5);
                index.insert(tag, 6);
                index.remove(tag, 6);

                long candidates = index.candidates(index.first(tag), 0, SessionIndex.tag(tag));

                assertEquals(0x80, candidates, "slots with tag " + tag);
            }
        }
    }

    @Test
    void shouldCountUpToTheLargestNumbers() {
        int session = table.begin(Keys.udp(1, 10, 2, 20), VM_1, VM_2, 0);
        table.touch(session, false, 60, 1);
        table.touch(session, false, 1_440, 2);
        table.touch(session, true, 64_000, 3);

        assertEquals(2, table.fields().frames(session, false));
        assertEquals(1_500, table.fields().bytes(session, false));
        assertEquals(1, table.fields().frames(session, true));
        assertEquals(64_000, table.fields().bytes(session, true));
        assertEquals(3, table.fields().seenMs(session));

        for (int i = 0; i < 200; i++) {
            table.touch(session, true, Integer.MAX_VALUE, 4);
        }
        assertEquals(SessionFields.MAX_BYTES, table.fields().bytes(session, true));
        assertEquals(201, table.fields().frames(session, true));
    }

    @Test
    void shouldForgetWhenNothingWasHeardForTheStatesTime() {
        SessionKey key = Keys.udp(1, 10, 2, 20);
        int session = table.begin(key, VM_1, VM_2, 1_000);
        assertEquals(session, table.find(key, 30_999));
        table.touch(session, true, 60, 30_999);
        assertEquals(session, table.find(key, 30_999 + 119_999));

        assertEquals(MISS, table.find(key, 30_999 + 120_000));

        assertEquals(List.of(session + " " + SessionEvents.EXPIRED), ended);
        assertEquals(0, table.count());
        assertEquals(0, table.count(VM_1));
    }

    @Test
    void shouldForgetWhenTheClockComesRound() {
        int late = Integer.MAX_VALUE - 5;
        SessionKey key = Keys.udp(1, 10, 2, 20);
        int session = table.begin(key, VM_1, VM_2, late);

        assertEquals(session, table.find(key, late + 29_999));
        assertEquals(MISS, table.find(key, late + 30_000));
    }

    @Test
    void shouldNotProlongWhenAConnectionWasReset() {
        SessionKey key = Keys.tcp(1, 10, 2, 20);
        int session = table.begin(key, VM_1, VM_2, 0);
        TcpTracker tracker = new TcpTracker(table);
        tracker.begin(session, new TcpSegment().set(TcpHeader.SYN, 0, 0, 1, 0, TcpSegment.NO_SCALE));
        tracker.track(session, true, new TcpSegment().set(TcpHeader.RST | TcpHeader.ACK, 0, 1, 0, 0, -1));
        table.touch(session, true, 60, 9_000);

        assertEquals(SessionState.CLOSED, table.fields().state(session));
        assertEquals(MISS, table.find(key, 10_000));
    }

    @Test
    void shouldSweepEachEntryOnceARoundAndNoMoreThanAsked() {
        for (int i = 0; i < 10; i++) {
            table.begin(Keys.udp(i, 10, 200, 20), VM_1, VM_2, i < 6 ? 0 : 40_000);
        }
        List<Integer> shown = new ArrayList<>();

        assertEquals(4, table.sweep(40_000 * MS_NS, 4, shown::add));
        assertEquals(2, table.sweep(40_000 * MS_NS, 6, shown::add));

        assertEquals(4, shown.size());
        assertEquals(4, table.count());
        assertEquals(6, ended.size());
    }

    @Test
    void shouldMeetNoSessionOfAFlushedPort() {
        SessionKey from = Keys.udp(1, 10, 2, 20);
        SessionKey to = Keys.udp(3, 10, 1, 20);
        SessionKey between = Keys.udp(3, 10, 4, 20);
        table.begin(from, VM_1, VM_2, 0);
        table.begin(to, VM_3, VM_1, 0);
        int kept = table.begin(between, VM_3, VM_2, 0);

        table.flushPort(VM_1);

        assertEquals(0, table.count(VM_1), "the new guest has its whole share");
        assertEquals(MISS, table.find(from, 0));
        assertEquals(MISS, table.find(to, 0));
        assertEquals(kept, table.find(between, 0));
        assertEquals(1, table.count(VM_3));
        assertEquals(2, ended.size());
        assertNotEquals(MISS, table.begin(from, VM_1, VM_2, 0));
        assertEquals(1, table.count(VM_1));
        assertEquals(0, table.fields().frames(table.find(from, 0), false));
    }

    @Test
    void shouldVacateWhenAFlushedPortsSessionsAreSwept() {
        table.begin(Keys.udp(1, 10, 2, 20), VM_1, VM_2, 0);
        table.begin(Keys.udp(3, 10, 2, 20), VM_3, VM_2, 0);
        table.flushPort(VM_1);

        assertEquals(1, table.sweep(0, CAPACITY, SessionTable.Visitor.NONE));

        assertEquals(1, table.count());
        assertEquals(List.of("0 " + SessionEvents.FLUSHED), ended);
    }

    @Test
    void shouldFollowTheDestinationWhenItMovesToAnotherPort() {
        SessionKey key = Keys.udp(1, 10, 2, 20);
        int session = table.begin(key, VM_1, VM_2, 0);
        table.egress(session, VM_3);

        table.flushPort(VM_2);
        assertEquals(session, table.find(key, 0));
        table.flushPort(VM_3);
        assertEquals(MISS, table.find(key, 0));
    }

    @Test
    void shouldEvictTheFloodersOwnSessionsWhenItsShareIsFull() {
        int established = established(Keys.udp(1, 1, 2, 2), VM_1);
        for (int i = 0; i < 1_000; i++) {
            SessionKey key = Keys.udp(1, 1_000 + i, 2, 80);
            assertEquals(MISS, table.find(key, 0));
            assertNotEquals(SessionTable.FULL, table.begin(key, VM_1, VM_2, 0), "flow " + i);
            assertTrue(table.count(VM_1) <= CAPACITY / 4);
        }

        assertEquals(established, table.find(Keys.udp(1, 1, 2, 2), 0));
        assertTrue(ended.stream().allMatch(end -> end.endsWith(" " + SessionEvents.EVICTED)));
    }

    @Test
    void shouldRefuseWhenTheShareIsFullOfAnsweredSessions() {
        for (int i = 0; i < CAPACITY / 4; i++) {
            established(Keys.udp(1, 1_000 + i, 2, 80), VM_1);
        }

        assertEquals(SessionTable.FULL, table.begin(Keys.udp(1, 1, 2, 2), VM_1, VM_2, 0));
        assertNotEquals(SessionTable.FULL, table.begin(Keys.udp(3, 1, 2, 2), VM_3, VM_2, 0));
    }

    @Test
    void shouldMakeRoomAtTheFloodersCostWhenTheTableIsFull() {
        table.portShare(CAPACITY);
        int kept = established(Keys.udp(9, 1, 2, 2), VM_2);
        for (int i = 0; table.count() < CAPACITY; i++) {
            table.begin(Keys.udp(1, 1_000 + i, 2, 80), VM_1, VM_2, 0);
        }

        for (int i = 0; i < 8; i++) {
            int session = table.begin(Keys.udp(3, 1_000 + i, 2, 80), VM_3, VM_2, 0);
            assertNotEquals(SessionTable.FULL, session);
            table.touch(session, true, 60, 0);
        }

        assertEquals(8, table.count(VM_3));
        assertEquals(kept, table.find(Keys.udp(9, 1, 2, 2), 0));
        assertEquals(CAPACITY, table.count());
    }

    @Test
    void shouldNeverTakeAnAnsweredSessionOfAnother() {
        table.portShare(CAPACITY);
        for (int i = 0; i < CAPACITY; i++) {
            established(Keys.udp(1, 1_000 + i, 2, 80), VM_1);
        }

        assertEquals(SessionTable.FULL, table.begin(Keys.udp(3, 1, 2, 80), VM_3, VM_2, 0));
        assertEquals(List.of(), ended);
    }

    @Test
    void shouldFindItsSessionsWhenTheProcessBeginsAgain() {
        long length = SessionTable.lengthBytes(CAPACITY);
        SessionKey key = Keys.tcp(1, 10, 2, 20);
        SessionKey flushed = Keys.tcp(1, 11, 3, 20);
        SessionKey expired = Keys.udp(1, 12, 2, 20);
        try (MappedFile file = MappedFile.open(directory.resolve("sessions"), length)) {
            SessionTable before = open(file, 7, 1_000);
            before.begin(Keys.tcp(5, 5, 6, 6), VM_1, VM_2, 1_000);
            before.begin(key, VM_1, VM_2, 1_000);
            before.begin(flushed, VM_1, VM_3, 1_000);
            before.begin(expired, VM_1, VM_2, 1_000);
            before.end(before.find(Keys.tcp(5, 5, 6, 6), 1_000));
            before.flushPort(VM_3);
        }

        try (MappedFile file = MappedFile.open(directory.resolve("sessions"), length);
                SessionTable after = open(file, 7, 60_000)) {
            assertNotEquals(MISS, after.find(key, 60_000));
            assertEquals(MISS, after.find(flushed, 60_000));
            assertEquals(MISS, after.find(expired, 60_000));
            assertEquals(1, after.count());
            assertEquals(1, after.count(VM_1));
            for (int i = 0; i < CAPACITY / 4 - 1; i++) {
                assertNotEquals(SessionTable.FULL, after.begin(Keys.udp(8, i, 9, 9), VM_1, VM_2, 60_000));
            }
        }
    }

    @Test
    void shouldBeginEmptyWhenTheBootDiffersOrTheProcessWasAwayForLong() {
        long length = SessionTable.lengthBytes(CAPACITY);
        long tenDaysMs = SessionTimeouts.MAX_MS;
        for (long[] next : new long[][] {{8, 1_000}, {7, tenDaysMs + 1_000}, {7, 999}}) {
            try (MappedFile file = MappedFile.open(directory.resolve("sessions" + next[0] + next[1]), length)) {
                open(file, 7, 1_000).begin(Keys.tcp(1, 10, 2, 20), VM_1, VM_2, 1_000);
                try (SessionTable after = open(file, next[0], next[1])) {
                    assertEquals(0, after.count());
                }
            }
        }
    }

    @Test
    void shouldLeaveOutDamagedSessions() {
        long length = SessionTable.lengthBytes(CAPACITY);
        try (MappedFile file = MappedFile.open(directory.resolve("sessions"), length)) {
            SessionTable before = open(file, 7, 1_000);
            for (int i = 0; i < 10; i++) {
                before.begin(Keys.tcp(i, 10, 200, 20), VM_1, VM_2, 1_000);
            }
            long line = file.address() + Memory.PAGE_BYTES;
            Memory.writeLong(line + SessionFields.SCOPE, 0);
            Memory.writeInt(line + 64 + SessionFields.WAY, 5_000);
            Memory.writeInt(line + 128 + SessionFields.STATUS, 31);
            Memory.writeInt(line + 192 + SessionFields.SEEN, 2_000);
            Memory.copy(line + 256, line + 320, SessionFields.LINE_LENGTH);

            try (SessionTable after = open(file, 7, 1_500)) {
                assertEquals(5, after.count());
            }
        }
    }

    private SessionTable open(MappedFile file, long bootId, long nowMs) {
        return SessionTable.open(
                file.address(), CAPACITY, nowMs, bootId, SessionTimeouts.DEFAULT, events, nowMs * MS_NS);
    }

    private int established(SessionKey key, int port) {
        int session = table.begin(key, port, VM_2, 0);
        table.touch(session, true, 60, 0);
        return session;
    }
}
