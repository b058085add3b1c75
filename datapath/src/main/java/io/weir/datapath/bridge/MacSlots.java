package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PortSet;

/**
 * The slots of a {@link MacTable} in their buffer: hashing, probing, filling and removing, and counting by port. A slot is
 * named by its offset in bytes behind the header.
 *
 * <pre>
 *  header (64 bytes)
 *   0           8         12         16          24          32          40
 *  +-----------+---------+----------+-----------+-----------+-----------+----------+
 *  |   magic   | version | capacity |   seed A  |   seed B  |  boot id  | reserved |
 *  +-----------+---------+----------+-----------+-----------+-----------+----------+
 *  slot (32 bytes, key 0 = empty)
 *   0                      8                      16     20     24           28
 *  +----------------------+----------------------+------+------+------------+-------+
 *  | VLAN &lt;&lt; 48 | address | last seen, ns        | port | kind | second of  | moves |
 *  +----------------------+----------------------+------+------+------------+-------+
 * </pre>
 *
 * <p>Moves holds the number of moves in the second of the last one in its lower 22 bits and in its upper ten the home: the
 * port that had the address before the burst of moves began.
 *
 * <p>Kind holds the kind in its lowest bits, bit 8 for an entry of another worker, and in its upper half a check over key,
 * port and kind, which a slot that was half-written when the process died does not pass.
 *
 * <p>Threading: one writer, the worker that owns the table, which alone reads.
 */
final class MacSlots {
    static final int NO_SLOT = -1;
    static final long MAC_MASK = 0xFFFF_FFFF_FFFFL;
    static final int REMOTE = 0x100;

    static final int HEADER_LENGTH = 64;
    static final int SLOT_LENGTH = 32;
    static final long MAGIC = 0x5745_4952_4D41_4331L; // "WEIRMAC1"
    static final int VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int CAPACITY_OFFSET = 12;
    static final int SEED_A_OFFSET = 16;
    static final int SEED_B_OFFSET = 24;
    static final int BOOT_OFFSET = 32;

    static final int KEY_OFFSET = 0;
    static final int SEEN_OFFSET = 8;
    static final int PORT_OFFSET = 16;
    static final int KIND_OFFSET = 20;
    static final int MOVE_SECOND_OFFSET = 24;
    static final int MOVES_OFFSET = 28;

    /** Seconds without a move that end a burst of moves: a guest cannot make itself the home by pausing for a moment. */
    static final int BURST_GAP_SECONDS = 10;

    private static final int HOME_SHIFT = 22;
    private static final int MOVES_MASK = (1 << HOME_SHIFT) - 1;

    private static final int KIND_MASK = 0x3;
    private static final int FLAGS_MASK = 0xFFFF;

    private final UnsafeBuffer slots;
    private final int mask;
    private final int shift;
    private final long seedA;
    private final long seedB;
    private final int[] countByPort = new int[PortSet.MAX_PORTS];
    private int count;

    /** Over the slots of a buffer that has its header, and whose slots are all empty. */
    MacSlots(UnsafeBuffer buffer, int capacity) {
        this.slots = new UnsafeBuffer(buffer, HEADER_LENGTH, 2 * capacity * SLOT_LENGTH);
        this.mask = 2 * capacity - 1;
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(2 * capacity);
        this.seedA = buffer.getLong(SEED_A_OFFSET);
        this.seedB = buffer.getLong(SEED_B_OFFSET);
    }

    /** VLAN and address; 0 when the slot is empty. */
    long key(int at) {
        return slots.getLong(at + KEY_OFFSET);
    }

    int port(int at) {
        return slots.getInt(at + PORT_OFFSET);
    }

    int kind(int at) {
        return slots.getInt(at + KIND_OFFSET) & KIND_MASK;
    }

    boolean remote(int at) {
        return (slots.getInt(at + KIND_OFFSET) & REMOTE) != 0;
    }

    /** Whether the entry is one that this worker forgets by itself. */
    boolean ages(int at) {
        return (slots.getInt(at + KIND_OFFSET) & FLAGS_MASK) == MacTable.LEARNED;
    }

    long seenNs(int at) {
        return slots.getLong(at + SEEN_OFFSET);
    }

    void seen(int at, long nowNs) {
        slots.putLong(at + SEEN_OFFSET, nowNs);
    }

    /** Counts a move away from the entry's port in a second; returns the moves in that second, this one included. */
    int countMove(int at, int second) {
        int word = slots.getInt(at + MOVES_OFFSET);
        int quietSeconds = second - slots.getInt(at + MOVE_SECOND_OFFSET);
        boolean burst = word != 0 && quietSeconds >= 0 && quietSeconds < BURST_GAP_SECONDS;
        int home = burst ? word >>> HOME_SHIFT : port(at);
        int moves = burst && quietSeconds == 0 ? Math.min(word & MOVES_MASK, MOVES_MASK - 1) + 1 : 1;
        slots.putInt(at + MOVE_SECOND_OFFSET, second);
        slots.putInt(at + MOVES_OFFSET, home << HOME_SHIFT | moves);
        return moves;
    }

