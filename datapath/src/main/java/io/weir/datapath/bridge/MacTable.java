package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PortSet;

/**
 * Which port each MAC address of each VLAN is behind: the bridge's forwarding database.
 *
 * <h2>What</h2>
 *
 * Open addressing with linear probing in one flat buffer, which the caller may map from a file so that the table outlives the
 * process. Twice as many slots as addresses keep probes short. Removing closes the gap by moving later entries back, so that
 * there are no tombstones, and a look-up ends at the first empty slot.
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
 * <h2>Bounded work</h2>
 *
 * No address lies more than {@link #PROBES} slots behind its hash, so every operation is bounded whatever is sent. Two
 * secret multipliers hash the key (Dietzfelbinger's multiply-shift, twice), so a sender cannot choose addresses that
 * collide. When the table or a neighbourhood of it is full, the learned address makes room whose port holds most, and among
 * those the one unseen for longest: a port that floods addresses pushes out its own. Static and sticky ones never make room.
 *
 * <h2>Replicas</h2>
 *
 * Each worker has a table. Addresses learned on its own ports are reported to {@link TableUpdates}; those of others come by
 * {@link #applyRemoteLearned}, are marked remote, and leave only when their owner says so.
 *
 * <p>Threading: one writer, the owning worker, which also looks up, visits ({@link #forEach}) and flushes, on command from
 * others. Last-seen times are stored at most once a second an entry, so that a busy table stays clean in other caches.
 */
public final class MacTable {
    /** Learned from a frame: ages, moves, may be evicted. */
    public static final int LEARNED = 1;
    /** Learned on a sticky port: stays there until flushed. */
    public static final int STICKY = 2;
    /** Entered by the operator. */
    public static final int STATIC = 3;

    /** {@link #learn}: known on that port. */
    public static final int REFRESHED = 0;
    /** {@link #learn}: new. */
    public static final int ADDED = 1;
    /** {@link #learn}: was on another port. */
    public static final int MOVED = 2;
    /** {@link #learn}: refused, the port has its limit of addresses. */
    public static final int LIMIT = 3;
    /** {@link #learn}: refused, bound to another port. */
    public static final int BOUND = 4;
    /** {@link #learn}: refused, moves too often. */
    public static final int FLAPPING = 5;
    /** {@link #learn}: not learned, no room. The frame itself is as good as any. */
    public static final int FULL = 6;

    /** Most slots looked at for one address. */
    public static final int PROBES = 32;

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

    private static final int KIND_MASK = 0x3;
    private static final int FLAGS_MASK = 0xFFFF;
    private static final int REMOTE = 0x100;
    private static final long MAC_MASK = 0xFFFF_FFFF_FFFFL;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int NO_SLOT = -1;

    private final UnsafeBuffer slots;
    private final int capacity;
    private final int mask;
    private final int shift;
    private final long seedA;
    private final long seedB;
    private final TableUpdates updates;
    private final int[] countByPort = new int[PortSet.MAX_PORTS];

    private long ageingNs;
    private int count;
    private int sweepSlot;
    private long moves;
    private int movedFrom = -1;

    /** What {@link #forEach} shows; {@code ageNs} is 0 for entries that do not age. */
    public interface Visitor {
        void entry(int vlan, long mac, int port, int kind, boolean remote, long ageNs);
    }

    /** Says which number a port has now; negative drops its addresses. */
    public interface PortNumbers {
        int current(int formerPort);
    }

    /** Bytes of buffer that a table of that many addresses needs. */
    public static int bufferLength(int capacity) {
        return HEADER_LENGTH + 2 * capacity * SLOT_LENGTH;
    }

