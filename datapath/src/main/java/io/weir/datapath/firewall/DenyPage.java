package io.weir.datapath.firewall;

import java.util.Arrays;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.kernel.Memory;

/**
 * One buffer of the deny table: rows in the order in which their keys came, found by an index of open addressing that is at
 * most half full. A key for which no row is left is counted in the overflow row of its reason and action.
 *
 * <p>Threading: belongs to the worker while it fills it, and to the reader from its hand-over until it is empty again.
 */
final class DenyPage implements AutoCloseable {
    private static final int ACTIONS = Action.DROP + 1;
    private static final int OVERFLOW_ROWS = DropReason.CODES * ACTIONS * 2;
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final int capacity;
    private final long address;
    private final UnsafeBuffer rows;
    private final int[] index; // [hash] row + 1, 0 for none
    private final int shift;
    private final int[] overflow = new int[OVERFLOW_ROWS]; // [reason, action, of copies or not] row + 1
    private final DenyRecord row = new DenyRecord();
    private int used;
    private int overflows;

    /** @param capacity keys with a row of their own, a power of two */
    DenyPage(int capacity) {
        this.capacity = capacity;
        address = Memory.map((long) (capacity + OVERFLOW_ROWS) * DenyRecord.LENGTH);
        rows = new UnsafeBuffer(address, (capacity + OVERFLOW_ROWS) * DenyRecord.LENGTH);
        index = new int[capacity * 2];
        shift = Long.SIZE - Integer.numberOfTrailingZeros(index.length);
    }

    /** Counts a denial; true when it is the first of its key. */
    boolean add(Denial denial, FlowKey flow) {
        int slot = hash(denial);
        int found = index[slot];
        while (found != 0 && !row.wrap(rows, (found - 1) * DenyRecord.LENGTH).hasKey(denial)) {
            slot = (slot + 1) & (index.length - 1);
            found = index[slot];
        }
        boolean first = found == 0 && used < capacity;
        if (first) {
            index[slot] = ++used;
            row.wrap(rows, (used - 1) * DenyRecord.LENGTH).begin(denial);
        } else if (found == 0) {
            overflow(denial);
        }
        row.count(denial, flow);
        return first;
    }

    private void overflow(Denial denial) {
        int kind = (denial.reason * ACTIONS + denial.action) * 2 + (denial.copy ? 1 : 0);
        boolean begins = overflow[kind] == 0;
        if (begins) {
            overflow[kind] = ++overflows;
        }
        row.wrap(rows, (capacity + overflow[kind] - 1) * DenyRecord.LENGTH);
        if (begins) {
            row.beginOverflow(denial);
        }
    }

    private int hash(Denial denial) {
        long ends = (long) denial.sourceIdentity << 32 | (denial.destinationIdentity & 0xFFFF_FFFFL);
        long why = (long) denial.rule << 32
                | denial.ingressPort << 16
                | denial.reason << 4
                | denial.action << 1
                | (denial.copy ? 1 : 0);
        long hash = ((ends * MULTIPLIER) ^ why) * MULTIPLIER;
        return (int) (((hash ^ (hash >>> 31)) * MULTIPLIER) >>> shift);
    }

    /** Whether a further key would need the overflow row. */
    boolean isFull() {
        return used == capacity;
    }

    boolean isEmpty() {
        return used == 0;
    }

    /** Hands all rows over and empties the page; returns how many there were. */
    int drain(DenyHandler handler) {
        for (int i = 0; i < used; i++) {
            handler.onDenies(row.wrap(rows, i * DenyRecord.LENGTH));
        }
        for (int i = 0; i < overflows; i++) {
            handler.onDenies(row.wrap(rows, (capacity + i) * DenyRecord.LENGTH));
        }
        int drained = used + overflows;
        Arrays.fill(index, 0);
        Arrays.fill(overflow, 0);
        used = 0;
        overflows = 0;
        return drained;
    }

    @Override
    public void close() {
        Memory.unmap(address, (long) (capacity + OVERFLOW_ROWS) * DenyRecord.LENGTH);
    }
}
