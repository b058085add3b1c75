package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.kernel.Memory;

/**
 * Where in the table a key's session is. Each key has two buckets of sixteen slots, one cache line each, and lies in one of
 * them: so a look-up reads two lines at most, whatever is sent. There are twice as many slots as sessions; a key goes into its
 * first bucket until that is rather full, and then into the emptier one, so that both are full practically never.
 *
 * <p>A slot is {@code tag << 24 | session}, the tag being 1 to 255; 0 is empty. Slots of a bucket are filled from its begin, so
 * that a search ends at the first empty one.
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

    static final int SESSION_MASK = 0xFF_FFFF;
    static final int TAG_SHIFT = 24;

    private static final int SLOT_LENGTH = Integer.BYTES;
    private static final int SLOTS_PER_SESSION = 2;
    /** Slots in use from which on a key looks at its second bucket. */
    private static final int RATHER_FULL = 12;

    private static final int FIRST_SHIFT = 43;
    private static final int SECOND_SHIFT = 22;

    final UnsafeBuffer slots;
    private final long address;
    private final int mask; // over offsets of buckets
    private final long[] seeds = new long[6];

    SessionIndex(int capacity, long seed) {
        int length = capacity * SLOTS_PER_SESSION * SLOT_LENGTH;
        address = Memory.map(length, true);
        slots = new UnsafeBuffer(address, length);
        mask = length - BUCKET_LENGTH;
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = mix(seed + i);
        }
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
        long first = fold(firstHigh ^ seeds[0], firstLow ^ seeds[1]);
        long second = fold(secondHigh ^ seeds[2], secondLow ^ seeds[3]);
        return fold(first ^ scope ^ seeds[4], second ^ seeds[5]);
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
        return Math.max(1, (int) hash & 0xFF);
    }

    /** Enters a session that is not there; false when both buckets are full. */
    boolean insert(long hash, int session) {
        int first = first(hash);
        int used = used(first);
        int bucket = first;
        if (used >= RATHER_FULL) {
            int second = second(hash);
            int usedOfSecond = used(second);
            bucket = usedOfSecond < used ? second : first;
            used = Math.min(used, usedOfSecond);
        }
        if (used == BUCKET_LENGTH / SLOT_LENGTH) {
            return false;
        }
        slots.putInt(bucket + used * SLOT_LENGTH, tag(hash) << TAG_SHIFT | session);
        return true;
    }

    /** Takes out a session; nothing when it is not there. */
    void remove(long hash, int session) {
        int slot = tag(hash) << TAG_SHIFT | session;
        if (!removeFrom(first(hash), slot)) {
            removeFrom(second(hash), slot);
        }
    }

    @SuppressWarnings("UnusedReturnValue")
    private boolean removeFrom(int bucket, int slot) {
        int last = bucket + (used(bucket) - 1) * SLOT_LENGTH;
        for (int at = bucket; at <= last; at += SLOT_LENGTH) {
            if (slots.getInt(at) == slot) {
                slots.putInt(at, slots.getInt(last));
                slots.putInt(last, 0);
                return true;
            }
        }
        return false;
    }

    private int used(int bucket) {
        int used = 0;
        while (used < BUCKET_LENGTH / SLOT_LENGTH && slots.getInt(bucket + used * SLOT_LENGTH) != 0) {
            used++;
        }
        return used;
    }

    @Override
    public void close() {
        Memory.unmap(address, slots.capacity());
    }
}
