package io.weir.control.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.weir.control.v1.FlowMap;
import io.weir.control.v1.MapEdge;
import io.weir.control.v1.MapNode;

/** The map as a picture: components in columns, an arrow a pair, green where flows passed, red where they were denied. */
final class MapSvg {
    private static final int BOX_WIDTH = 170;
    private static final int BOX_HEIGHT = 46;
    private static final int COLUMN_STEP = 470;
    private static final int ROW_STEP = 96;
    private static final int MARGIN = 40;
    private static final int HEAD = 50;
    private static final int NAME_LENGTH = 24;
    private static final int LOOP_HEIGHT = 34;
    // The part of a box's side that lines are tied to.
    private static final int TIES_HEIGHT = 44;
    private static final double LABEL_ALONG = 0.38;
    private static final int LONG_LABEL = 28;

    private final FlowMap map;
    private final MapLayout layout;
    private final int rows;
    private final StringBuilder svg = new StringBuilder();

    private MapSvg(FlowMap map) {
        this.map = map;
        List<String> names =
                map.getNodesList().stream().map(MapNode::getComponent).toList();
        List<MapLayout.Edge> edges = map.getEdgesList().stream()
                .map(edge -> new MapLayout.Edge(edge.getSource(), edge.getDestination()))
                .toList();
        layout = new MapLayout(names, edges);
        rows = layout.columns().stream().mapToInt(List::size).max().orElse(1);
    }

    static String of(FlowMap map) {
        return new MapSvg(map).draw();
    }

    private String draw() {
        int width = Math.max(2 * MARGIN + (layout.columns().size() - 1) * COLUMN_STEP + BOX_WIDTH, 520);
        int height = HEAD + 2 * MARGIN + rows * ROW_STEP;
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">",
                width, height, width, height);
        line("<defs>");
        for (String color : List.of("#2e7d32", "#b26a00", "#c62828")) {
            line(
                    "<marker id=\"a%s\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"9\""
                            + " markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
                            + "<path d=\"M0,0 L10,5 L0,10 z\" fill=\"%s\"/></marker>",
                    color.substring(1), color);
        }
        line("</defs>");
        line("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
        line(
                "<text x=\"%d\" y=\"28\" font-size=\"15\" fill=\"#202124\">Who talks to whom, epoch %s, %s</text>",
                MARGIN, Integer.toUnsignedString(map.getEpoch()), text(FlowDocuments.second(map.getTime())));
        edges();
        map.getNodesList().forEach(this::box);
        line("</svg>");
        return svg.toString();
    }

