package io.weir.identity.label;

import java.util.Set;
import java.util.TreeSet;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import io.weir.datapath.policy.WireLevel;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Laws of levels and ranges, and levels held against sets of numbers. */
class LevelPropertyTest {
    /** A level as plain sets, to be compared with. */
    record Plain(int sensitivity, Set<Integer> categories) {
        Level level() {
            return Level.of(
                    sensitivity, categories.stream().mapToInt(Integer::intValue).toArray());
        }

        boolean dominates(Plain other) {
            return sensitivity >= other.sensitivity && categories.containsAll(other.categories);
        }
    }

    @Provide
    Arbitrary<Plain> plains() {
        Arbitrary<Integer> near = Arbitraries.integers().between(0, 8);
        Arbitrary<Integer> edges = Arbitraries.of(62, 63, 64, 65, 66, 127, 128, 1021, 1022, 1023);
        Arbitrary<Set<Integer>> categories =
                Arbitraries.oneOf(near, edges).set().ofMaxSize(12);
        return Combinators.combine(Arbitraries.integers().between(0, 15), categories)
                .as(Plain::new);
    }

    @Provide
    Arbitrary<Level> levels() {
        return plains().map(Plain::level);
    }

    @Property
    void readsBackWhatItPrints(@ForAll("levels") Level level) {
        assertEquals(level, Level.parse(level.toString()));
        assertEquals(level.hashCode(), Level.parse(level.toString()).hashCode());
    }

    @Property
    void goesToTheWireAndBack(@ForAll("levels") Level level) {
        WireLevel wire = new WireLevel();
        level.copyTo(wire);

        assertEquals(level, Level.of(wire));
    }

    @Property
    void dominatesAsSetsDo(@ForAll("plains") Plain a, @ForAll("plains") Plain b) {
        Dominance expected = a.dominates(b)
                ? (b.dominates(a) ? Dominance.EQUAL : Dominance.DOMINATES)
                : (b.dominates(a) ? Dominance.DOMINATED : Dominance.INCOMPARABLE);

        assertEquals(expected, a.level().to(b.level()));
        assertEquals(a.equals(b), a.level().equals(b.level()));
        assertEquals(a.categories().size(), a.level().categories());
    }

    @Property
    void isALattice(@ForAll("levels") Level a, @ForAll("levels") Level b, @ForAll("levels") Level c) {
        assertEquals(a, a.lub(a));
        assertEquals(a.lub(b), b.lub(a));
        assertEquals(a.glb(b), b.glb(a));
        assertEquals(a.lub(b).lub(c), a.lub(b.lub(c)));
        assertEquals(a.glb(b).glb(c), a.glb(b.glb(c)));
        assertEquals(a, a.lub(a.glb(b)));
        assertEquals(a, a.glb(a.lub(b)));
        assertEquals(a.dominates(b), a.lub(b).equals(a));
        assertEquals(a.dominates(b), a.glb(b).equals(b));
        assertEquals(true, Level.HIGHEST.dominates(a) && a.dominates(Level.LOWEST));
    }

    @Property
    void boundsBothAndNothingMore(@ForAll("levels") Level a, @ForAll("levels") Level b, @ForAll("levels") Level c) {
        assertEquals(c.dominates(a) && c.dominates(b), c.dominates(a.lub(b)));
        assertEquals(a.dominates(c) && b.dominates(c), a.glb(b).dominates(c));
    }

    @Provide
    Arbitrary<LevelRange> ranges() {
        return Combinators.combine(levels(), levels()).as((low, more) -> new LevelRange(low, low.lub(more)));
    }

    @Property
    void printsRangesThatReadBack(@ForAll("ranges") LevelRange range) {
        assertEquals(range, LevelRange.parse(range.toString()));
    }

    @Property
    void sharesWhatLiesInBoth(
            @ForAll("ranges") LevelRange a, @ForAll("ranges") LevelRange b, @ForAll("levels") Level level) {
        boolean shared = a.intersection(b).map(range -> range.contains(level)).orElse(false);

        assertEquals(a.contains(level) && b.contains(level), shared);
        assertEquals(a.contains(b), a.intersection(b).equals(java.util.Optional.of(b)));
    }

    @Property
    void containsRangesByTheirEnds(@ForAll("ranges") LevelRange a, @ForAll("ranges") LevelRange b) {
        assertEquals(a.contains(b.low()) && a.contains(b.high()), a.contains(b));
    }

    @Property
    void keepsContextsApartAtTheThirdColon(@ForAll("ranges") LevelRange range) {
        String text = "user_u:role.r:type_t:" + range;
        SecurityContext context = SecurityContext.parse(text);

        assertEquals(range, context.range());
        assertEquals("type_t", context.type());
        assertEquals(text, context.toString());
    }

    @Property
    void printsCategoriesAsTheKernelLoopDoes(@ForAll("plains") Plain plain) {
        assertEquals(kernel(plain), plain.level().toString());
    }

    /** The loop of mls_sid_to_context in security/selinux/ss/mls.c. */
    private static String kernel(Plain plain) {
        StringBuilder text = new StringBuilder("s" + plain.sensitivity());
        int head = -2;
        int prev = -2;
        for (int i : new TreeSet<>(plain.categories())) {
            if (i - prev > 1) {
                if (prev != head) {
                    text.append(prev - head > 1 ? '.' : ',').append('c').append(prev);
                }
                text.append(prev < 0 ? ':' : ',').append('c').append(i);
                head = i;
            }
            prev = i;
        }
        if (prev != head) {
            text.append(prev - head > 1 ? '.' : ',').append('c').append(prev);
        }
        return text.toString();
    }
}
