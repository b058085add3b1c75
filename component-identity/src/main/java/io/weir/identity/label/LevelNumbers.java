package io.weir.identity.label;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.WireLevel;

/**
 * Numbers of security levels: 1 up, dense, each given once and never changed, so that the packet path can carry an int.
 *
 * <p>A table with open addressing, four times as large as what it may hold. Its hash is universal and seeded by chance (each half of
 * a word times a random factor, the upper bits of the sum), and a search looks at {@link #PROBES} slots at most: a guest that
 * chooses the levels of its packets can make no search long.
 *
 * <p>What such a guest can do is name many levels. {@link #number(WireLevel)} therefore stops to give numbers when
 * {@link #FOR_PACKETS} are given: from then on new levels of packets have none, and those packets are dropped; what documents and
 * SAs say still finds room. A domain that lists its levels closes this door altogether: {@link #known}.
 *
 * <p>Threading: any thread, without locks. An entry is published by compare-and-set, its number before it.
 */
public final class LevelNumbers implements Levels {
    /** Most numbers that are given. */
    public static final int CAPACITY = 65_535;

    /** Numbers that may be given before packets may ask for no more of them. */
    public static final int FOR_PACKETS = CAPACITY / 2;

    private static final int SLOT_BITS = 18;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int PROBES = 128;
    private static final LevelNumbers PROCESS = new LevelNumbers(ThreadLocalRandom.current());

    private final long[] factors = new long[2 * Level.WORDS + 1];
    private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicReferenceArray<@Nullable Level> levels = new AtomicReferenceArray<>(CAPACITY + 1); // by number
    private final AtomicInteger given = new AtomicInteger();
    private final Levels known = new Known();

    private record Entry(Level level, int number) {}

    /** Finds levels, and gives no number. */
    private final class Known implements Levels {
        @Override
        public int number(WireLevel level) {
            return find(level);
        }

        @Override
        public void read(int number, WireLevel level) {
            LevelNumbers.this.read(number, level);
        }
    }

    /** @param random of the hash; a fixed one makes tests repeatable */
    public LevelNumbers(RandomGenerator random) {
        for (int i = 0; i < factors.length; i++) {
            factors[i] = random.nextLong() | 1;
        }
    }

    /** Those of this process, which all epochs and tunnels share. */
    public static LevelNumbers process() {
        return PROCESS;
    }

    /** The same numbers, to look up only: a level that has none gets none. */
    public Levels known() {
        return known;
    }

    @Override
    public int number(WireLevel level) {
        int number = find(level);
        return number != 0 ? number : add(Level.of(level), FOR_PACKETS);
    }

    /** Number of a level that a document, an SA or a person names; 0 when all {@link #CAPACITY} are given. */
    public int number(Level level) {
        int number = find(level);
        return number != 0 ? number : add(level, CAPACITY);
    }

    /** Number of the level, 0 when it has none. */
    public int find(Level level) {
        int place = place(level);
        for (int probe = 0; probe < PROBES; probe++) {
            Entry entry = slots.get((place + probe) & (SLOTS - 1));
            if (entry == null) {
                return 0;
            }
            if (entry.level.equals(level)) {
                return entry.number;
            }
        }
        return 0;
    }

    private int find(WireLevel level) {
        int place = place(level);
        for (int probe = 0; probe < PROBES; probe++) {
            Entry entry = slots.get((place + probe) & (SLOTS - 1));
            if (entry == null) {
                return 0;
            }
            if (entry.level.is(level)) {
                return entry.number;
            }
        }
        return 0;
    }

    private int place(Level level) {
        long sum = level.sensitivity() * factors[0];
        for (int word = 0; word < Level.WORDS; word++) {
            sum += hash(word, level.word(word));
        }
        return (int) (sum >>> (Long.SIZE - SLOT_BITS));
    }

    private int place(WireLevel level) {
        long sum = level.sensitivity() * factors[0];
        for (int word = 0; word < Level.WORDS; word++) {
            sum += hash(word, level.word(word));
        }
        return (int) (sum >>> (Long.SIZE - SLOT_BITS));
    }

    private long hash(int word, long bits) {
        return bits == 0 ? 0 : (bits & 0xFFFF_FFFFL) * factors[2 * word + 1] + (bits >>> 32) * factors[2 * word + 2];
    }

    /** Its new number, or the one that another thread gave it meanwhile; 0 when there is none left. */
    private int add(Level level, int most) {
        int number = take(most);
        if (number == 0) {
            return find(level);
        }
        levels.set(number, level);
        Entry entry = new Entry(level, number);
        int place = place(level);
        for (int probe = 0; probe < PROBES; probe++) {
            Entry there = slots.compareAndExchange((place + probe) & (SLOTS - 1), null, entry);
            if (there == null) {
                return number;
            }
            if (there.level.equals(level)) {
                levels.set(number, null);
                return there.number;
            }
        }
        levels.set(number, null);
        return 0;
    }

    private int take(int most) {
        int before = given.getAndUpdate(count -> count < most ? count + 1 : count);
        return before < most ? before + 1 : 0;
    }

    /** Highest number that was given, 0 when none was. */
    public int highest() {
        return given.get();
    }

    /**
     * The level with that number.
     *
     * @throws IllegalArgumentException when none has it
     */
    public Level level(int number) {
        Level level = find(number);
        if (level == null) {
            throw new IllegalArgumentException("no level has number " + number);
        }
        return level;
    }

    /** The level with that number, null when none has it. */
    @Nullable
    Level find(int number) {
        return number < 1 || number > CAPACITY ? null : levels.get(number);
    }

    /** The level's text, empty for 0 and for numbers that no level has. */
    public String text(int number) {
        Level level = find(number);
        return level == null ? "" : level.toString();
    }

    @Override
    public void read(int number, WireLevel level) {
        level(number).copyTo(level);
    }
}
