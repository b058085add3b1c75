package io.weir.control.policy;

import java.util.HashMap;
import java.util.Map;

import io.weir.identity.component.Violations;

/**
 * Denied packets by the component that sent them, over the window that its manifest names. A window is sixteen slices: what
 * is older than the window and up to a sixteenth of it more still counts.
 *
 * <p>Threading: guarded by its own lock.
 */
final class ViolationCounter {
    private static final int SLICES = 16;
    private static final long NS_PER_MS = 1_000_000L;

    private final Map<String, Window> windows = new HashMap<>();

    private static final class Window {
        private final long sliceNs;
        private final long[] packets = new long[SLICES];
        private final long[] slices = new long[SLICES]; // which slice of time the packets are of

        Window(long sliceNs) {
            this.sliceNs = sliceNs;
        }

        long add(long count, long nowNs) {
            long slice = Math.floorDiv(nowNs, sliceNs);
            int at = (int) Math.floorMod(slice, (long) SLICES);
            if (slices[at] != slice) {
                slices[at] = slice;
                packets[at] = 0;
            }
            packets[at] += count;
            long sum = 0;
            for (int i = 0; i < SLICES; i++) {
                sum += slice - slices[i] < SLICES ? packets[i] : 0;
            }
            return sum;
        }
    }

    /** Counts packets, and says whether the component's limit is now passed. */
    synchronized boolean passed(String component, Violations limit, long packets, long nowNs) {
        if (limit.quarantineCount() == 0) {
            return false;
        }
        long sliceNs = Math.max(1, limit.quarantineWindowMs() * NS_PER_MS / SLICES);
        Window window = windows.get(component);
        if (window == null || window.sliceNs != sliceNs) {
            window = new Window(sliceNs);
            windows.put(component, window);
        }
        return window.add(packets, nowNs) >= limit.quarantineCount();
    }

    /** Begins anew for the component. */
    synchronized void forget(String component) {
        windows.remove(component);
    }
}
