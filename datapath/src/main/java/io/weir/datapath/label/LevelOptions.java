package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.WireLevel;
import io.weir.datapath.port.WireLabelSettings;
import io.weir.kernel.Memory;

import static io.weir.datapath.wire.NetworkOrder.i32;
import static io.weir.datapath.wire.NetworkOrder.put32;

/**
 * The options in which levels are written, kept by the level's number: a number means the same level for as long as the process
 * runs. A level has one slot, its number modulo {@link #SLOTS}, and is written again when another took it.
 *
 * <pre>
 *  slot:  0        4              8                12               64
 *         +--------+--------------+----------------+----------------+------------------+
 *         | number | CIPSO length | CALIPSO length | CIPSO option   | CALIPSO option   |
 *         +--------+--------------+----------------+----------------+------------------+
 * </pre>
 *
 * <p>Behind the slots is room for the CIPSO option of one level in a shorter form, for a header in which others stand too.
 *
 * <p>Threading: belongs to one worker.
 */
final class LevelOptions implements AutoCloseable {
    private static final int SLOTS = 64;
    private static final int CIPSO_LENGTH_OFFSET = 4;
    private static final int CALIPSO_LENGTH_OFFSET = 8;
    private static final int CIPSO_OFFSET = 12;
    private static final int CALIPSO_OFFSET = 64;
    private static final int SLOT_BYTES = 256;
    private static final int BYTES = (SLOTS + 1) * SLOT_BYTES;

    /** Offset in {@link #bytes} of what {@link #shorterCipso} has written. */
    static final int SHORTER_CIPSO = SLOTS * SLOT_BYTES;

    private final CurrentPolicy current;
    private final CipsoOption cipso;
    private final CalipsoOption calipso;
    private final WireLevel level = new WireLevel();
    private final long base = Memory.map(BYTES);
    private final UnsafeBuffer slots = new UnsafeBuffer(base, BYTES);

    LevelOptions(CurrentPolicy current, WireLabelSettings settings) {
        this.current = current;
        cipso = new CipsoOption(settings);
        calipso = new CalipsoOption(settings);
    }

    /** Where the options stand. */
    UnsafeBuffer bytes() {
        return slots;
    }

    /** Offset in {@link #bytes} of the CIPSO option of a level. */
    static int cipso(int number) {
        return slot(number) + CIPSO_OFFSET;
    }

    /** Offset in {@link #bytes} of the CALIPSO option of a level. */
    static int calipso(int number) {
        return slot(number) + CALIPSO_OFFSET;
    }

    /** Bytes of the CIPSO option of a level; 0 when there is no level, or no tag that holds it. */
    int cipsoLength(int number) {
        return known(number) ? i32(slots, slot(number) + CIPSO_LENGTH_OFFSET) : 0;
    }

    /** Bytes of the CALIPSO option of a level; 0 when there is no level. */
    int calipsoLength(int number) {
        return known(number) ? i32(slots, slot(number) + CALIPSO_LENGTH_OFFSET) : 0;
    }

    /**
     * Writes the CIPSO option of a level that has one at {@link #SHORTER_CIPSO}, with the first tag with which it is no longer than
     * {@code most} bytes; its bytes, 0 when there is no such tag.
     */
    int shorterCipso(int number, int most) {
        Levels levels = levels(current.policy());
        if (levels == null) {
            return 0;
        }
        levels.read(number, level);
        return cipso.write(slots, SHORTER_CIPSO, level, most);
    }

    private static int slot(int number) {
        return (number & SLOTS - 1) * SLOT_BYTES;
    }

    private boolean known(int number) {
        if (number == 0) {
            return false;
        }
        return i32(slots, slot(number)) == number || write(number);
    }

    private boolean write(int number) {
        Levels levels = levels(current.policy());
        if (levels == null) {
            return false;
        }
        levels.read(number, level);
        int slot = slot(number);
        put32(slots, slot, number);
        put32(slots, slot + CIPSO_LENGTH_OFFSET, cipso.write(slots, slot + CIPSO_OFFSET, level));
        put32(slots, slot + CALIPSO_LENGTH_OFFSET, calipso.write(slots, slot + CALIPSO_OFFSET, level));
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the one that knows no level
    private static @Nullable Levels levels(@Nullable Policy policy) {
        Levels levels = policy == null ? Levels.NONE : policy.levels();
        return levels == Levels.NONE ? null : levels;
    }

    @Override
    public void close() {
        Memory.unmap(base, BYTES);
    }
}
