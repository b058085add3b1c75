package io.weir.identity.label;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.WireLevel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class LevelNumbersTest {
    private static final long SEED = 0x1ABE1L;
    private static final int THREADS = 2;
    private static final int ROUNDS = 200;
    private static final int LEVELS = 256;

    private final LevelNumbers numbers = new LevelNumbers(new Random(SEED));

    private static WireLevel wire(Level level) {
        WireLevel wire = new WireLevel();
        level.copyTo(wire);
        return wire;
    }

    /** The level whose categories are the bits of the number, from category 60 on. */
    private static Level numbered(int bits) {
        long[] words = new long[Level.WORDS];
        words[0] = (long) bits << 60;
        words[1] = (long) bits >>> 4;
        return new Level(3, words);
    }

    @Test
    void shouldGiveEachLevelOneNumberWhoeverAsks() {
        int first = numbers.number(Level.parse("s2:c1.c3"));
        int second = numbers.number(wire(Level.parse("s5")));

        assertEquals(List.of(1, 2), List.of(first, second));
        assertEquals(first, numbers.number(wire(Level.parse("s2:c1.c3"))));
        assertEquals(second, numbers.number(Level.parse("s5")));
        assertEquals(2, numbers.highest());
        assertEquals("s2:c1.c3", numbers.text(first));
    }

    @Test
    void shouldReadTheLevelBack() {
        Level level = Level.parse("s9:c0,c240,c1023");
        WireLevel wire = new WireLevel().begin(1);
        wire.add(7);

        numbers.read(numbers.number(level), wire);

        assertEquals(level, Level.of(wire));
    }

    @Test
    void shouldKnowNoNumberThatWasNotGiven() {
        assertThrows(IllegalArgumentException.class, () -> numbers.level(0));
        assertThrows(IllegalArgumentException.class, () -> numbers.read(1, new WireLevel()));
        assertThrows(IllegalArgumentException.class, () -> numbers.level(LevelNumbers.CAPACITY + 1));
        assertEquals("", numbers.text(-1));
    }

    @Test
    void shouldGiveNoNumberWhereOnlyKnownLevelsCount() {
        int number = numbers.number(Level.parse("s2"));
        Levels known = numbers.known();

        assertEquals(number, known.number(wire(Level.parse("s2"))));
        assertEquals(0, known.number(wire(Level.parse("s3"))));
        assertEquals(1, numbers.highest());
    }

    @Test
    void shouldKeepRoomForDocumentsWhenPacketsNameAllTheyCan() {
        for (int i = 0; i < LevelNumbers.FOR_PACKETS; i++) {
            assertEquals(i + 1, numbers.number(wire(numbered(i))));
        }

        assertEquals(0, numbers.number(wire(numbered(LevelNumbers.FOR_PACKETS))));
        assertEquals(7, numbers.number(wire(numbered(6))));
        for (int i = LevelNumbers.FOR_PACKETS; i < LevelNumbers.CAPACITY; i++) {
            assertEquals(i + 1, numbers.number(numbered(i)));
        }
        assertEquals(0, numbers.number(numbered(LevelNumbers.CAPACITY)));
        assertEquals(LevelNumbers.CAPACITY, numbers.number(wire(numbered(LevelNumbers.CAPACITY - 1))));
    }

    /** Threads that name the same new levels at once agree on their numbers, and no number means two levels. */
    @Test
    void shouldAgreeOnNumbersAcrossThreads() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                LevelNumbers shared = new LevelNumbers(new Random(SEED + round));
                CountDownLatch start = new CountDownLatch(THREADS);
                List<Future<int[]>> all = java.util.stream.IntStream.range(0, THREADS)
                        .mapToObj(thread -> threads.submit(() -> name(shared, start, thread)))
                        .toList();
                int[] first = all.getFirst().get(30, TimeUnit.SECONDS);
                assertArrayEquals(first, all.getLast().get(30, TimeUnit.SECONDS));
                assertDistinct(shared, first);
            }
        }
    }

    private static int[] name(LevelNumbers shared, CountDownLatch start, int thread) throws InterruptedException {
        start.countDown();
        start.await();
        int[] numbers = new int[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            Level level = numbered(i);
            numbers[i] = thread == 0 ? shared.number(wire(level)) : shared.number(level);
            assertEquals(level, shared.level(numbers[i]));
        }
        return numbers;
    }

    private static void assertDistinct(LevelNumbers shared, int[] numbers) {
        Set<Integer> distinct = new HashSet<>();
        for (int i = 0; i < LEVELS; i++) {
            assertTrue(distinct.add(numbers[i]), "given twice: " + numbers[i]);
            assertEquals(numbered(i), shared.level(numbers[i]));
        }
    }
}