    /**
     * Opens the table that lies in the buffer, or an empty one where no usable table lies there: another format, capacity or
     * boot (times of the monotonic clock mean nothing after a reboot). Damaged entries are left out, remote ones (their
     * owner announces them again) and static ones (they come from the configuration).
     *
     * @param buffer at least {@link #bufferLength} bytes, 8-byte aligned; the table's alone from here on
     * @param capacity most addresses, a power of two
     * @param seed fresh random bits, for a table that starts empty
     * @param bootId hash of the kernel's boot id
     * @param numbers maps the port numbers of the previous run to those of this one
     */
    public static MacTable open(
            UnsafeBuffer buffer,
            int capacity,
            long seed,
            long bootId,
            long ageingNs,
            long nowNs,
            PortNumbers numbers,
            TableUpdates updates) {
        MacTableFile file = new MacTableFile(buffer, capacity);
        boolean kept = file.matches(bootId);
        if (!kept) {
            file.format(seed, bootId);
        }
        MacTable table = new MacTable(buffer, capacity, ageingNs, updates);
        if (kept) {
            table.adopt(file.drain(nowNs), numbers);
        }
        return table;
    }

    /** An empty table in memory of its own. */
    public static MacTable create(int capacity, long seed, long ageingNs, TableUpdates updates) {
        UnsafeBuffer buffer = new UnsafeBuffer(org.agrona.BufferUtil.allocateDirectAligned(bufferLength(capacity), 64));
        return open(buffer, capacity, seed, 0, ageingNs, 0, port -> -1, updates);
    }

    private MacTable(UnsafeBuffer buffer, int capacity, long ageingNs, TableUpdates updates) {
        this.slots = new UnsafeBuffer(buffer, HEADER_LENGTH, 2 * capacity * SLOT_LENGTH);
        this.capacity = capacity;
        this.mask = 2 * capacity - 1;
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(2 * capacity);
        this.seedA = buffer.getLong(SEED_A_OFFSET);
        this.seedB = buffer.getLong(SEED_B_OFFSET);
        this.ageingNs = ageingNs;
        this.updates = updates;
    }

    /** Time without a frame after which a learned address is forgotten, in ns; 0 never. */
    public void ageing(long ns) {
        ageingNs = ns;
    }

    /** The port an address is behind, or -1. Addresses past their time are not found, even before a sweep takes them. */
    public int lookup(int vlan, long mac, long nowNs) {
        int at = find(key(vlan, mac));
        return at == NO_SLOT || aged(at, nowNs) ? -1 : slots.getInt(at + PORT_OFFSET);
    }

    /**
     * Learns that frames of an address come in by a port.
     *
     * @param kind {@link #LEARNED} or {@link #STICKY}
     * @param portLimit most addresses learned on the port, 0 for no limit
     * @param movesPerSecond moves in one second from which on the address stays where it is, 0 for no limit
     * @return one of {@link #REFRESHED}, {@link #ADDED}, {@link #MOVED}, {@link #LIMIT}, {@link #BOUND}, {@link #FLAPPING},
     * {@link #FULL}
     */
    public int learn(int vlan, long mac, int port, long nowNs, int kind, int portLimit, int movesPerSecond) {
        long key = key(vlan, mac);
        int at = find(key);
        if (at != NO_SLOT && aged(at, nowNs)) {
            removeAt(at);
            at = NO_SLOT;
        }
        if (at == NO_SLOT) {
            return add(key, port, nowNs, kind, portLimit);
        }
        if (slots.getInt(at + PORT_OFFSET) == port) {
            return refresh(at, nowNs);
        }
        return move(at, port, nowNs, kind, portLimit, movesPerSecond);
    }

    private int refresh(int at, long nowNs) {
        if (isRemote(at)) {
            belong(at, slots.getLong(at + KEY_OFFSET), slots.getInt(at + PORT_OFFSET), kindAt(at));
        }
        if (nowNs - slots.getLong(at + SEEN_OFFSET) >= SECOND_NS) {
            slots.putLong(at + SEEN_OFFSET, nowNs);
        }
        return REFRESHED;
    }

    private int add(long key, int port, long nowNs, int kind, int portLimit) {
        if (limited(port, portLimit)) {
            return LIMIT;
        }
        if (!insert(key, port, nowNs, kind)) {
            return FULL;
        }
        updates.macLearned(vlanOf(key), key & MAC_MASK, port, kind);
        return ADDED;
    }

