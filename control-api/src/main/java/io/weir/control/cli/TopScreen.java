package io.weir.control.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.MapNode;
import io.weir.control.v1.Port;
import io.weir.control.v1.PortCounters;
import io.weir.control.v1.PortState;

/**
 * The lines of {@code weir top}: rates between two samples, the busiest first, as many as the terminal has room for.
 *
 * <p>Threading: pure.
 */
final class TopScreen {
    static final int MIN_HEIGHT = 16;

    private static final double NS_PER_SECOND = 1e9;
    private static final int BITS = 8;
    // Title, totals, three heads with an empty line before each, the foot.
    private static final int FIXED_LINES = 9;

    private final TopSample before;
    private final TopSample after;
    private final double seconds;
    private final int width;
    private final int height;
    private final List<String> lines = new ArrayList<>();

    private TopScreen(TopSample before, TopSample after, int width, int height) {
        this.before = before;
        this.after = after;
        this.seconds = Math.max(1, after.ns() - before.ns()) / NS_PER_SECOND;
        this.width = width;
        this.height = Math.max(height, MIN_HEIGHT);
    }

    /** Lines of at most that width, at most so many, free of control characters. */
    static List<String> of(TopSample before, TopSample after, int width, int height) {
        return new TopScreen(before, after, width, height).render();
    }

    private List<String> render() {
        int room = height - FIXED_LINES;
        head();
        ports(room - 2 * (room / 3));
        components(room / 3);
        denies(room / 3);
        add(after.errors().isEmpty() ? "q ends" : "ERROR " + after.errors().getFirst());
        return lines;
    }

    private void head() {
        add("weir top - host %s, up %s, epoch %s, ports %d up of %d"
                .formatted(
                        after.statistics().getHost(),
                        Ages.seconds(after.statistics().getUptimeNs()),
                        Integer.toUnsignedString(after.map().getEpoch()),
                        after.ports().stream()
                                .filter(port -> port.getState() == PortState.PORT_STATE_UP)
                                .count(),
                        after.ports().size()));
        add("rx %s/s  tx %s/s  drops %s/s  denied %s/s  sessions %s"
                .formatted(
                        rate(
                                before.statistics().getRxFrames(),
                                after.statistics().getRxFrames()),
                        rate(
                                before.statistics().getTxFrames(),
                                after.statistics().getTxFrames()),
                        rate(
                                PortListing.drops(before.statistics().getDropsList()),
                                PortListing.drops(after.statistics().getDropsList())),
                        rate(denied(before), denied(after)),
                        Quantities.count(sessions(after))));
    }

    private static long denied(TopSample sample) {
        return sample.map().getEdgesList().stream()
                .mapToLong(edge -> edge.getDeniedPackets())
                .sum();
    }

    private static long sessions(TopSample sample) {
        return sample.map().getEdgesList().stream()
                .mapToLong(edge -> edge.getSessions())
                .sum();
    }

    private void ports(int rows) {
        add("");
        add(row("PORT", "STATE", "RX/s", "RX bit/s", "TX/s", "TX bit/s", "DROPS/s"));
        Map<String, PortCounters> earlier = new HashMap<>();
        before.ports().forEach(port -> earlier.put(port.getSettings().getName(), port.getCounters()));
        after.ports().stream()
                .sorted(Comparator.comparingLong(port -> -traffic(port, earlier)))
                .limit(rows)
                .forEach(port -> add(port(port, earlier)));
    }

    private static PortCounters earlier(Port port, Map<String, PortCounters> earlier) {
        return earlier.getOrDefault(port.getSettings().getName(), PortCounters.getDefaultInstance());
    }

    private static long traffic(Port port, Map<String, PortCounters> earlier) {
        PortCounters from = earlier(port, earlier);
        return port.getCounters().getRxFrames()
                - from.getRxFrames()
                + port.getCounters().getTxFrames()
                - from.getTxFrames();
    }

