package io.weir.datapath.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import org.jspecify.annotations.Nullable;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whose session a packet is, at any level, against a list that is searched by the words of the rule. */
class SessionLevelsOracleTest {
    private static final int CAPACITY = 1024;
    private static final int HOSTS = 3;
    private static final int LEVELS = 12;
    private static final int STEPS = 1_500;
    private static final int MISS = SessionTable.MISS;

    private static final class Entry {
        int session;
        int from;
        int to;
        int level;
        boolean proven;

        boolean between(int one, int other) {
            return (from == one && to == other) || (from == other && to == one);
        }
    }

    private final List<Entry> model = new ArrayList<>();
    private int ambiguous;

    @Property(tries = 100)
    void shouldFindWhatTheRuleSays(@ForAll long seed) {
        Random random = new Random(seed);
        model.clear();
        ambiguous = 0;
        try (SessionTable table = SessionTable.create(CAPACITY, seed, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            table.portShare(CAPACITY);
            for (int step = 0; step < STEPS; step++) {
                packet(table, random);
            }
            assertEquals(model.size(), table.count());
        }
        assertTrue(ambiguous > 0, "no packet that may be of two sessions");
    }

    private void packet(SessionTable table, Random random) {
        int from = random.nextInt(HOSTS);
        int to = (from + 1 + random.nextInt(HOSTS - 1)) % HOSTS;
        int level = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(LEVELS);
        SessionKey key = Keys.udp(from, 7, to, 7).level(level);
        Entry known = find(from, to, level);

        int session = table.find(key, 0);

        assertEquals(known == null ? MISS : known.session, session, () -> from + " to " + to + " at " + level);
        if (known != null) {
            assertEquals(known.from != from, table.fields().isReply(session, key));
            assertEquals(known.level, table.fields().label(session));
            assertTrue(level == 0 || level == known.level);
            end(table, random, known);
        } else if (random.nextInt(4) != 0) {
            begin(table, key, from, to, level != 0 ? level : 1 + random.nextInt(LEVELS));
        }
    }

    /** The rule, word for word. */
    private @Nullable Entry find(int from, int to, int level) {
        List<Entry> all =
                model.stream().filter(entry -> entry.between(from, to)).toList();
        if (level != 0) {
            return all.stream()
                    .filter(entry -> entry.level == level)
                    .findFirst()
                    .orElse(null);
        }
        Entry begun = all.stream()
                .filter(entry -> entry.from == from && !entry.proven)
                .findFirst()
                .orElse(null);
        if (begun != null) {
            return begun;
        }
        ambiguous += all.size() > 1 ? 1 : 0;
        return all.size() == 1 && all.getFirst().from == to ? all.getFirst() : null;
    }

    private void begin(SessionTable table, SessionKey key, int from, int to, int level) {
        boolean proven = key.level() != 0;
        int twin = table.atLevel(key, level, 0);
        if (twin != MISS) {
            table.end(twin);
            model.removeIf(entry -> entry.session == twin);
        }
        model.removeIf(entry -> !proven && !entry.proven && entry.between(from, to));
        Entry entry = new Entry();
        entry.session = table.begin(key, level, 1, 2, 0);
        entry.from = from;
        entry.to = to;
        entry.level = level;
        entry.proven = proven;
        assertTrue(entry.session != SessionTable.FULL);
        model.add(entry);
    }

    private void end(SessionTable table, Random random, Entry entry) {
        if (random.nextInt(3) == 0) {
            table.end(entry.session);
            model.remove(Objects.requireNonNull(entry));
        }
    }
}