    private int move(int at, int port, long nowNs, int kind, int portLimit, int movesPerSecond) {
        movedFrom = slots.getInt(at + PORT_OFFSET);
        if (kindAt(at) != LEARNED) {
            return BOUND;
        }
        if (movesWithin(at, nowNs) >= movesPerSecond && movesPerSecond != 0) {
            return FLAPPING;
        }
        if (limited(port, portLimit)) {
            return LIMIT;
        }
        put(at, port, nowNs, kind);
        long key = slots.getLong(at + KEY_OFFSET);
        updates.macLearned(vlanOf(key), key & MAC_MASK, port, kind);
        return MOVED;
    }

    /** Counts this move; returns the moves in the same second, this one included. */
    private int movesWithin(int at, long nowNs) {
        int second = (int) Math.floorDiv(nowNs, SECOND_NS);
        int before = slots.getInt(at + MOVE_SECOND_OFFSET) == second ? slots.getInt(at + MOVES_OFFSET) : 0;
        slots.putInt(at + MOVE_SECOND_OFFSET, second);
        slots.putInt(at + MOVES_OFFSET, before + 1);
        return before + 1;
    }

    private boolean limited(int port, int portLimit) {
        return portLimit != 0 && countByPort[port] >= portLimit;
    }

    /** The port that the address of the last {@link #learn} was behind, when that returned MOVED, BOUND or FLAPPING. */
    public int movedFrom() {
        return movedFrom;
    }

    /** Whether a static or sticky entry binds the address to another port than that. */
    public boolean boundElsewhere(int vlan, long mac, int port) {
        int at = find(key(vlan, mac));
        if (at == NO_SLOT || kindAt(at) == LEARNED || slots.getInt(at + PORT_OFFSET) == port) {
            return false;
        }
        movedFrom = slots.getInt(at + PORT_OFFSET);
        return true;
    }

    /** Binds an address to a port by the operator's word, whatever was learned; false when there is no room. */
    public boolean bind(int vlan, long mac, int port, long nowNs) {
        long key = key(vlan, mac);
        int at = find(key);
        if (at == NO_SLOT) {
            return insert(key, port, nowNs, STATIC);
        }
        put(at, port, nowNs, STATIC);
        return true;
    }

    /** Takes what another worker learned. A static entry stands; of two sticky claims the lower port number stands. */
    public void applyRemoteLearned(int vlan, long mac, int port, int kind, long nowNs) {
        long key = key(vlan, mac);
        int at = find(key);
        if (at == NO_SLOT) {
            insert(key, port, nowNs, kind | REMOTE);
            return;
        }
        int bound = kindAt(at);
        int here = slots.getInt(at + PORT_OFFSET);
        if (bound == STATIC || (bound == STICKY && (kind != STICKY || here < port))) {
            return;
        }
        if (here != port) {
            movesWithin(at, nowNs);
        }
        put(at, port, nowNs, kind | REMOTE);
    }

    /** Takes another worker's word that an address is gone, unless it was meanwhile seen elsewhere. */
    public void applyRemoteForgotten(int vlan, long mac, int port) {
        int at = find(key(vlan, mac));
        if (at != NO_SLOT && isRemote(at) && slots.getInt(at + PORT_OFFSET) == port) {
            removeAt(at);
        }
    }

    /** Reports all addresses learned on this worker's own ports, for a replica that starts empty. */
    public void announce() {
        for (int at = 0; at < slots.capacity(); at += SLOT_LENGTH) {
            long key = slots.getLong(at + KEY_OFFSET);
            if (key != 0 && kindAt(at) != STATIC && !isRemote(at)) {
                updates.macLearned(vlanOf(key), key & MAC_MASK, slots.getInt(at + PORT_OFFSET), kindAt(at));
            }
        }
    }

    /** Looks at the next {@code n} slots and forgets the addresses past their time; called once per duty cycle. */
    public void sweep(long nowNs, int n) {
        for (int i = 0; i < n; i++) {
            int at = sweepSlot * SLOT_LENGTH;
            if (slots.getLong(at + KEY_OFFSET) != 0 && aged(at, nowNs)) {
                forget(at);
            } else {
                sweepSlot = sweepSlot + 1 & mask;
            }
        }
    }

