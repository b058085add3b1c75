package io.weir.control.audit;

import java.time.Instant;

import io.weir.datapath.policy.Action;

/**
 * Counts of one key since the start, and how much of them each sink has taken. What a sink has not taken is the difference,
 * so that nothing can be handed over twice or forgotten.
 *
 * <p>Threading: guarded by the aggregator's lock.
 */
final class DenyTotals {
    private final DenyKey key;
    private final long[] takenPackets; // [sink]
    private final long[] takenBytes; // [sink]
    private final long[] waitingSinceNs; // [sink], meaningful while something waits
    private long packets;
    private long bytes;
    private long firstNs;
    private long lastNs;
    private int epoch;
    private FlowEnds lastFlow = FlowEnds.NONE;
    private boolean listed;

    DenyTotals(DenyKey key, int sinks) {
        this.key = key;
        takenPackets = new long[sinks];
        takenBytes = new long[sinks];
        waitingSinceNs = new long[sinks];
    }

    void add(DenyView denies) {
        for (int sink = 0; sink < takenPackets.length; sink++) {
            boolean waiting = takenPackets[sink] != packets;
            long since = denies.firstNs();
            waitingSinceNs[sink] = waiting && waitingSinceNs[sink] - since < 0 ? waitingSinceNs[sink] : since;
        }
        spread(denies.firstNs(), denies.lastNs());
        packets += denies.packets();
        bytes += denies.bytes();
        epoch = denies.epoch();
        lastFlow = denies.lastFlow();
    }

    /** Takes over the counts of a key that every sink has taken. */
    void addTaken(DenyTotals other) {
        spread(other.firstNs, other.lastNs);
        packets += other.packets;
        bytes += other.bytes;
        for (int sink = 0; sink < takenPackets.length; sink++) {
            takenPackets[sink] += other.packets;
            takenBytes[sink] += other.bytes;
        }
        epoch = other.epoch;
        lastFlow = other.lastFlow;
    }

    private void spread(long fromNs, long toNs) {
        firstNs = packets == 0 || fromNs - firstNs < 0 ? fromNs : firstNs;
        lastNs = packets == 0 || toNs - lastNs > 0 ? toNs : lastNs;
    }

    /** Whether a sink has something to take. */
    boolean waits(int sink) {
        return takenPackets[sink] != packets;
    }

    boolean waits() {
        for (int sink = 0; sink < takenPackets.length; sink++) {
            if (waits(sink)) {
                return true;
            }
        }
        return false;
    }

    /** The sink took everything there is. */
    void taken(int sink) {
        takenPackets[sink] = packets;
        takenBytes[sink] = bytes;
    }

    /** Whether it stands in the list of what waits; the previous answer. */
    boolean list(boolean on) {
        boolean before = listed;
        listed = on;
        return before;
    }

    /** What waits for a sink. */
    DenyEntry waiting(int sink, Names names, WallTime time) {
        return entry(
                names,
                packets - takenPackets[sink],
                bytes - takenBytes[sink],
                time.instant(waitingSinceNs[sink]),
                time.instant(lastNs));
    }

    /** Everything since the start. */
    DenyEntry total(Names names, WallTime time) {
        return entry(names, packets, bytes, time.instant(firstNs), time.instant(lastNs));
    }

    private DenyEntry entry(Names names, long packets, long bytes, Instant first, Instant last) {
        boolean others = key.isOthers();
        return new DenyEntry(
                others ? DenyEntry.OTHERS : names.identity(key.source()),
                others ? DenyEntry.OTHERS : names.identity(key.destination()),
                names.rule(key.rule()),
                Names.reason(key.reason()),
                key.ingressPort() == DenyView.ANY_PORT ? DenyEntry.OTHERS : names.port(key.ingressPort()),
                Action.name(key.action()),
                packets,
                bytes,
                first,
                last,
                epoch,
                lastFlow);
    }
}
