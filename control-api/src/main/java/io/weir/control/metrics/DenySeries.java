package io.weir.control.metrics;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.weir.control.audit.DenyEntry;

/**
 * Denied packets by source, destination and reason, with so many series at most: the first pairs that were denied keep one of
 * their own, everything else is in one a reason. Sums over a reason are exact, and no series ever falls.
 *
 * <p>Threading: one thread at a time.
 */
final class DenySeries {
    /** Series with components in them. */
    static final int MAX_PAIRS = 1000;

    private final Set<Key> own = new LinkedHashSet<>();

    /** What a series is called by. */
    record Key(String source, String destination, String reason) {}

    /** Packets of each series. */
    Map<Key, Long> of(List<DenyEntry> totals) {
        Map<Key, Long> series = new LinkedHashMap<>();
        for (DenyEntry entry : totals) {
            Key key = new Key(entry.source(), entry.destination(), entry.reason());
            boolean named = own.contains(key) || (own.size() < MAX_PAIRS && own.add(key));
            Key counted = named ? key : new Key(DenyEntry.OTHERS, DenyEntry.OTHERS, entry.reason());
            series.merge(counted, entry.packets(), Long::sum);
        }
        return series;
    }
}