    /** The port that had the address before the burst of moves that {@link #countMove} last counted. */
    int homePort(int at) {
        return slots.getInt(at + MOVES_OFFSET) >>> HOME_SHIFT;
    }

    int lengthBytes() {
        return slots.capacity();
    }

    int count() {
        return count;
    }

    /** Entries of a port that are not static. */
    int count(int port) {
        return countByPort[port];
    }

    /** The slot that holds the key, or {@link #NO_SLOT}. */
    int find(long key) {
        int slot = home(key);
        for (int probe = 0; probe < MacTable.PROBES; probe++) {
            int at = (slot + probe & mask) * SLOT_LENGTH;
            long found = slots.getLong(at + KEY_OFFSET);
            if (found == key) {
                return at;
            }
            if (found == 0) {
                return NO_SLOT;
            }
        }
        return NO_SLOT;
    }

    /** The first empty slot in reach of the key, or {@link #NO_SLOT}. */
    int empty(long key) {
        int slot = home(key);
        for (int probe = 0; probe < MacTable.PROBES; probe++) {
            int at = (slot + probe & mask) * SLOT_LENGTH;
            if (slots.getLong(at + KEY_OFFSET) == 0) {
                return at;
            }
        }
        return NO_SLOT;
    }

    /** The learned entry to give way to the key: of the fullest port, unseen for longest, in reach of the key. */
    int victim(long key) {
        int slot = home(key);
        int victim = NO_SLOT;
        for (int probe = 0; probe < MacTable.PROBES; probe++) {
            int at = (slot + probe & mask) * SLOT_LENGTH;
            if (slots.getLong(at + KEY_OFFSET) != 0
                    && kind(at) == MacTable.LEARNED
                    && (victim == NO_SLOT || yields(at, victim))) {
                victim = at;
            }
        }
        return victim;
    }

    private boolean yields(int at, int other) {
        int held = countByPort[slots.getInt(at + PORT_OFFSET)];
        int heldByOther = countByPort[slots.getInt(other + PORT_OFFSET)];
        if (held != heldByOther) {
            return held > heldByOther;
        }
        return slots.getLong(at + SEEN_OFFSET) - slots.getLong(other + SEEN_OFFSET) < 0;
    }

    /** Enters a key into an empty or vacated slot. */
    void fill(int at, long key, int port, long nowNs, int flags) {
        slots.putLong(at + KEY_OFFSET, key);
        slots.putLong(at + SEEN_OFFSET, nowNs);
        slots.putLong(at + MOVE_SECOND_OFFSET, 0);
        write(at, key, port, flags);
        count++;
        credit(at, 1);
    }

    /** Gives an entry another port or kind. */
    void belong(int at, int port, int flags) {
        credit(at, -1);
        write(at, key(at), port, flags);
        credit(at, 1);
    }

    private void write(int at, long key, int port, int flags) {
        slots.putInt(at + PORT_OFFSET, port);
        slots.putInt(at + KIND_OFFSET, flags | check(key, port, flags) << 16);
    }

    /** 16 bits over key, port and kind of a slot. */
    static int check(long key, int port, int flags) {
        long mixed = (key ^ (long) port << 32 ^ flags) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 48);
    }

    /** Empties a slot and moves later entries back, so that a look-up may stop at the first empty slot. */
    void remove(int at) {
        vacate(at);
        int gap = at / SLOT_LENGTH;
        for (int next = gap + 1 & mask; slots.getLong(next * SLOT_LENGTH) != 0; next = next + 1 & mask) {
            int home = home(slots.getLong(next * SLOT_LENGTH));
            if ((next - home & mask) >= (next - gap & mask)) {
                slots.putBytes(gap * SLOT_LENGTH, slots, next * SLOT_LENGTH, SLOT_LENGTH);
                gap = next;
            }
        }
        slots.putLong(gap * SLOT_LENGTH, 0);
    }

    /** Counts an entry out, whose slot is filled again at once. */
    void vacate(int at) {
        credit(at, -1);
        count--;
    }

    private void credit(int at, int change) {
        if (kind(at) != MacTable.STATIC) {
            countByPort[slots.getInt(at + PORT_OFFSET)] += change;
        }
    }

    private int home(long key) {
        long hash = key * seedA;
        return (int) (((hash ^ (hash >>> 32)) * seedB) >>> shift);
    }
}
