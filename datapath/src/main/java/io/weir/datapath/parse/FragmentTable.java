package io.weir.datapath.parse;

import java.util.Arrays;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Memory;

/**
 * Which bytes of which datagrams have gone by, so that no byte goes by twice.
 *
 * <p><b>Why.</b> Hosts differ in which of two overlapping fragments wins, so that a filter cannot know what the receiver will
 * see. RFC 5722 section 4 therefore discards a datagram with an overlap as a whole; the switch, which reassembles nothing,
 * drops the overlapping fragment and all that follow, so that the receiver never completes it. A duplicate counts as overlap.
 *
 * <p><b>Structure.</b> A fixed number of entries in off-heap memory, each a key, a bitmap of the datagram's 8,192 units of
 * eight bytes, and its state. Entries hang in hash chains, and in one list by age, for all live equally long.
 *
 * <pre>
 *  0            48        56       60       64             1088
 *  +------------+---------+--------+--------+----------------+
 *  | key        | expiry  | units  | end    | bitmap         |    units: how many bits are set, -1 when poisoned
 *  +------------+---------+--------+--------+----------------+    end: units of the whole datagram, 0 while unknown
 * </pre>
 *
 * <p><b>Bounds.</b> A port has at most its quota of entries, so that one VM cannot take the table from the others. An entry
 * dies when its datagram is complete, or {@link #LIFETIME_NS} after its first fragment. Cost: the words of the bitmap that a
 * fragment spans, 24 for 1,500 bytes.
 *
 * <p>Threading: owned by one fragment stage.
 */
final class FragmentTable implements AutoCloseable {
    /** A receiver waits this long for the rest of a datagram (RFC 1122 section 3.3.2 asks for 60 to 120 s, Linux takes 30). */
    static final long LIFETIME_NS = 30_000_000_000L;

    private static final int MAX_CAPACITY = 1_000_000;
    private static final int UNITS = 8192;
    private static final int EXPIRY_OFFSET = FragmentKey.WORDS * Long.BYTES;
    private static final int UNITS_OFFSET = EXPIRY_OFFSET + Long.BYTES;
    private static final int END_OFFSET = UNITS_OFFSET + Integer.BYTES;
    private static final int BITMAP_OFFSET = END_OFFSET + Integer.BYTES;
    private static final int ENTRY_LENGTH = BITMAP_OFFSET + UNITS / Byte.SIZE;

    private static final int POISONED = -1;
    private static final int NIL = -1;

    private static final int OVERLAP = DropReason.FRAGMENT_OVERLAP.code();
    private static final int TABLE_FULL = DropReason.FRAGMENT_TABLE_FULL.code();

    private final long address;
    private final UnsafeBuffer entries;
    private final int quota;

    private final int[] chainHead; // [hash bucket] first entry of the chain
    private final int[] chainNext; // [entry] next of its chain, or of the free list
    private final int[] bucket; // [entry] bucket whose chain it is in
    private final int[] port; // [entry] ingress port
    private final int[] older; // [entry] list by age
    private final int[] younger;
    private final int[] portEntries = new int[PortSet.MAX_PORTS];

    private int free;
    private int oldest = NIL;
    private int youngest = NIL;
    private int size;

    /** A table of {@code capacity} datagrams, of which one port has at most {@code quota}. */
    FragmentTable(int capacity, int quota) {
        if (capacity < 1 || capacity > MAX_CAPACITY || quota < 1) {
            throw new IllegalArgumentException(
                    "fragment table capacity must be 1 to 1,000,000 and its quota 1 or more: were " + capacity + " and "
                            + quota);
        }
        this.quota = quota;
        address = Memory.map((long) capacity * ENTRY_LENGTH);
        entries = new UnsafeBuffer(address, capacity * ENTRY_LENGTH);
        chainHead = new int[Integer.highestOneBit(capacity) << 1];
        Arrays.fill(chainHead, NIL);
        chainNext = new int[capacity];
        for (int entry = 0; entry < capacity; entry++) {
            chainNext[entry] = entry + 1 < capacity ? entry + 1 : NIL;
        }
        bucket = new int[capacity];
        port = new int[capacity];
        older = new int[capacity];
        younger = new int[capacity];
    }

    /** Datagrams under way. */
    int size() {
        return size;
    }

    /** Forgets the datagrams whose time is over. */
    void expire(long nowNs) {
        while (oldest != NIL && nowNs - entries.getLong(base(oldest) + EXPIRY_OFFSET) >= 0) {
            remove(oldest);
        }
    }