    private String port(Port port, Map<String, PortCounters> earlier) {
        PortCounters from = earlier(port, earlier);
        PortCounters to = port.getCounters();
        return row(
                port.getSettings().getName(),
                port.getState().name().substring("PORT_STATE_".length()).toLowerCase(Locale.ROOT),
                rate(from.getRxFrames(), to.getRxFrames()),
                bitRate(from.getRxBytes(), to.getRxBytes()),
                rate(from.getTxFrames(), to.getTxFrames()),
                bitRate(from.getTxBytes(), to.getTxBytes()),
                rate(PortListing.drops(from.getDropsList()), PortListing.drops(to.getDropsList())));
    }

    private void components(int rows) {
        add("");
        add(row("COMPONENT", "", "ALLOWED/s", "", "DENIED/s", "", "SESSIONS"));
        Map<String, MapNode> earlier = new HashMap<>();
        before.map().getNodesList().forEach(node -> earlier.put(node.getComponent(), node));
        after.map().getNodesList().stream()
                .sorted(Comparator.comparingLong(node -> -activity(node, earlier(node, earlier))))
                .limit(rows)
                .forEach(node -> add(component(node, earlier(node, earlier))));
    }

    private static MapNode earlier(MapNode node, Map<String, MapNode> earlier) {
        return earlier.getOrDefault(node.getComponent(), MapNode.getDefaultInstance());
    }

    private static long activity(MapNode to, MapNode from) {
        return to.getAllowedPackets() - from.getAllowedPackets() + to.getDeniedPackets() - from.getDeniedPackets();
    }

    private String component(MapNode to, MapNode from) {
        return row(
                MapCommand.name(to.getComponent()),
                "",
                rate(from.getAllowedPackets(), to.getAllowedPackets()),
                "",
                rate(from.getDeniedPackets(), to.getDeniedPackets()),
                "",
                Quantities.count(Integer.toUnsignedLong(to.getSessions())));
    }

    private void denies(int rows) {
        add("");
        add("DENIED/s    TOTAL  WHAT");
        Map<String, Long> earlier = new HashMap<>();
        before.denies().forEach(denies -> earlier.merge(what(denies), denies.getPackets(), Long::sum));
        Map<String, Long> now = new HashMap<>();
        after.denies().forEach(denies -> now.merge(what(denies), denies.getPackets(), Long::sum));
        Comparator<Map.Entry<String, Long>> busiest =
                Comparator.comparingLong(entry -> earlier.getOrDefault(entry.getKey(), 0L) - entry.getValue());
        now.entrySet().stream()
                .sorted(busiest.thenComparing(
                                Map.Entry.<String, Long>comparingByValue().reversed())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(rows)
                .forEach(entry -> add("%8s %8s  %s"
                        .formatted(
                                rate(earlier.getOrDefault(entry.getKey(), 0L), entry.getValue()),
                                Quantities.count(entry.getValue()),
                                entry.getKey())));
    }

    private static String what(FlowRecord denies) {
        String rule = denies.getRule().isEmpty() ? "" : ' ' + denies.getRule();
        return MapCommand.name(denies.getSource().getComponent()) + " -> "
                + MapCommand.name(denies.getDestination().getComponent()) + rule + ' ' + denies.getReason();
    }

    private String rate(long from, long to) {
        return Quantities.count(Math.max(0, to - from) / seconds);
    }

    private String bitRate(long fromBytes, long toBytes) {
        return Quantities.count(Math.max(0, toBytes - fromBytes) * (double) BITS / seconds);
    }

    /** A name and numbers; the name gets what the numbers leave. */
    private String row(String name, String word, String... numbers) {
        StringBuilder text = new StringBuilder();
        for (String number : numbers) {
            text.append("%10s".formatted(number));
        }
        String plain = TerminalText.escape(name);
        int room = Math.max(4, width - text.length() - 10);
        String shown = plain.length() <= room ? plain : plain.substring(0, room - 1) + '~';
        return ("%-" + room + "s %-9s").formatted(shown, word) + text;
    }

    private void add(String line) {
        String plain = TerminalText.escape(line).stripTrailing();
        lines.add(plain.length() <= width ? plain : plain.substring(0, width));
    }
}