    /** Forgets everything that was learned, sticky addresses included; returns how many. Static entries stay. */
    public int flush() {
        return flush(-1, -1);
    }

    /** As {@link #flush()}, for one port, as when its link goes down. */
    public int flushPort(int port) {
        return flush(-1, port);
    }

    /** As {@link #flush()}, for one VLAN. */
    public int flushVlan(int vlan) {
        return flush(vlan, -1);
    }

    /** As {@link #flush()}, for one VLAN on one port. */
    public int flushPortVlan(int port, int vlan) {
        return flush(vlan, port);
    }

    /** Forgets one address of any kind; returns whether it was there. */
    public boolean remove(int vlan, long mac) {
        int at = find(key(vlan, mac));
        if (at != NO_SLOT) {
            removeAt(at);
        }
        return at != NO_SLOT;
    }

    /** Forgets the static entries of a port, as when the port is removed; returns how many. */
    public int unbindPort(int port) {
        return removeWhere(-1, port, STATIC, STATIC);
    }

    private int flush(int vlan, int port) {
        return removeWhere(vlan, port, LEARNED, STICKY);
    }

    private int removeWhere(int vlan, int port, int kindFrom, int kindTo) {
        int removed = 0;
        int before;
        // Backwards, so that what removing moves back was seen; but at the wrap it was not: hence until none is left.
        do {
            before = removed;
            for (int at = slots.capacity() - SLOT_LENGTH; at >= 0; at -= SLOT_LENGTH) {
                if (matches(at, vlan, port) && kindAt(at) >= kindFrom && kindAt(at) <= kindTo) {
                    removeAt(at);
                    removed++;
                }
            }
        } while (removed != before);
        return removed;
    }

    private boolean matches(int at, int vlan, int port) {
        long key = slots.getLong(at + KEY_OFFSET);
        return key != 0 && (port < 0 || slots.getInt(at + PORT_OFFSET) == port) && (vlan < 0 || vlanOf(key) == vlan);
    }

    /** Shows every entry that is not past its time. Not for the hot path. */
    public void forEach(long nowNs, Visitor visitor) {
        for (int at = 0; at < slots.capacity(); at += SLOT_LENGTH) {
            long key = slots.getLong(at + KEY_OFFSET);
            if (key == 0 || aged(at, nowNs)) {
                continue;
            }
            long ageNs = kindAt(at) == LEARNED ? Math.max(0, nowNs - slots.getLong(at + SEEN_OFFSET)) : 0;
            visitor.entry(vlanOf(key), key & MAC_MASK, slots.getInt(at + PORT_OFFSET), kindAt(at), isRemote(at), ageNs);
        }
    }

    /** Addresses in the table, of all kinds, those included that wait for a sweep. */
    public int count() {
        return count;
    }

    /** Most addresses the table holds. */
    public int capacity() {
        return capacity;
    }

    /** Addresses learned on a port, sticky ones included. */
    public int count(int port) {
        return countByPort[port];
    }

    /** Moves of addresses between ports since the table was opened. */
    public long moves() {
        return moves;
    }

    // --- slots
    // -------------------------------------------------------------------------------------------------------------

    private int home(long key) {
        long hash = key * seedA;
        return (int) (((hash ^ (hash >>> 32)) * seedB) >>> shift);
    }

