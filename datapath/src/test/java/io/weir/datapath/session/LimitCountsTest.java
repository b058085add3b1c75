package io.weir.datapath.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LimitCountsTest {
    @Test
    void shouldRefuseAnotherScopeWhenFull() {
        LimitCounts counts = new LimitCounts(2);
        assertTrue(counts.add(5));
        assertTrue(counts.add(1_000_000));

        assertFalse(counts.add(6));
        assertTrue(counts.add(5));
        counts.remove(1_000_000);
        assertTrue(counts.add(6));
        counts.reserve(3);
        assertTrue(counts.add(7));
        assertEquals(2, counts.count(5));
        assertEquals(3, counts.scopes());
    }

    @Test
    void shouldRefuseWhenRoomIsImpossible() {
        assertThrows(IllegalArgumentException.class, () -> new LimitCounts(0));
        assertThrows(IllegalArgumentException.class, () -> new LimitCounts((1 << 24) + 1));
    }

    @Test
    void shouldForgetWhenCleared() {
        LimitCounts counts = new LimitCounts(2);
        counts.add(5);
        counts.clear();

        assertEquals(0, counts.count(5));
        assertEquals(0, counts.scopes());
    }

    @Property(tries = 200)
    void shouldCountAsAMapDoes(@ForAll long seed) {
        Random random = new Random(seed);
        Map<Integer, Integer> model = new HashMap<>();
        LimitCounts counts = new LimitCounts(50);
        for (int step = 0; step < 1_000; step++) {
            int scope = 1 + random.nextInt(60) * (1 << (random.nextInt(3) * 8));
            if (random.nextBoolean()) {
                boolean room = model.containsKey(scope) || model.size() < 50;
                assertEquals(room, counts.add(scope));
                if (room) {
                    model.merge(scope, 1, Integer::sum);
                }
            } else {
                counts.remove(scope);
                model.computeIfPresent(scope, (s, count) -> count == 1 ? null : count - 1);
            }
            if (step == 500) {
                counts.reserve(50);
            }
            assertEquals(model.getOrDefault(scope, 0), counts.count(scope));
        }
        model.forEach((scope, count) -> assertEquals(count, counts.count(scope)));
        assertEquals(model.size(), counts.scopes());
    }
}
