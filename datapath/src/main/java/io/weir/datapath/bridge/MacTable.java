package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Which port each MAC address of each VLAN is behind: the bridge's forwarding database.
 *
 * <h2>What</h2>
 *
 * Open addressing with linear probing in one flat buffer, which the caller may map from a file so that the table outlives the
 * process. Twice as many slots as addresses keep probes short. Removing closes the gap by moving later entries back, so that
 * there are no tombstones, and a look-up ends at the first empty slot. {@link MacSlots} has the layout.
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
 * <p>Threading: one writer, the owning worker, which alone reads too: it visits ({@link #forEach}) and flushes on command from
 * other threads. Last-seen times are stored at most once a second an entry, so that a busy table stays clean in other caches.
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
    /** {@link #learn}: refused, moves too often, and the port is not the one it was on before that began. */
    public static final int FLAPPING = 5;
    /** {@link #learn}: not learned, no room. The frame itself is as good as any. */
    public static final int FULL = 6;

    /** Most slots looked at for one address. */
    public static final int PROBES = 32;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final int NO_SLOT = MacSlots.NO_SLOT;

    private final MacSlots slots;
    private final int capacity;
    private final TableUpdates updates;

    private long ageingNs;
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
        return MacSlots.HEADER_LENGTH + 2 * capacity * MacSlots.SLOT_LENGTH;
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
        this.slots = new MacSlots(buffer, capacity);
        this.capacity = capacity;
        this.ageingNs = ageingNs;
        this.updates = updates;
    }

    /** Time without a frame after which a learned address is forgotten, in ns; 0 never. */
    public void ageing(long ns) {
        ageingNs = ns;
    }

    /** The port an address is behind, or -1. Addresses past their time are not found, even before a sweep takes them. */
    public int lookup(int vlan, long mac, long nowNs) {
        int at = slots.find(key(vlan, mac));
        return at == NO_SLOT || aged(at, nowNs) ? -1 : slots.port(at);
    }

    /**
     * Learns that frames of an address come in by a port.
     *
     * @param kind {@link #LEARNED} or {@link #STICKY}
     * @param portLimit most addresses learned on the port, 0 for no limit
     * @param movesPerSecond moves in one second from which on the address may only return to its home, the port it was on
     * before the moves began; 0 for no limit
     * @return one of {@link #REFRESHED}, {@link #ADDED}, {@link #MOVED}, {@link #LIMIT}, {@link #BOUND}, {@link #FLAPPING},
     * {@link #FULL}
     */
    public int learn(int vlan, long mac, int port, long nowNs, int kind, int portLimit, int movesPerSecond) {
        long key = key(vlan, mac);
        int at = slots.find(key);
        if (at != NO_SLOT && aged(at, nowNs)) {
            slots.remove(at);
            at = NO_SLOT;
        }
        if (at == NO_SLOT) {
            return add(key, port, nowNs, kind, portLimit);
        }
        if (slots.port(at) == port) {
            return refresh(at, nowNs);
        }
        return move(at, port, nowNs, kind, portLimit, movesPerSecond);
    }

    private int refresh(int at, long nowNs) {
        if (slots.remote(at)) {
            slots.belong(at, slots.port(at), slots.kind(at));
        }
        if (nowNs - slots.seenNs(at) >= SECOND_NS) {
            slots.seen(at, nowNs);
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
        updates.macLearned(vlanOf(key), key & MacSlots.MAC_MASK, port, kind);
        return ADDED;
    }

    private int move(int at, int port, long nowNs, int kind, int portLimit, int movesPerSecond) {
        movedFrom = slots.port(at);
        if (slots.kind(at) != LEARNED) {
            return BOUND;
        }
        boolean flapping = movesWithin(at, nowNs) >= movesPerSecond && movesPerSecond != 0;
        if (flapping && port != slots.homePort(at)) {
            return FLAPPING;
        }
        if (limited(port, portLimit)) {
            return LIMIT;
        }
        put(at, port, nowNs, kind);
        long key = slots.key(at);
        updates.macLearned(vlanOf(key), key & MacSlots.MAC_MASK, port, kind);
        return MOVED;
    }

    /** Counts this move; returns the moves in the same second, this one included. */
    private int movesWithin(int at, long nowNs) {
        return slots.countMove(at, (int) Math.floorDiv(nowNs, SECOND_NS));
    }

    private boolean limited(int port, int portLimit) {
        return portLimit != 0 && slots.count(port) >= portLimit;
    }

    /** The port that the address of the last {@link #learn} was behind, when that returned MOVED, BOUND or FLAPPING. */
    public int movedFrom() {
        return movedFrom;
    }

    /** Whether a static or sticky entry binds the address to another port than that. */
    public boolean boundElsewhere(int vlan, long mac, int port) {
        int at = slots.find(key(vlan, mac));
        if (at == NO_SLOT || slots.kind(at) == LEARNED || slots.port(at) == port) {
            return false;
        }
        movedFrom = slots.port(at);
        return true;
    }

    /** Binds an address to a port by the operator's word, whatever was learned; false when there is no room. */
    public boolean bind(int vlan, long mac, int port, long nowNs) {
        long key = key(vlan, mac);
        int at = slots.find(key);
        if (at == NO_SLOT) {
            return insert(key, port, nowNs, STATIC);
        }
        put(at, port, nowNs, STATIC);
        return true;
    }

    /** Takes what another worker learned. A static entry stands; of two sticky claims the lower port number stands. */
    public void applyRemoteLearned(int vlan, long mac, int port, int kind, long nowNs) {
        long key = key(vlan, mac);
        int at = slots.find(key);
        if (at == NO_SLOT) {
            insert(key, port, nowNs, kind | MacSlots.REMOTE);
            return;
        }
        int bound = slots.kind(at);
        int here = slots.port(at);
        if (bound == STATIC || (bound == STICKY && (kind != STICKY || here < port))) {
            return;
        }
        if (here != port) {
            movesWithin(at, nowNs);
        }
        put(at, port, nowNs, kind | MacSlots.REMOTE);
    }

    /** Takes another worker's word that an address is gone, unless it was meanwhile seen elsewhere. */
    public void applyRemoteForgotten(int vlan, long mac, int port) {
        int at = slots.find(key(vlan, mac));
        if (at != NO_SLOT && slots.remote(at) && slots.port(at) == port) {
            slots.remove(at);
        }
    }

    /** Reports all addresses learned on this worker's own ports, for a replica that starts empty. */
    public void announce() {
        for (int at = 0; at < slots.lengthBytes(); at += MacSlots.SLOT_LENGTH) {
            long key = slots.key(at);
            if (key != 0 && slots.kind(at) != STATIC && !slots.remote(at)) {
                updates.macLearned(vlanOf(key), key & MacSlots.MAC_MASK, slots.port(at), slots.kind(at));
            }
        }
    }

    /** Looks at the next {@code n} slots and forgets the addresses past their time; called once per duty cycle. */
    public void sweep(long nowNs, int n) {
        for (int i = 0; i < n; i++) {
            int at = sweepSlot * MacSlots.SLOT_LENGTH;
            if (slots.key(at) != 0 && aged(at, nowNs)) {
                forget(at);
            } else {
                sweepSlot = (sweepSlot + 1) % (2 * capacity);
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
        int at = slots.find(key(vlan, mac));
        if (at != NO_SLOT) {
            slots.remove(at);
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
            for (int at = slots.lengthBytes() - MacSlots.SLOT_LENGTH; at >= 0; at -= MacSlots.SLOT_LENGTH) {
                if (matches(at, vlan, port) && slots.kind(at) >= kindFrom && slots.kind(at) <= kindTo) {
                    slots.remove(at);
                    removed++;
                }
            }
        } while (removed != before);
        return removed;
    }

    private boolean matches(int at, int vlan, int port) {
        long key = slots.key(at);
        return key != 0 && (port < 0 || slots.port(at) == port) && (vlan < 0 || vlanOf(key) == vlan);
    }

    /** Shows every entry that is not past its time. Not for the hot path. */
    public void forEach(long nowNs, Visitor visitor) {
        for (int at = 0; at < slots.lengthBytes(); at += MacSlots.SLOT_LENGTH) {
            long key = slots.key(at);
            if (key == 0 || aged(at, nowNs)) {
                continue;
            }
            long ageNs = slots.kind(at) == LEARNED ? Math.max(0, nowNs - slots.seenNs(at)) : 0;
            visitor.entry(
                    vlanOf(key), key & MacSlots.MAC_MASK, slots.port(at), slots.kind(at), slots.remote(at), ageNs);
        }
    }

    /** Addresses in the table, of all kinds, those included that wait for a sweep. */
    public int count() {
        return slots.count();
    }

    /** Most addresses the table holds. */
    public int capacity() {
        return capacity;
    }

    /** Addresses learned on a port, sticky ones included. */
    public int count(int port) {
        return slots.count(port);
    }

    /** Moves of addresses between ports since the table was opened. */
    public long moves() {
        return moves;
    }

    private boolean insert(long key, int port, long nowNs, int flags) {
        int at = slots.empty(key);
        if (at == NO_SLOT || slots.count() >= capacity) {
            at = makeRoom(key, at);
        }
        if (at != NO_SLOT) {
            slots.fill(at, key, port, nowNs, flags);
        }
        return at != NO_SLOT;
    }

    /** Evicts a learned entry in reach of the key; the slot to use instead, if any. */
    private int makeRoom(long key, int empty) {
        int victim = slots.victim(key);
        if (victim == NO_SLOT) {
            return NO_SLOT;
        }
        reportForgotten(victim);
        if (empty == NO_SLOT) {
            // Every slot in reach is taken: the key takes the victim's own, and no look-up finds a gap.
            slots.vacate(victim);
            return victim;
        }
        slots.remove(victim);
        return slots.empty(key);
    }

    /** Gives an entry another port or kind. */
    private void put(int at, int port, long nowNs, int flags) {
        if (slots.port(at) != port) {
            moves++;
        }
        slots.belong(at, port, flags);
        slots.seen(at, nowNs);
    }

    private void forget(int at) {
        reportForgotten(at);
        slots.remove(at);
    }

    private void reportForgotten(int at) {
        if (!slots.remote(at)) {
            long key = slots.key(at);
            updates.macForgotten(vlanOf(key), key & MacSlots.MAC_MASK, slots.port(at));
        }
    }

    private boolean aged(int at, long nowNs) {
        return ageingNs != 0 && slots.ages(at) && nowNs - slots.seenNs(at) > ageingNs;
    }

    private void adopt(Iterable<MacTableFile.Saved> saved, PortNumbers numbers) {
        for (MacTableFile.Saved entry : saved) {
            int port = numbers.current(entry.port());
            if (port >= 0 && slots.find(entry.key()) == NO_SLOT) {
                insert(entry.key(), port, entry.seenNs(), entry.kind());
            }
        }
    }

    static long key(int vlan, long mac) {
        return ((long) vlan << 48) | (mac & MacSlots.MAC_MASK);
    }

    static int vlanOf(long key) {
        return (int) (key >>> 48);
    }
}
