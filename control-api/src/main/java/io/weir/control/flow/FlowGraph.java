package io.weir.control.flow;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.weir.control.audit.AuditSink;
import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.DenyEntry;
import io.weir.control.audit.FlowEnds;
import io.weir.control.audit.FlowView;
import io.weir.control.audit.GrantEntry;
import io.weir.control.audit.LiveSession;
import io.weir.control.audit.Names;
import io.weir.control.audit.QuarantineEntry;
import io.weir.control.journal.JournalMessages;
import io.weir.control.v1.FlowMap;
import io.weir.control.v1.MapEdge;
import io.weir.control.v1.MapNode;
import io.weir.datapath.policy.Action;

/**
 * Who talks to whom since the start: what ended sessions carried and what was denied, by pair of components, in bounded
 * memory. Live sessions are added when a picture is made; one that ends at that moment may be in it twice or not at all, and
 * is right in the next.
 *
 * <p>Threading: any thread; guarded by its own lock.
 */
public final class FlowGraph implements AuditSink {
    /** Pairs of components told apart. */
    static final int CAPACITY = 4096;

    /** Levels named on an edge. */
    private static final int MAX_LABELS = 4;

    private static final Pair OTHERS = new Pair(DenyEntry.OTHERS, DenyEntry.OTHERS);

    private final Map<Pair, MapEdge.Builder> edges = new LinkedHashMap<>();
    private long merged;

    private record Pair(String source, String destination) {}

    @Override
    public String name() {
        return "map";
    }

    @Override
    public synchronized void denies(DenyEntry entry) {
        if (entry.action().equals(Action.name(Action.ALLOW))) {
            // Passed under audit mode: its session counts it as allowed.
            return;
        }
        MapEdge.Builder edge = edge(edges, entry.source(), entry.destination());
        edge.setDeniedPackets(edge.getDeniedPackets() + entry.packets());
        edge.setDeniedBytes(edge.getDeniedBytes() + entry.bytes());
        edge.setLastReason(entry.reason());
        label(edge, entry.lastFlow());
        edge.setLastDenied(JournalMessages.timestamp(entry.last()));
    }

    @Override
    public void change(ChangeEntry entry) {}

    @Override
    public void grant(GrantEntry entry) {}

    @Override
    public void quarantine(QuarantineEntry entry) {}

    /** Adds what an ended session carried. */
    synchronized void ended(FlowView flow, Names names) {
        MapEdge.Builder edge =
                edge(edges, names.identity(flow.sourceIdentity()), names.identity(flow.destinationIdentity()));
        allow(edge, flow.packets() + flow.replyPackets(), flow.bytes() + flow.replyBytes());
        label(edge, flow.ends());
    }

    /** Levels seen on the edge, the first few of them. */
    private static void label(MapEdge.Builder edge, FlowEnds ends) {
        String level = Names.level(ends.label());
        if (!level.isEmpty()
                && edge.getLabelsCount() < MAX_LABELS
                && !edge.getLabelsList().contains(level)) {
            edge.addLabels(level);
        }
    }

    private static void allow(MapEdge.Builder edge, long packets, long bytes) {
        edge.setAllowedPackets(edge.getAllowedPackets() + packets);
        edge.setAllowedBytes(edge.getAllowedBytes() + bytes);
    }

    private MapEdge.Builder edge(Map<Pair, MapEdge.Builder> among, String source, String destination) {
        Pair pair = new Pair(source, destination);
        if (among.size() >= CAPACITY && !among.containsKey(pair)) {
            merged++;
            pair = OTHERS;
        }
        return among.computeIfAbsent(
                pair, fresh -> MapEdge.newBuilder().setSource(fresh.source()).setDestination(fresh.destination()));
    }

    /** The picture, with the live sessions in it; nodes and edges by name. */
    synchronized FlowMap snapshot(List<LiveSession> sessions, Names names, Instant time, int epoch) {
        Map<Pair, MapEdge.Builder> now = new LinkedHashMap<>();
        edges.forEach((pair, edge) -> now.put(pair, edge.clone()));
        for (LiveSession session : sessions) {
            MapEdge.Builder edge =
                    edge(now, names.identity(session.sourceIdentity()), names.identity(session.destinationIdentity()));
            allow(edge, session.packets() + session.replyPackets(), session.bytes() + session.replyBytes());
            edge.setSessions(edge.getSessions() + 1);
            label(edge, session.ends());
        }
        FlowMap.Builder map = FlowMap.newBuilder()
                .setTime(JournalMessages.timestamp(time))
                .setEpoch(epoch)
                .setPairsMerged(merged);
        Map<String, MapEdge.Builder> sorted = new TreeMap<>();
        now.forEach((pair, edge) -> sorted.put(pair.source() + '\0' + pair.destination(), edge));
        Map<String, MapNode.Builder> nodes = new TreeMap<>();
        sorted.values().forEach(edge -> {
            map.addEdges(edge);
            count(nodes, edge.getSource(), edge);
            if (!edge.getDestination().equals(edge.getSource())) {
                count(nodes, edge.getDestination(), edge);
            }
        });
        nodes.forEach((component, node) -> map.addNodes(node.setContext(names.context(component))));
        return map.build();
    }

    private static void count(Map<String, MapNode.Builder> nodes, String component, MapEdge.Builder edge) {
        MapNode.Builder node =
                nodes.computeIfAbsent(component, fresh -> MapNode.newBuilder().setComponent(fresh));
        node.setAllowedPackets(node.getAllowedPackets() + edge.getAllowedPackets())
                .setDeniedPackets(node.getDeniedPackets() + edge.getDeniedPackets())
                .setSessions(node.getSessions() + edge.getSessions());
    }
}
