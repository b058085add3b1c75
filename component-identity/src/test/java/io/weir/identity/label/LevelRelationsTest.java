package io.weir.identity.label;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LevelRelationsTest {
    private static final int LEVELS = 80;

    private final Random random = new Random(0x5E1A_7105L);
    private final LevelNumbers numbers = new LevelNumbers(random);

    private Level level() {
        int[] categories =
                random.ints(3, 0, 6).filter(category -> random.nextBoolean()).toArray();
        return Level.of(random.nextInt(6), categories);
    }

    private LevelRange range() {
        Level low = level();
        return new LevelRange(low, low.lub(level()));
    }

    /** Levels numbered before, between and after the tables, ranges that came with each. */
    @Test
    void shouldTellAsRangesDo() {
        List<LevelRange> ranges = new ArrayList<>(List.of(LevelRange.ALL));
        LevelRelations relations = LevelRelations.none(numbers);
        for (int step = 0; step < LEVELS; step++) {
            numbers.number(level());
            ranges.add(range());
            relations = relations.with(ranges);
            if (step % 3 == 0) {
                numbers.number(level());
            }
            for (int range = 0; range < ranges.size(); range++) {
                for (int number = 1; number <= numbers.highest(); number++) {
                    assertEquals(
                            ranges.get(range).contains(numbers.level(number)),
                            relations.contains(range, number),
                            ranges.get(range) + " " + numbers.level(number));
                }
            }
        }
    }

    @Test
    void shouldTellOfLevelsBeyondTheTables() {
        int last = 0;
        for (int i = 0; i <= LevelRelations.TABLED; i++) {
            last = numbers.number(Level.of(1 + i % 2, i % 512, 512 + i / 512));
        }
        LevelRelations relations =
                LevelRelations.none(numbers).with(List.of(LevelRange.ALL, LevelRange.parse("s1-s1:c0.c1023")));

        assertTrue(last >= LevelRelations.TABLED);
        assertTrue(relations.contains(0, last));
        assertEquals(numbers.level(last).sensitivity() == 1, relations.contains(1, last));
        assertEquals(numbers.level(last - 1).sensitivity() == 1, relations.contains(1, last - 1));
    }

    @Test
    void shouldHoldNothingThatIsNoLevel() {
        numbers.number(Level.LOWEST);
        LevelRelations relations = LevelRelations.none(numbers).with(List.of(LevelRange.ALL));

        assertFalse(relations.contains(0, 0));
        assertFalse(relations.contains(0, 2));
        assertFalse(relations.contains(0, Integer.MAX_VALUE));
    }

    @Test
    void shouldShareRowsOfWhatHasNotChanged() {
        numbers.number(Level.LOWEST);
        LevelRelations before = LevelRelations.none(numbers).with(List.of(LevelRange.ALL));
        LevelRelations after = before.with(List.of(LevelRange.ALL, LevelRange.parse("s1-s2")));

        assertEquals(2 * before.sizeBytes(), after.sizeBytes());
        assertTrue(after.contains(0, 1));
        assertFalse(after.contains(1, 1));
    }
}
