package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import io.weir.control.v1.FlowMap;
import io.weir.control.v1.MapEdge;
import io.weir.control.v1.MapRequest;

/** {@code weir map}: which components talk, with allowed and denied packets since the daemon started. */
@Command(
        name = "map",
        description = "Show who talks to whom: allowed and denied packets by pair of components.",
        footer = {"", "Examples:", "  weir map -o svg > map.svg", "  weir map -o dot | dot -Tpng > map.png"})
final class MapCommand extends DaemonVerb {
    private static final int LABEL_COLUMN = 2;

    /** What is printed. */
    enum Format {
        TABLE,
        DOT,
        SVG,
        JSON
    }

    @Option(
            names = {"-f", "--follow"},
            description = "Once a second again until interrupted; as a table, or as one line of JSON each.")
    private boolean follow;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|dot|svg|json",
            defaultValue = "table",
            description = "What to print; JSON keys are stable (default: table).")
    private Format format = Format.TABLE;

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        if (follow && (format == Format.DOT || format == Format.SVG)) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "--follow takes table or json: was " + format + "; ask for single pictures");
        }
        MapRequest request = MapRequest.newBuilder().setFollow(follow).build();
        Iterator<FlowMap> maps = daemon.flowStreams().map(request);
        while (maps.hasNext()) {
            print(maps.next(), out);
            if (Output.unread(out)) {
                return ExitCode.DONE;
            }
        }
        return ExitCode.DONE;
    }

    private void print(FlowMap map, PrintWriter out) {
        switch (format) {
            case TABLE -> {
                table(map).print(out);
                if (follow) {
                    out.println();
                }
            }
            case DOT -> out.print(MapDot.of(map));
            case SVG -> out.print(MapSvg.of(map));
            case JSON -> {
                if (follow) {
                    out.println(Json.line(document(map)));
                } else {
                    Json.print(out, document(map));
                }
            }
        }
        out.flush();
    }

    static Table table(FlowMap map) {
        boolean labels = map.getEdgesList().stream().anyMatch(edge -> edge.getLabelsCount() > 0);
        List<String> titles = new ArrayList<>(List.of(
                "SOURCE", "DESTINATION", "SESSIONS", "ALLOWED", "BYTES", "DENIED", "LAST REASON", "LAST DENIED"));
        if (labels) {
            titles.add(LABEL_COLUMN, "LABELS");
        }
        Table table = new Table(titles.toArray(new String[0]));
        for (MapEdge edge : map.getEdgesList()) {
            List<Object> cells = new ArrayList<>(List.of(
                    name(edge.getSource()),
                    name(edge.getDestination()),
                    edge.getSessions(),
                    edge.getAllowedPackets(),
                    edge.getAllowedBytes(),
                    edge.getDeniedPackets(),
                    edge.getLastReason().isEmpty() ? "-" : edge.getLastReason(),
                    edge.hasLastDenied() ? FlowDocuments.second(edge.getLastDenied()) : "-"));
            if (labels) {
                cells.add(LABEL_COLUMN, edge.getLabelsCount() == 0 ? "-" : String.join(" ", edge.getLabelsList()));
            }
            table.row(cells.toArray());
        }
        return table;
    }

    /** A component's id; what has none, such as a forged sender, needs a word too. */
    static String name(String component) {
        return component.isEmpty() ? "(none)" : component;
    }

    static Map<String, Object> document(FlowMap map) {
        List<Map<String, Object>> nodes = map.getNodesList().stream()
                .map(node -> Json.fields()
                        .put("component", node.getComponent())
                        .put("context", node.getContext())
                        .put("sessions", node.getSessions())
                        .put("allowedPackets", node.getAllowedPackets())
                        .put("deniedPackets", node.getDeniedPackets())
                        .map())
                .toList();
        List<Map<String, Object>> edges =
                map.getEdgesList().stream().map(MapCommand::document).toList();
        return Json.fields()
                .put("time", FlowDocuments.time(map.getTime()))
                .put("epoch", Integer.toUnsignedLong(map.getEpoch()))
                .put("pairsMerged", map.getPairsMerged())
                .put("nodes", nodes)
                .put("edges", edges)
                .map();
    }

    private static Map<String, Object> document(MapEdge edge) {
        Json.Fields fields = Json.fields()
                .put("source", edge.getSource())
                .put("destination", edge.getDestination())
                .put("labels", edge.getLabelsList())
                .put("sessions", edge.getSessions())
                .put("allowedPackets", edge.getAllowedPackets())
                .put("allowedBytes", edge.getAllowedBytes())
                .put("deniedPackets", edge.getDeniedPackets())
                .put("deniedBytes", edge.getDeniedBytes());
        if (edge.hasLastDenied()) {
            fields.put("lastReason", edge.getLastReason()).put("lastDenied", FlowDocuments.time(edge.getLastDenied()));
        }
        return fields.map();
    }
}
