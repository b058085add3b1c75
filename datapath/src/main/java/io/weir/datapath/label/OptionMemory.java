package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PortSet;
import io.weir.kernel.Memory;

import static io.weir.datapath.wire.NetworkOrder.i32;
import static io.weir.datapath.wire.NetworkOrder.put32;

/**
 * The last good label option of each port and kind, and the number of its level: a guest sends the same label again and again.
 * What an option means depends on its bytes, and on the policy, which may know a level no more: all is forgotten with it.
 *
 * <pre>
 *  slot:  0        4        8
 *         +--------+--------+--------------------+
 *         | length | number | the option's bytes |
 *         +--------+--------+--------------------+
 * </pre>
 *
 * <p>Threading: belongs to one worker.
 */
final class OptionMemory implements AutoCloseable {
    /** Kinds of options, each with a slot of its own. */
    static final int CIPSO = 0;

    static final int CALIPSO = 1;

    private static final int KINDS = 2;
    private static final int NUMBER_OFFSET = 4;
    private static final int BYTES_OFFSET = 8;
    private static final int SLOT_BYTES = 160;
    private static final int MAX_LENGTH = SLOT_BYTES - BYTES_OFFSET;
    private static final int BYTES = PortSet.MAX_PORTS * KINDS * SLOT_BYTES;

    private final long base = Memory.map(BYTES);
    private final UnsafeBuffer slots = new UnsafeBuffer(base, BYTES);

    /** Number of the level if the option of {@code length} bytes is the one remembered, else 0. */
    int number(int port, int kind, UnsafeBuffer frame, int option, int length) {
        int slot = slot(port, kind);
        return i32(slots, slot) == length && OptionWalk.equal(frame, option, slots, slot + BYTES_OFFSET, length)
                ? i32(slots, slot + NUMBER_OFFSET)
                : 0;
    }

    /** Remembers an option; one longer than any that is written is forgotten at once. */
    void remember(int port, int kind, UnsafeBuffer frame, int option, int length, int number) {
        if (length <= MAX_LENGTH) {
            int slot = slot(port, kind);
            put32(slots, slot, length);
            put32(slots, slot + NUMBER_OFFSET, number);
            slots.putBytes(slot + BYTES_OFFSET, frame, option, length);
        }
    }

    /** Forgets all. */
    void clear() {
        slots.setMemory(0, BYTES, (byte) 0);
    }

    private static int slot(int port, int kind) {
        return (port * KINDS + kind) * SLOT_BYTES;
    }

    @Override
    public void close() {
        Memory.unmap(base, BYTES);
    }
}
