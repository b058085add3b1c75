package io.weir.control.cli;

import io.weir.control.v1.FlowMap;
import io.weir.control.v1.MapEdge;
import io.weir.control.v1.MapNode;

/** The map in Graphviz' language. */
final class MapDot {
    private MapDot() {}

    static String of(FlowMap map) {
        StringBuilder text = new StringBuilder("digraph weir {\n");
        text.append("  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n");
        for (MapNode node : map.getNodesList()) {
            text.append("  ")
                    .append(quoted(MapCommand.name(node.getComponent())))
                    .append(";\n");
        }
        for (MapEdge edge : map.getEdgesList()) {
            text.append("  ").append(quoted(MapCommand.name(edge.getSource())));
            text.append(" -> ").append(quoted(MapCommand.name(edge.getDestination())));
            text.append(" [color=\"").append(color(edge)).append("\", label=").append(quoted(label(edge)));
            text.append("];\n");
        }
        return text.append("}\n").toString();
    }

    /** Green where everything passed, red where nothing did, amber between. */
    static String color(MapEdge edge) {
        if (edge.getDeniedPackets() == 0) {
            return "#2e7d32";
        }
        return edge.getAllowedPackets() == 0 ? "#c62828" : "#b26a00";
    }

    /** {@code 1.2k allowed, 35 denied: ingress-no-rule}. */
    static String label(MapEdge edge) {
        String allowed = Quantities.count(edge.getAllowedPackets()) + " allowed";
        if (edge.getDeniedPackets() == 0) {
            return allowed;
        }
        String denied = Quantities.count(edge.getDeniedPackets()) + " denied: " + edge.getLastReason();
        return edge.getAllowedPackets() == 0 ? denied : allowed + ", " + denied;
    }

    private static String quoted(String text) {
        String escaped = TerminalText.escape(text).replace("\\", "\\\\").replace("\"", "\\\"");
        return '"' + escaped + '"';
    }
}
