package io.weir.datapath.label;

import java.util.List;
import java.util.Set;

import org.agrona.concurrent.UnsafeBuffer;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.TestLevels;
import io.weir.datapath.policy.WireLevel;
import io.weir.datapath.port.WireLabelSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** For any level: what is written is well-formed, and is read as the same level; what cannot be written fits no tag indeed. */
class LabelOptionPropertyTest {
    private final WireLevel read = new WireLevel();

    @Property(tries = 3000)
    void shouldReadTheLevelThatItWroteAsCipso(@ForAll("levels") WireLevel level, @ForAll("tags") List<Integer> tags) {
        CipsoOption option = new CipsoOption(new WireLabelSettings(3, tags, 16));
        UnsafeBuffer bytes = OffHeap.zeros(CipsoOption.MAX_LENGTH);

        int length = option.write(bytes, 0, level);

        assertEquals(tags.stream().anyMatch(tag -> fits(tag, level)), length > 0);
        if (length > 0) {
            int first =
                    tags.stream().filter(tag -> fits(tag, level)).findFirst().orElseThrow();
            assertEquals(first, bytes.getByte(6));
            assertEquals(length, bytes.getByte(1));
            assertEquals(DropReason.NONE, option.check(bytes, 0));
            assertTrue(option.read(bytes, 0, read));
            assertEquals(TestLevels.text(level), TestLevels.text(read));
        }
    }

    private static boolean fits(int tag, WireLevel level) {
        int highest = -1;
        int count = 0;
        int rangeBytes = 0;
        for (int category = level.next(0); category >= 0; category = level.next(category + 1)) {
            if (category == 0 || !level.has(category - 1)) {
                rangeBytes += category == 0 ? 2 : 4;
            }
            highest = category;
            count++;
        }
        return switch (tag) {
            case 1 -> highest < 240;
            case 2 -> count <= 15;
            default -> rangeBytes <= 30;
        };
    }

    @Property(tries = 3000)
    void shouldReadTheLevelThatItWroteAsCalipso(@ForAll("levels") WireLevel level) {
        CalipsoOption option = new CalipsoOption(WireLabelSettings.DEFAULT);
        UnsafeBuffer bytes = OffHeap.zeros(CalipsoOption.MAX_LENGTH);

        int length = option.write(bytes, 0, level);

        assertEquals(length - 2, bytes.getByte(1) & 0xFF);
        assertEquals(DropReason.NONE, option.check(bytes, 0));
        assertTrue(option.read(bytes, 0, read));
        assertEquals(TestLevels.text(level), TestLevels.text(read));
    }

    /** One changed byte is always found: a CRC of 16 bits sees every error burst of at most 16. */
    @Property(tries = 1000)
    void shouldFindOneChangedByteInCalipso(
            @ForAll("levels") WireLevel level, @ForAll("octets") int change, @ForAll("octets") int place) {
        CalipsoOption option = new CalipsoOption(WireLabelSettings.DEFAULT);
        UnsafeBuffer bytes = OffHeap.zeros(2 + 255);
        int length = option.write(bytes, 0, level);
        int at = place % length;
        bytes.putByte(at, (byte) (bytes.getByte(at) ^ change));

        // A type is not the option's to check, and another length another option.
        assertTrue(at < 2 || option.check(bytes, 0) != DropReason.NONE);
    }

    @Provide
    Arbitrary<Integer> octets() {
        return Arbitraries.integers().between(1, 255);
    }

    @Provide
    Arbitrary<List<Integer>> tags() {
        return Arbitraries.of(1, 2, 5).list().uniqueElements().ofMinSize(1).ofMaxSize(3);
    }

    /** Few categories anywhere, few below 240, and runs. */
    @Provide
    Arbitrary<WireLevel> levels() {
        Arbitrary<Set<Integer>> low =
                Arbitraries.integers().between(0, 239).set().ofMaxSize(40);
        Arbitrary<Set<Integer>> any =
                Arbitraries.integers().between(0, 1023).set().ofMaxSize(18);
        Arbitrary<Integer> run = Arbitraries.of(1, 1, 2, 40);
        return Combinators.combine(Arbitraries.integers().between(0, 15), Arbitraries.oneOf(low, any), run)
                .as(LabelOptionPropertyTest::level);
    }

    private static WireLevel level(int sensitivity, Set<Integer> begins, int run) {
        WireLevel level = new WireLevel().begin(sensitivity);
        for (int begin : begins) {
            for (int category = begin; category < Math.min(begin + run, 1024); category++) {
                level.add(category);
            }
        }
        return level;
    }
}
