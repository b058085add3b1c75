package io.weir.datapath.session;

import io.weir.kernel.Memory;

/**
 * Where in the table a key's session is. Each key has two buckets of sixteen slots, one cache line each, and lies in one of
 * them: so a look-up reads two lines at most, whatever is sent. There are twice as many slots as sessions; a key goes into its
 * first bucket until that is rather full, and then into the emptier one, so that both are full practically never.
 *
 * <pre>
 *  0                     16                                             64
 *  +---------------------+----------------------------------------------+
 *  | 16 tags, 8 bits     | 16 sessions, 24 bits                         |
 *  +---------------------+----------------------------------------------+
 * </pre>
 *
 * <p>A tag is eight bits of the hash, from {@link #FIRST_TAG} on; 0 is an empty slot. Eight tags are compared at once, in a long: which slot it is
 * must not become a branch, for its wrong guesses would cost more than all the rest.
 *
 * <p>The hash multiplies each half of the key to 128 bits and folds them, with six secret numbers that are fresh for every
 * process: who does not know them cannot choose keys that share buckets.
 *
 * <p>Threading: the worker that owns the table.
 */
final class SessionIndex implements AutoCloseable {
    static final int NONE = -1;

    /** Bytes of a bucket, whose offset is its number. */
    static final int BUCKET_LENGTH = 64;

    static final int BUCKET_SLOTS = 16;
    private static final int SLOTS_PER_SESSION = 2;
    static final int BYTES_PER_SESSION = SLOTS_PER_SESSION * BUCKET_LENGTH / BUCKET_SLOTS;
    private static final int SESSIONS_OFFSET = 16;
    private static final int SESSION_LENGTH = 3;
    /** Above a slot that has a tag, one with that tag but for the lowest bit looks as if it had it, too. No empty one must. */
    private static final int FIRST_TAG = 2;
    /** Slots in use from which on a key looks at its second bucket. */
    private static final int RATHER_FULL = 12;

    private static final long EVERY_BYTE = 0x0101_0101_0101_0101L;
    private static final long TOP_BITS = 0x8080_8080_8080_8080L;
    private static final long HUGE_PAGE_BYTES = 2L << 20;

    private static final int FIRST_SHIFT = 43;
    private static final int SECOND_SHIFT = 22;

    private final SessionLines slots;
    private final long address;
    private final long mappedBytes;
    private final int mask; // over offsets of buckets
    private final long seed0;
    private final long seed1;
    private final long seed2;
    private final long seed3;
    private final long seed4;
    private final long seed5;

    SessionIndex(int capacity, long seed) {
        int length = capacity * SLOTS_PER_SESSION / BUCKET_SLOTS * BUCKET_LENGTH;
        mappedBytes = length + HUGE_PAGE_BYTES;
        address = Memory.map(mappedBytes, true);
        slots = new SessionLines((address + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES);
        mask = length - BUCKET_LENGTH;
        seed0 = mix(seed);
        seed1 = mix(seed + 1);
        seed2 = mix(seed + 2);
        seed3 = mix(seed + 3);
        seed4 = mix(seed + 4);
        seed5 = mix(seed + 5);
    }

    /** Spreads a seed over 64 bits (the finalizer of SplitMix64). */
    private static long mix(long seed) {
        long z = seed * 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    long hash(SessionKey key) {
        return hash(key.firstHigh(), key.firstLow(), key.secondHigh(), key.secondLow(), key.scope());
    }

    long hash(long firstHigh, long firstLow, long secondHigh, long secondLow, long scope) {
        long first = fold(firstHigh ^ seed0, firstLow ^ seed1);
        long second = fold(secondHigh ^ seed2, secondLow ^ seed3);
        return fold(first ^ scope ^ seed4, second ^ seed5);
    }

    /** The hash of ends at a level, from that of the ends. */
    long hash(long ends, int level) {
        return fold(ends ^ seed5, level * 0x9E37_79B9_7F4A_7C15L ^ seed4);
    }

    static long fold(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b) ^ a * b;
    }

    /** Offset of the bucket to look into first. */
    int first(long hash) {
        return (int) (hash >>> FIRST_SHIFT) * BUCKET_LENGTH & mask;
    }

    /** Offset of the other bucket, which is never the first. */
    int second(long hash) {
        int step = (int) (hash >>> SECOND_SHIFT) * BUCKET_LENGTH | BUCKET_LENGTH;
        return first(hash) ^ (step & mask);
    }

    static int tag(long hash) {
        return Math.max(FIRST_TAG, (int) hash & 0xFF);
    }

    /**
     * The slots among eight, from {@code 8 * half} of the bucket on, that may hold the tag: bit {@code 8 * n + 7} for slot n. The
     * lowest one does; of the higher ones some may not.
     */
    long candidates(int bucket, int half, int tag) {
        long differences = slots.getLong(bucket + half * Long.BYTES) ^ tag * EVERY_BYTE;
        return (differences - EVERY_BYTE) & ~differences & TOP_BITS;
    }

    /** The session in the slot of the lowest candidate. */
    int session(int bucket, int half, long candidates) {
        return session(bucket, half * Long.BYTES + (Long.numberOfTrailingZeros(candidates) >>> 3));
    }

    // Read together with the byte before it, which is of the same bucket.
    private int session(int bucket, int slot) {
        return slots.getInt(bucket + SESSIONS_OFFSET - 1 + slot * SESSION_LENGTH) >>> Byte.SIZE;
    }

    /** The session in any slot of the bucket, 0 to 15, or {@link #NONE}. */
    int sessionAt(int bucket, int slot) {
        return slots.getByte(bucket + slot) == 0 ? NONE : session(bucket, slot);
    }

    /** Enters a session that is not there; false when both buckets are full. */
    boolean insert(long hash, int session) {
        int bucket = first(hash);
        int slot = empty(bucket);
        if (slot >= RATHER_FULL) {
            int second = second(hash);
            int slotOfSecond = empty(second);
            bucket = slotOfSecond < slot ? second : bucket;
            slot = Math.min(slot, slotOfSecond);
        }
        if (slot == BUCKET_SLOTS) {
            return false;
        }
        int at = bucket + SESSIONS_OFFSET + slot * SESSION_LENGTH;
        slots.putShort(at, (short) session);
        slots.putByte(at + Short.BYTES, (byte) (session >>> Short.SIZE));
        slots.putByte(bucket + slot, (byte) tag(hash));
        return true;
    }

    /** The first empty slot of a bucket, or 16. */
    private int empty(int bucket) {
        long candidates = candidates(bucket, 0, 0);
        if (candidates != 0) {
            return Long.numberOfTrailingZeros(candidates) >>> 3;
        }
        return Long.BYTES + (Long.numberOfTrailingZeros(candidates(bucket, 1, 0)) >>> 3);
    }

    /** Takes out a session; nothing when it is not there. */
    void remove(long hash, int session) {
        int tag = tag(hash);
        if (!removeFrom(first(hash), tag, session)) {
            removeFrom(second(hash), tag, session);
        }
    }

    @SuppressWarnings("UnusedReturnValue")
    private boolean removeFrom(int bucket, int tag, int session) {
        for (int half = 0; half < 2; half++) {
            for (long left = candidates(bucket, half, tag); left != 0; left &= left - 1) {
                int slot = half * Long.BYTES + (Long.numberOfTrailingZeros(left) >>> 3);
                if (sessionAt(bucket, slot) == session) {
                    slots.putByte(bucket + slot, (byte) 0);
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        Memory.unmap(address, mappedBytes);
    }
}
