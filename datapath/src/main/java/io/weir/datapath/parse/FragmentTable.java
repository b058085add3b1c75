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
 * eight bytes, and its state. Entries hang in hash chains, in a list by expiry for each state, and in one by age for each
 * port.
 *
 * <pre>
 *  0            48        56       60       64             1088
 *  +------------+---------+--------+--------+----------------+
 *  | key        | expiry  | units  | end    | bitmap         |    units: how many bits are set, -1 when poisoned
 *  +------------+---------+--------+--------+----------------+    end: units of the whole datagram, 0 while unknown
 * </pre>
 *
 * <p><b>Bounds.</b> A port has at most its quota of entries. An entry dies when its datagram is complete, {@link #LIFETIME_NS}
 * after its first fragment, or {@link #POISON_LIFETIME_NS} after its overlap. Cost: the words of the bitmap that a fragment
 * spans, 24 for 1,500 bytes.
 *
 * <p><b>Eviction.</b> Datagrams that nobody completes must not keep others out. A new one takes the place
 * <ul>
 *   <li>when the table is full, of the oldest one of the port with the most, if that has at least two more than its own;
 *   <li>else of the oldest one from its own port and source address, so that one source harms itself only;
 *   <li>else of the oldest one from its own port, so that one VM harms itself only.
 * </ul>
 * In the latter two cases only of one older than {@link #MIN_AGE_NS}: a flood shall not tear down what is just being sent.
 * Cost: a look at {@link #PROBES} entries of the port, and at the counts of all ports when the table is full.
 *
 * <p><b>Limit.</b> Of a datagram that was forgotten, by time or eviction, an overlapping fragment passes as that of a new one.
 * The receiver must discard the datagram then, as RFC 5722 section 4 demands of it for IPv6.
 *
 * <p>Threading: owned by one fragment stage.
 */
final class FragmentTable implements AutoCloseable {
    /** A receiver waits this long for the rest of a datagram (RFC 1122 section 3.3.2 asks for 60 to 120 s, Linux takes 30). */
    static final long LIFETIME_NS = 30_000_000_000L;

    /** Later fragments of a datagram with an overlap are dropped this long; its identification is free again then. */
    static final long POISON_LIFETIME_NS = 2_000_000_000L;

    /** A datagram of the same port is evicted only when its first fragment came at least so long ago. */
    static final long MIN_AGE_NS = 100_000_000L;

    /** Oldest entries of a port among which one of the same source is looked for. */
    static final int PROBES = 64;

    private static final int MAX_CAPACITY = 1_000_000;
    private static final int UNITS = 8192;
    private static final int EXPIRY_OFFSET = FragmentKey.WORDS * Long.BYTES;
    private static final int UNITS_OFFSET = EXPIRY_OFFSET + Long.BYTES;
    private static final int END_OFFSET = UNITS_OFFSET + Integer.BYTES;
    private static final int BITMAP_OFFSET = END_OFFSET + Integer.BYTES;
    private static final int ENTRY_LENGTH = BITMAP_OFFSET + UNITS / Byte.SIZE;

    private static final int POISONED = -1;
    private static final int NIL = EntryLists.NIL;

    // Lists by expiry; within each all entries live equally long.
    private static final int INCOMPLETE_LIST = 0;
    private static final int POISONED_LIST = 1;
    private static final int LISTS = 2;

    private static final int OVERLAP = DropReason.FRAGMENT_OVERLAP.code();
    private static final int TABLE_FULL = DropReason.FRAGMENT_TABLE_FULL.code();

    private final long address;
    private final UnsafeBuffer entries;
    private final int quota;

    private final int[] chainHead; // [hash bucket] first entry of the chain
    private final int[] chainNext; // [entry] next of its chain, or of the free list
    private final int[] bucket; // [entry] bucket whose chain it is in
    private final int[] port; // [entry] ingress port
    private final int[] source; // [entry] hash of the source address
    private final long[] bornNs; // [entry] when its first fragment came
    private final EntryLists byExpiry;
    private final EntryLists byPort;

    private int free;
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
        source = new int[capacity];
        bornNs = new long[capacity];
        byExpiry = new EntryLists(LISTS, capacity);
        byPort = new EntryLists(PortSet.MAX_PORTS, capacity);
    }

    /** Datagrams under way. */
    int size() {
        return size;
    }

    /** Forgets the datagrams whose time is over. */
    void expire(long nowNs) {
        expire(INCOMPLETE_LIST, nowNs);
        expire(POISONED_LIST, nowNs);
    }

    private void expire(int list, long nowNs) {
        int oldest = byExpiry.first(list);
        while (oldest != NIL && nowNs - entries.getLong(base(oldest) + EXPIRY_OFFSET) >= 0) {
            remove(oldest);
            oldest = byExpiry.first(list);
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
            if (!makeRoom(key, ingressPort, nowNs)) {
                return TABLE_FULL;
            }
            entry = insert(key, hash, ingressPort, nowNs);
        }
        return note(entry, nowNs, first, end, last);
    }

    private boolean makeRoom(FragmentKey key, int ingressPort, long nowNs) {
        int own = byPort.length(ingressPort);
        if (own < quota && free != NIL) {
            return true;
        }
        int fullest = own < quota ? byPort.longest() : ingressPort;
        if (byPort.length(fullest) > own + 1) {
            remove(byPort.first(fullest));
            return true;
        }
        int victim = oldestOfSource(key.sourceHash(), ingressPort);
        if (victim == NIL) {
            victim = byPort.first(own > 0 ? ingressPort : fullest);
        }
        if (nowNs - bornNs[victim] < MIN_AGE_NS) {
            return false;
        }
        remove(victim);
        return true;
    }

    // Two sources of equal hash only share their evictions.
    private int oldestOfSource(int hash, int ingressPort) {
        int entry = byPort.first(ingressPort);
        for (int probes = 1; entry != NIL && source[entry] != hash; probes++) {
            entry = probes < PROBES ? byPort.after(entry) : NIL;
        }
        return entry;
    }

    private int note(int entry, long nowNs, int first, int end, boolean last) {
        int base = base(entry);
        int units = entries.getInt(base + UNITS_OFFSET);
        if (units == POISONED) {
            return OVERLAP;
        }
        if (contradicts(base, end, last) || !claim(base + BITMAP_OFFSET, first, end)) {
            poison(entry, nowNs);
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

    private void poison(int entry, long nowNs) {
        byExpiry.remove(INCOMPLETE_LIST, entry);
        byExpiry.append(POISONED_LIST, entry);
        entries.putInt(base(entry) + UNITS_OFFSET, POISONED);
        entries.putLong(base(entry) + EXPIRY_OFFSET, nowNs + POISON_LIFETIME_NS);
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
        source[entry] = key.sourceHash();
        bornNs[entry] = nowNs;
        byExpiry.append(INCOMPLETE_LIST, entry);
        byPort.append(ingressPort, entry);
        size++;
        return entry;
    }

    private void remove(int entry) {
        unchain(entry);
        boolean poisoned = entries.getInt(base(entry) + UNITS_OFFSET) == POISONED;
        byExpiry.remove(poisoned ? POISONED_LIST : INCOMPLETE_LIST, entry);
        byPort.remove(port[entry], entry);
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