    private void edges() {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < map.getEdgesCount(); i++) {
            MapEdge edge = map.getEdges(i);
            List<MapLayout.Point> route = layout.routes().get(i);
            String color = MapDot.color(edge);
            double thickness = 1.2 + 0.5 * Math.log10(1.0 + edge.getAllowedPackets() + edge.getDeniedPackets());
            line(
                    "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"%s marker-end=\"url(#a%s)\"/>",
                    path(route),
                    color,
                    thickness,
                    edge.getAllowedPackets() == 0 ? " stroke-dasharray=\"6 4\"" : "",
                    color.substring(1));
            labels.add(label(edge, route, i));
        }
        // Above all lines, so that none crosses a text.
        labels.forEach(svg::append);
    }

    /** From the right of one box to the left of the next, or the other way round; from a box to itself above it. */
    private String path(List<MapLayout.Point> route) {
        MapLayout.Point source = route.getFirst();
        MapLayout.Point destination = route.getLast();
        if (source == destination) {
            double x = x(source) + BOX_WIDTH / 2.0;
            double top = y(source) - BOX_HEIGHT / 2.0;
            return format(
                    "M%.0f,%.0f C%.0f,%.0f %.0f,%.0f %.0f,%.0f",
                    x + 40, top, x + 50, top - LOOP_HEIGHT, x - 50, top - LOOP_HEIGHT, x - 40, top);
        }
        boolean forward = destination.column() > source.column();
        StringBuilder path = new StringBuilder();
        for (int i = 1; i < route.size(); i++) {
            Curve curve = curve(route.get(i - 1), route.get(i), forward);
            // Straight through the column of a bend.
            path.append(format(i == 1 ? "M%.0f,%.0f" : " L%.0f,%.0f", curve.x, curve.y));
            double bend = (curve.toX - curve.x) / 2;
            path.append(format(
                    " C%.0f,%.0f %.0f,%.0f %.0f,%.0f",
                    curve.x + bend, curve.y, curve.toX - bend, curve.toY, curve.toX, curve.toY));
        }
        return path.toString();
    }

    /** The part of an edge between two columns. */
    private record Curve(double x, double y, double toX, double toY) {
        /** Height at a share of the way. */
        double yAt(double along) {
            return y + along * along * (3 - 2 * along) * (toY - y);
        }
    }

    private Curve curve(MapLayout.Point from, MapLayout.Point to, boolean forward) {
        return new Curve(
                x(from) + (forward ? BOX_WIDTH : 0),
                y(from) + from.tie(to, forward) * TIES_HEIGHT,
                x(to) + (forward ? 0 : BOX_WIDTH),
                y(to) + to.tie(from, forward) * TIES_HEIGHT);
    }

    /** On the first part of the edge, some a little further along than others. */
    private String label(MapEdge edge, List<MapLayout.Point> route, int index) {
        MapLayout.Point source = route.getFirst();
        double x = x(source) + BOX_WIDTH / 2.0;
        double y = y(source) - BOX_HEIGHT / 2.0 - LOOP_HEIGHT + 6;
        if (source != route.getLast()) {
            Curve curve = curve(source, route.get(1), route.getLast().column() > source.column());
            boolean isLong = MapDot.label(edge).length() > LONG_LABEL;
            double along = isLong ? 0.5 : LABEL_ALONG + 0.1 * (index % 3);
            x = curve.x + along * (curve.toX - curve.x);
            y = curve.yAt(along) - 5;
        }
        return format(
                "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\" fill=\"%s\" stroke=\"#ffffff\" stroke-width=\"4\""
                        + " paint-order=\"stroke\">%s</text>\n",
                x, y, MapDot.color(edge), text(MapDot.label(edge)));
    }

    private void box(MapNode node) {
        MapLayout.Point point = layout.node(node.getComponent());
        boolean reserved = node.getComponent().startsWith("reserved.");
        line(
                "<rect x=\"%.0f\" y=\"%.0f\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" stroke=\"#5f6368\"/>",
                x(point), y(point) - BOX_HEIGHT / 2.0, BOX_WIDTH, BOX_HEIGHT, reserved ? "#eceff1" : "#e8f0fe");
        double middle = x(point) + BOX_WIDTH / 2.0;
        line(
                "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\" font-weight=\"bold\" fill=\"#202124\">%s</text>",
                middle, y(point) - 3, text(shortened(MapCommand.name(node.getComponent()))));
        line(
                "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\" font-size=\"11\" fill=\"#5f6368\">%s</text>",
                middle,
                y(point) + 14,
                Quantities.count(node.getSessions()) + " sessions, " + Quantities.count(node.getDeniedPackets())
                        + " denied");
    }

    private static String shortened(String name) {
        return name.length() <= NAME_LENGTH ? name : name.substring(0, NAME_LENGTH - 1) + '…';
    }

    private double x(MapLayout.Point point) {
        return MARGIN + (double) point.column() * COLUMN_STEP;
    }

    /** Columns with fewer points stand in the middle. */
    private double y(MapLayout.Point point) {
        int points = layout.columns().get(point.column()).size();
        double offset = (rows - points) * ROW_STEP / 2.0;
        return HEAD + MARGIN + offset + point.row() * (double) ROW_STEP + ROW_STEP / 2.0;
    }

    /** As XML text; what is no printing character is spelt out. */
    private static String text(String raw) {
        return TerminalText.escape(raw)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @SuppressWarnings("AnnotateFormatMethod") // every format stands in this class
    private void line(String format, Object... values) {
        svg.append(format(format, values)).append('\n');
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
