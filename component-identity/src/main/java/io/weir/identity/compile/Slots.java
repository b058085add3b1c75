package io.weir.identity.compile;

import java.util.LinkedHashMap;
import java.util.Map;

import io.weir.identity.evaluate.PortTable;

/**
 * Collects keys of three longs and lays them out for open addressing, with no key more than {@link PortTable#PROBES} slots from its
 * place.
 */
final class Slots {
    private static final long FIRST_SEED = 0x5E55_101D_0000_0001L;
    private static final int SEEDS_A_SIZE = 4;

    private final Map<Key, Long> values = new LinkedHashMap<>();

    private record Key(long word, long high, long low) {}

    /** What {@link #lay} makes. */
    @SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
    record Layout(long[] slots, int mask, long seed) {}

    void put(long word, long high, long low, long value) {
        values.put(new Key(word, high, low), value);
    }

    /** The value, 0 for none. */
    long get(long word, long high, long low) {
        return values.getOrDefault(new Key(word, high, low), 0L);
    }

    Layout lay() {
        int count = Integer.highestOneBit(Math.max(1, 2 * values.size() - 1)) * 2;
        while (true) {
            for (int i = 0; i < SEEDS_A_SIZE; i++) {
                long[] slots = placed(count, FIRST_SEED + i);
                if (slots.length > 0) {
                    return new Layout(slots, count - 1, FIRST_SEED + i);
                }
            }
            count *= 2;
        }
    }

    private long[] placed(int count, long seed) {
        long[] slots = new long[count * PortTable.SLOT_LENGTH];
        for (Map.Entry<Key, Long> entry : values.entrySet()) {
            Key key = entry.getKey();
            int place = PortTable.place(key.word, key.high, key.low, seed, count - 1);
            int probe = 0;
            while (probe < PortTable.PROBES && slots[(place + probe & count - 1) * PortTable.SLOT_LENGTH + 3] != 0) {
                probe++;
            }
            if (probe == PortTable.PROBES) {
                return new long[0];
            }
            int at = (place + probe & count - 1) * PortTable.SLOT_LENGTH;
            slots[at] = key.word;
            slots[at + 1] = key.high;
            slots[at + 2] = key.low;
            slots[at + 3] = entry.getValue();
        }
        return slots;
    }
}