    private int find(long key) {
        int slot = home(key);
        for (int probe = 0; probe < PROBES; probe++) {
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

    /** Enters a key that is not there; false when there is no room for it. */
    private boolean insert(long key, int port, long nowNs, int flags) {
        int at = emptySlot(key);
        if (at == NO_SLOT || count >= capacity) {
            at = makeRoom(key, at);
        }
        if (at == NO_SLOT) {
            return false;
        }
        slots.putLong(at + KEY_OFFSET, key);
        slots.putLong(at + SEEN_OFFSET, nowNs);
        slots.putLong(at + MOVE_SECOND_OFFSET, 0);
        belong(at, key, port, flags);
        count++;
        credit(at, 1);
        return true;
    }

    /** Evicts a learned entry in reach of the key; the slot to use instead, if any. */
    private int makeRoom(long key, int empty) {
        int victim = victim(key);
        if (victim == NO_SLOT) {
            return NO_SLOT;
        }
        reportForgotten(victim);
        if (empty == NO_SLOT) {
            // Every slot in reach is taken: the key takes the victim's own, and no look-up finds a gap.
            credit(victim, -1);
            count--;
            return victim;
        }
        removeAt(victim);
        return emptySlot(key);
    }

    private int emptySlot(long key) {
        int slot = home(key);
        for (int probe = 0; probe < PROBES; probe++) {
            int at = (slot + probe & mask) * SLOT_LENGTH;
            if (slots.getLong(at + KEY_OFFSET) == 0) {
                return at;
            }
        }
        return NO_SLOT;
    }

    /** The learned entry to give way to the key: of the fullest port, unseen for longest, within the key's reach. */
    private int victim(long key) {
        int slot = home(key);
        int victim = NO_SLOT;
        for (int probe = 0; probe < PROBES; probe++) {
            int at = (slot + probe & mask) * SLOT_LENGTH;
            if (slots.getLong(at + KEY_OFFSET) != 0
                    && kindAt(at) == LEARNED
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

    /** Gives an entry another port or kind. */
    private void put(int at, int port, long nowNs, int flags) {
        credit(at, -1);
        if (slots.getInt(at + PORT_OFFSET) != port) {
            moves++;
        }
        belong(at, slots.getLong(at + KEY_OFFSET), port, flags);
        slots.putLong(at + SEEN_OFFSET, nowNs);
        credit(at, 1);
    }

    private void forget(int at) {
        reportForgotten(at);
        removeAt(at);
    }

    private void reportForgotten(int at) {
        if (!isRemote(at)) {
            long key = slots.getLong(at + KEY_OFFSET);
            updates.macForgotten(vlanOf(key), key & MAC_MASK, slots.getInt(at + PORT_OFFSET));
        }
    }

    /** Writes whose the address is, with a check that a half-written slot fails when the table is opened again. */
    private void belong(int at, long key, int port, int flags) {
        slots.putInt(at + PORT_OFFSET, port);
        slots.putInt(at + KIND_OFFSET, flags | check(key, port, flags) << 16);
    }

    /** 16 bits over key, port and kind of a slot. */
    static int check(long key, int port, int flags) {
        long mixed = (key ^ (long) port << 32 ^ flags) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 48);
    }

    /** Empties a slot and moves later entries back, so that a look-up may stop at the first empty slot. */
    private void removeAt(int at) {
        credit(at, -1);
        count--;
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

    private void credit(int at, int change) {
        if (kindAt(at) != STATIC) {
            countByPort[slots.getInt(at + PORT_OFFSET)] += change;
        }
    }

    private boolean aged(int at, long nowNs) {
        return ageingNs != 0
                && (slots.getInt(at + KIND_OFFSET) & FLAGS_MASK) == LEARNED
                && nowNs - slots.getLong(at + SEEN_OFFSET) > ageingNs;
    }

    private int kindAt(int at) {
        return slots.getInt(at + KIND_OFFSET) & KIND_MASK;
    }

    private boolean isRemote(int at) {
        return (slots.getInt(at + KIND_OFFSET) & REMOTE) != 0;
    }

    private void adopt(Iterable<MacTableFile.Saved> saved, PortNumbers numbers) {
        for (MacTableFile.Saved entry : saved) {
            int port = numbers.current(entry.port());
            if (port >= 0 && find(entry.key()) == NO_SLOT) {
                insert(entry.key(), port, entry.seenNs(), entry.kind());
            }
        }
    }

    static long key(int vlan, long mac) {
        return ((long) vlan << 48) | (mac & MAC_MASK);
    }

    static int vlanOf(long key) {
        return (int) (key >>> 48);
    }
}
