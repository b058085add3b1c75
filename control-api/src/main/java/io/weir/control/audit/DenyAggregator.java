package io.weir.control.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts denied packets by source, destination, rule, reason, action and ingress port, exactly and in bounded memory, and hands what
 * is new to every sink.
 *
 * <p>Memory: at most {@code capacity} keys. For one more, the key idle for longest goes, once every sink has taken it; when
 * even that one waits, the new counts are added to a key that keeps only reason, action and port. Either way each packet is in
 * exactly one key, so that sums by reason, by port and over all are exact whatever the traffic is.
 *
 * <p>A sink that refuses gets the counts later: they wait in their key.
 *
 * <p>Threading: {@link #drain} and {@link #deliver} by one thread, the rest by any; guarded by its own lock, which the
 * datapath never takes.
 */
public final class DenyAggregator {
    /** Keys kept when nothing else is asked for: about 20 MiB. */
    public static final int DEFAULT_CAPACITY = 65_536;

    private static final Logger LOG = LoggerFactory.getLogger(DenyAggregator.class);

    private final DenySource source;
    private final Names names;
    private final List<AuditSink> sinks;
    private final String[] refusals; // [sink], empty while it takes entries
    private final int capacity;
    // Eldest use first.
    private final LinkedHashMap<DenyKey, DenyTotals> keys = new LinkedHashMap<>(1024, 0.75f, true);
    // One a reason and port.
    private final Map<DenyKey, DenyTotals> others = new LinkedHashMap<>();
    private List<DenyTotals> waiting = new ArrayList<>();
    private long packets;

    /** @param capacity most keys told apart, 1 up */
    public DenyAggregator(DenySource source, Names names, List<AuditSink> sinks, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be 1 or more: was " + capacity);
        }
        this.source = source;
        this.names = names;
        this.sinks = List.copyOf(sinks);
        this.capacity = capacity;
        refusals = new String[sinks.size()];
        Arrays.fill(refusals, "");
    }

    /**
     * Takes what the datapath counted since the last call.
     *
     * @return counts taken
     */
    public synchronized int drain() {
        return source.drainDenies(this::add);
    }

    private void add(DenyView denies) {
        packets += denies.packets();
        DenyTotals totals = totals(DenyKey.of(denies));
        totals.add(denies);
        if (!totals.list(true)) {
            waiting.add(totals);
        }
    }

    private DenyTotals totals(DenyKey key) {
        DenyTotals present = keys.get(key);
        if (present != null) {
            return present;
        }
        if (keys.size() >= capacity && !evictEldest()) {
            return others(key);
        }
        DenyTotals fresh = new DenyTotals(key, sinks.size());
        keys.put(key, fresh);
        return fresh;
    }

    private boolean evictEldest() {
        Map.Entry<DenyKey, DenyTotals> eldest = keys.firstEntry();
        if (eldest.getValue().waits()) {
            return false;
        }
        keys.pollFirstEntry();
        others(eldest.getKey()).addTaken(eldest.getValue());
        return true;
    }

    private DenyTotals others(DenyKey key) {
        return others.computeIfAbsent(key.others(), fresh -> new DenyTotals(fresh, sinks.size()));
    }

    /**
     * Hands what waits to the sinks.
     *
     * @return keys of which some sink still has not taken everything
     */
    public synchronized int deliver(WallTime time) {
        for (int sink = 0; sink < sinks.size(); sink++) {
            deliver(sink, time);
        }
        List<DenyTotals> left = new ArrayList<>();
        for (DenyTotals totals : waiting) {
            totals.list(totals.waits());
            if (totals.waits()) {
                left.add(totals);
            }
        }
        waiting = left;
        return left.size();
    }

    private void deliver(int sink, WallTime time) {
        String refusal = "";
        for (DenyTotals totals : waiting) {
            if (totals.waits(sink)) {
                try {
                    sinks.get(sink).denies(totals.waiting(sink, names, time));
                } catch (AuditException refused) {
                    // The others would be refused as well: all of them wait for the next round.
                    refusal = sinks.get(sink).name() + ": " + refused.getMessage();
                    break;
                }
                totals.taken(sink);
            }
        }
        if (!refusal.isEmpty() && refusals[sink].isEmpty()) {
            LOG.error("denies wait in memory, none is lost: {}", refusal);
        }
        refusals[sink] = refusal;
    }

    /** Why counts wait, one line a sink that refuses; empty when all sinks take them. */
    public synchronized List<String> refusals() {
        return Arrays.stream(refusals).filter(text -> !text.isEmpty()).toList();
    }

    /** Packets denied since the start: the sum over {@link #totals}. */
    public synchronized long packets() {
        return packets;
    }

    /** Counts of every key since the start, those used last at the end. */
    public synchronized List<DenyEntry> totals(WallTime time) {
        List<DenyEntry> entries = new ArrayList<>(others.size() + keys.size());
        others.values().forEach(totals -> entries.add(totals.total(names, time)));
        keys.values().forEach(totals -> entries.add(totals.total(names, time)));
        return entries;
    }
}