    /**
     * Notes a fragment of units {@code first} to {@code end} - 1, 0 to 8,192; {@code last} when no more follow.
     *
     * @return 0, FRAGMENT_OVERLAP or FRAGMENT_TABLE_FULL
     */
    int admit(FragmentKey key, int ingressPort, long nowNs, int first, int end, boolean last) {
        int hash = key.hash() & (chainHead.length - 1);
        int entry = find(key, hash);
        if (entry == NIL) {
            if (free == NIL || portEntries[ingressPort] >= quota) {
                return TABLE_FULL;
            }
            entry = insert(key, hash, ingressPort, nowNs);
        }
        return note(entry, first, end, last);
    }

    private int note(int entry, int first, int end, boolean last) {
        int base = base(entry);
        int units = entries.getInt(base + UNITS_OFFSET);
        if (units == POISONED || contradicts(base, end, last) || !claim(base + BITMAP_OFFSET, first, end)) {
            entries.putInt(base + UNITS_OFFSET, POISONED);
            return OVERLAP;
        }
        units += end - first;
        entries.putInt(base + UNITS_OFFSET, units);
        if (last) {
            entries.putInt(base + END_OFFSET, end);
        }
        if (units == entries.getInt(base + END_OFFSET)) {
            remove(entry);
        }
        return DropReason.NONE;
    }

    // Two ends, or bytes behind the end: the datagram is not what it says.
    private boolean contradicts(int base, int end, boolean last) {
        int known = entries.getInt(base + END_OFFSET);
        boolean beyond = known != 0 && (last ? end != known : end > known);
        return beyond || (last && end < UNITS && anySet(base + BITMAP_OFFSET, end));
    }

    private boolean anySet(int bitmap, int from) {
        long bits = word(bitmap, from >>> 6) & (-1L << from);
        for (int i = (from >>> 6) + 1; bits == 0 && i < UNITS >>> 6; i++) {
            bits = word(bitmap, i);
        }
        return bits != 0;
    }

    // Sets the bits; false, with some of them set, when one was set before: the entry is poisoned then.
    private boolean claim(int bitmap, int first, int end) {
        long before = 0;
        for (int i = first >>> 6; i <= (end - 1) >>> 6; i++) {
            long mask = -1L;
            if (i == first >>> 6) {
                mask &= -1L << first;
            }
            if (i == (end - 1) >>> 6) {
                mask &= -1L >>> -end;
            }
            long word = word(bitmap, i);
            before |= word & mask;
            entries.putLong(bitmap + i * Long.BYTES, word | mask);
        }
        return before == 0;
    }

    private long word(int bitmap, int index) {
        return entries.getLong(bitmap + index * Long.BYTES);
    }

    private int find(FragmentKey key, int hash) {
        int entry = chainHead[hash];
        while (entry != NIL && !matches(entry, key)) {
            entry = chainNext[entry];
        }
        return entry;
    }

    private boolean matches(int entry, FragmentKey key) {
        int base = base(entry);
        boolean equal = true;
        for (int i = 0; i < FragmentKey.WORDS; i++) {
            equal &= entries.getLong(base + i * Long.BYTES) == key.word(i);
        }
        return equal;
    }

    private int insert(FragmentKey key, int hash, int ingressPort, long nowNs) {
        int entry = free;
        free = chainNext[entry];
        int base = base(entry);
        entries.setMemory(base, ENTRY_LENGTH, (byte) 0);
        for (int i = 0; i < FragmentKey.WORDS; i++) {
            entries.putLong(base + i * Long.BYTES, key.word(i));
        }
        entries.putLong(base + EXPIRY_OFFSET, nowNs + LIFETIME_NS);
        bucket[entry] = hash;
        chainNext[entry] = chainHead[hash];
        chainHead[hash] = entry;
        port[entry] = ingressPort;
        portEntries[ingressPort]++;
        older[entry] = youngest;
        younger[entry] = NIL;
        if (youngest == NIL) {
            oldest = entry;
        } else {
            younger[youngest] = entry;
        }
        youngest = entry;
        size++;
        return entry;
    }

    private void remove(int entry) {
        unchain(entry);
        if (older[entry] == NIL) {
            oldest = younger[entry];
        } else {
            younger[older[entry]] = younger[entry];
        }
        if (younger[entry] == NIL) {
            youngest = older[entry];
        } else {
            older[younger[entry]] = older[entry];
        }
        portEntries[port[entry]]--;
        chainNext[entry] = free;
        free = entry;
        size--;
    }

    private void unchain(int entry) {
        int at = chainHead[bucket[entry]];
        if (at == entry) {
            chainHead[bucket[entry]] = chainNext[entry];
            return;
        }
        while (chainNext[at] != entry) {
            at = chainNext[at];
        }
        chainNext[at] = chainNext[entry];
    }

    private static int base(int entry) {
        return entry * ENTRY_LENGTH;
    }

    @Override
    public void close() {
        Memory.unmap(address, entries.capacity());
    }
}
