package io.weir.datapath.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.weir.datapath.session.SessionTable.MISS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Sessions between the same ends at several security levels. */
@Timeout(10)
class SessionLevelsTest {
    private static final int NOW = 1_000;
    private static final int VM = 1;
    private static final int TUNNEL = 2;

    private final List<String> ended = new ArrayList<>();
    private final SessionTable table = SessionTable.create(
            4096, 1, SessionTimeouts.DEFAULT, (session, cause) -> ended.add(session + " cause " + cause));
    private final SessionFields fields = table.fields();

    @AfterEach
    void close() {
        table.close();
    }

    private static SessionKey forward(int level) {
        return Keys.udp(1, 10, 2, 20).level(level);
    }

    private static SessionKey reply(int level) {
        return Keys.udp(2, 20, 1, 10).level(level);
    }

    private int begin(SessionKey key, int level) {
        return table.begin(key, level, VM, TUNNEL, NOW);
    }

    private int find(SessionKey key) {
        return table.find(key, NOW);
    }

    @Test
    void shouldFindASessionByItsLevelAndByNoOther() {
        int second = begin(forward(2), 2);
        int fifth = begin(forward(5), 5);

        assertNotEquals(second, fifth);
        assertEquals(second, find(forward(2)));
        assertEquals(fifth, find(forward(5)));
        assertEquals(second, find(reply(2)));
        assertEquals(fifth, find(reply(5)));
        assertEquals(MISS, find(forward(7)));
        assertEquals(MISS, find(reply(7)));
        assertEquals(2, fields.label(second));
        assertEquals(5, fields.label(fifth));
    }

    @Test
    void shouldKeepAThousandLevelsBetweenTheSameEnds() {
        Set<Integer> sessions = new HashSet<>();
        for (int level = 1; level <= 1_000; level++) {
            assertEquals(MISS, find(forward(level)));
            sessions.add(begin(forward(level), level));
        }

        assertEquals(1_000, sessions.size());
        for (int level = 1; level <= 1_000; level++) {
            assertEquals(level, fields.label(find(level % 2 == 0 ? forward(level) : reply(level))));
        }
        // In an order in which each is once the one found first, and once not.
        for (int level = 1; level <= 1_000; level += 2) {
            table.end(find(forward(level)));
        }
        for (int level = 1; level <= 1_000; level++) {
            assertEquals(level % 2 == 0, find(forward(level)) != MISS);
        }
        for (int level = 1_000; level > 2; level -= 2) {
            table.end(find(reply(level)));
        }
        assertEquals(2, fields.label(find(reply(0))), "the only one left may be meant again");
        assertEquals(1, table.count());
    }

    @Test
    void shouldTakeTheReplyOfAPacketThatProvesNoLevelForThatOfTheOnlySession() {
        int session = begin(forward(2), 2);

        assertEquals(session, find(reply(0)));
    }

    @Test
    void shouldTakeAReplyForNoneOfTwoSessions() {
        int second = begin(forward(2), 2);
        int fifth = begin(forward(5), 5);

        assertEquals(MISS, find(reply(0)));

        table.end(second);
        assertEquals(fifth, find(reply(0)));
    }

    @Test
    void shouldNotTakeAPacketThatProvesNoLevelForOneThatBeganASessionWhosePacketsDo() {
        begin(forward(2), 2);

        assertEquals(MISS, find(forward(0)));
    }

    @Test
    void shouldKeepASessionWhosePacketsProveNoLevelBesideOthers() {
        int fifth = begin(forward(5), 5);
        int unproven = begin(forward(0), 2);
        int seventh = begin(forward(7), 7);

        assertEquals(unproven, find(forward(0)));
        assertEquals(unproven, find(forward(2)));
        assertEquals(unproven, find(reply(2)));
        assertEquals(fifth, find(forward(5)));
        assertEquals(seventh, find(reply(7)));
        assertEquals(MISS, find(reply(0)), "whose reply it is nothing tells");

        table.end(unproven);
        assertEquals(MISS, find(forward(0)));
        assertEquals(fifth, find(forward(5)));
        assertEquals(seventh, find(forward(7)));
    }

    @Test
    void shouldHaveOneSessionAtMostWhosePacketsProveNoLevel() {
        int former = begin(forward(0), 2);
        int session = begin(reply(0), 3);

        assertEquals(List.of(former + " cause " + SessionEvents.ENDED), ended);
        assertEquals(session, find(reply(0)));
        assertEquals(MISS, find(forward(2)));
    }

    @Test
    void shouldFindASessionAtALevelWhateverItsPacketsProve() {
        int unproven = begin(forward(0), 2);
        int fifth = begin(forward(5), 5);

        assertEquals(unproven, table.atLevel(forward(0), 2, NOW));
        assertEquals(fifth, table.atLevel(forward(0), 5, NOW));
        assertEquals(MISS, table.atLevel(forward(0), 7, NOW));
    }

    @Test
    void shouldTakeAQuoteForThatOfAPacketThatGoesTheOtherWay() {
        int session = begin(forward(2), 2);

        assertEquals(session, find(forward(2).quoted()));
        assertEquals(session, find(forward(0).quoted()), "the error goes the way of a reply");
        assertEquals(MISS, find(reply(0).quoted()), "the error goes the way that proves a level");
        assertEquals(MISS, find(forward(5).quoted()));
    }

    @Test
    void shouldGiveASessionWithoutLevelOne() {
        int session = begin(forward(0), 0);
        int fifth = begin(forward(5), 5);

        table.label(session, 2);

        assertEquals(session, find(forward(2)));
        assertEquals(session, find(forward(0)));
        assertEquals(fifth, find(reply(5)));
    }

    @Test
    void shouldLetSessionsAtOtherLevelsExpireAlone() {
        int fifth = begin(forward(5), 5);
        table.begin(forward(7), 7, VM, TUNNEL, NOW - 10_000_000);

        table.sweep(NOW * 1_000_000L, 4096, SessionTable.Visitor.NONE);

        assertEquals(1, table.count());
        assertEquals(fifth, find(reply(0)));
    }

    @Test
    void shouldForgetAllLevelsOfAFlushedPort() {
        for (int level = 1; level <= 20; level++) {
            begin(forward(level), level);
        }

        table.flushPort(TUNNEL);

        for (int level = 1; level <= 20; level++) {
            assertEquals(MISS, find(forward(level)));
        }
        assertEquals(0, table.count());
    }

    @Test
    void shouldKeepLevelsWhenASessionLeavesByAnotherPort() {
        int session = begin(forward(65_535), 65_535);

        table.egress(session, 1023);

        assertEquals(65_535, fields.label(session));
        assertEquals(VM, fields.ingressPort(session));
        assertEquals(1023, fields.egressPort(session));
        assertEquals(session, find(forward(65_535)));
    }
}
