package io.weir.ipsec.sa;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

import io.weir.datapath.pipeline.DropReason;

/**
 * What the packets of one SA amount to.
 *
 * <p>Threading: one writer, the worker; any thread reads, and sees each counter whole.
 */
final class SaCounters {
    private static final int PACKETS = 0;
    private static final int BYTES = 1;
    private static final int LAST_USED_NS = 2;
    private static final int DROPS = 3;
    private static final int FIRST_REASON = DropReason.ESP_TRUNCATED.code();
    private static final int REASONS = DropReason.ESP_SEND_REFUSED.code() - FIRST_REASON + 1;

    private final AtomicLongArray values = new AtomicLongArray(DROPS + REASONS);

    void count(int length, long nowNs) {
        add(PACKETS, 1);
        add(BYTES, length);
        values.setOpaque(LAST_USED_NS, nowNs);
    }

    /** Counts a drop, and returns the negative code of its reason. */
    int drop(int reasonCode) {
        add(DROPS + reasonCode - FIRST_REASON, 1);
        return -reasonCode;
    }

    private void add(int counter, long count) {
        values.setOpaque(counter, values.getPlain(counter) + count);
    }

    long packets() {
        return values.getOpaque(PACKETS);
    }

    long bytes() {
        return values.getOpaque(BYTES);
    }

    long lastUsedNs() {
        return values.getOpaque(LAST_USED_NS);
    }

    /** Drops by reason, those only that happened. */
    Map<DropReason, Long> drops() {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            int index = reason.code() - FIRST_REASON;
            if (index >= 0 && index < REASONS && values.getOpaque(DROPS + index) > 0) {
                drops.put(reason, values.getOpaque(DROPS + index));
            }
        }
        return drops;
    }
}
