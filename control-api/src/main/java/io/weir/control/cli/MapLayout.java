package io.weir.control.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the nodes of a graph stand so that it can be read: in columns from left to right by how far they are from a source
 * (Sugiyama, Tagawa and Toda 1981). Edges that would go back are turned round for this purpose; an edge over several columns
 * gets a bend in each, so that it passes between nodes; and within a column nodes are sorted by their neighbours.
 *
 * <p>Threading: built by one thread, then immutable in effect.
 */
final class MapLayout {
    private static final int SWEEPS = 8;

    private final List<List<Point>> columns = new ArrayList<>();
    private final Map<String, Point> nodes = new HashMap<>();
    private final List<List<Point>> routes = new ArrayList<>();

    /** A node, or a bend of an edge on its way through a column. */
    static final class Point {
        private final int column;
        private final List<Point> left = new ArrayList<>();
        private final List<Point> right = new ArrayList<>();
        private int row;

        Point(int column) {
            this.column = column;
        }

        int column() {
            return column;
        }

        /**
         * Where a line to a neighbour is tied to this point's side, so that lines do not lie on each other.
         *
         * @param forward whether the line goes to the right; of two lines between two points one does
         * @return -0.5 (top) to 0.5 (bottom)
         */
        double tie(Point neighbour, boolean forward) {
            List<Point> side = new ArrayList<>(neighbour.column > column ? right : left);
            side.sort(Comparator.comparingInt(Point::row));
            int place = forward ? side.indexOf(neighbour) : side.lastIndexOf(neighbour);
            return (place + 0.5) / side.size() - 0.5;
        }

        int row() {
            return row;
        }
    }

    /** An edge between two names, which may be the same. */
    record Edge(String source, String destination) {}

    MapLayout(List<String> names, List<Edge> edges) {
        Map<String, Integer> depths = depths(names, edges);
        for (String name : names) {
            nodes.put(name, place(depths.getOrDefault(name, 0)));
        }
        edges.forEach(edge -> routes.add(route(edge)));
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            sort(sweep % 2 == 0);
        }
    }

    private Point place(int column) {
        while (columns.size() <= column) {
            columns.add(new ArrayList<>());
        }
        Point point = new Point(column);
        point.row = columns.get(column).size();
        columns.get(column).add(point);
        return point;
    }

    /** The longest way to each node along edges that do not close a circle. */
    private static Map<String, Integer> depths(List<String> names, List<Edge> edges) {
        Map<String, List<String>> successors = new HashMap<>();
        Set<String> entered = new HashSet<>();
        for (Edge edge : edges) {
            if (!edge.source.equals(edge.destination)) {
                successors
                        .computeIfAbsent(edge.source, fresh -> new ArrayList<>())
                        .add(edge.destination);
                entered.add(edge.destination);
            }
        }
        // Those that nothing comes to first, so that they stand on the left.
        List<String> order = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        names.stream().filter(name -> !entered.contains(name)).forEach(name -> visit(name, successors, seen, order));
        names.forEach(name -> visit(name, successors, seen, order));
        Map<String, Integer> position = new HashMap<>();
        for (int i = 0; i < order.size(); i++) {
            position.put(order.get(i), order.size() - i);
        }
        Map<String, Integer> depths = new HashMap<>();
        for (String name : order.reversed()) {
            int depth = depths.getOrDefault(name, 0);
            depths.put(name, depth);
            for (String next : successors.getOrDefault(name, List.of())) {
                if (position.getOrDefault(next, 0) > position.getOrDefault(name, 0)) {
                    depths.merge(next, depth + 1, Math::max);
                }
            }
        }
        return depths;
    }

    /** Depth first, without recursion: names in the order in which they are left. */
    private static void visit(String from, Map<String, List<String>> successors, Set<String> seen, List<String> order) {
        List<String> path = new ArrayList<>();
        Map<String, Integer> next = new HashMap<>();
        if (seen.add(from)) {
            path.add(from);
        }
        while (!path.isEmpty()) {
            String name = path.getLast();
            int i = next.merge(name, 1, Integer::sum) - 1;
            List<String> to = successors.getOrDefault(name, List.of());
            if (i < to.size()) {
                if (seen.add(to.get(i))) {
                    path.add(to.get(i));
                }
            } else {
                order.add(path.removeLast());
            }
        }
    }

    /** The points that an edge passes, from source to destination. */
    private List<Point> route(Edge edge) {
        Point source = node(edge.source);
        Point destination = node(edge.destination);
        List<Point> route = new ArrayList<>(List.of(source));
        int step = Integer.signum(destination.column - source.column);
        Point before = source;
        for (int column = source.column + step; column != destination.column && step != 0; column += step) {
            Point bend = place(column);
            link(before, bend);
            route.add(bend);
            before = bend;
        }
        link(before, destination);
        route.add(destination);
        return route;
    }

    private static void link(Point a, Point b) {
        if (a.column < b.column) {
            a.right.add(b);
            b.left.add(a);
        } else if (a.column > b.column) {
            b.right.add(a);
            a.left.add(b);
        }
    }

    /** Sorts each column by the mean row of the neighbours on one side. */
    private void sort(boolean byLeft) {
        List<List<Point>> order = byLeft ? columns : columns.reversed();
        for (List<Point> column : order) {
            column.sort(Comparator.comparingDouble(point -> mean(point, byLeft ? point.left : point.right)));
            for (int row = 0; row < column.size(); row++) {
                column.get(row).row = row;
            }
        }
    }

    private static double mean(Point point, List<Point> neighbours) {
        return neighbours.stream().mapToInt(Point::row).average().orElse(point.row);
    }

    /** Where the node of that name stands. */
    Point node(String name) {
        Point node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no such node: " + name);
        }
        return node;
    }

    /** Points by column. */
    List<List<Point>> columns() {
        return columns;
    }

    /** Points that each edge passes, in the order of the edges given. */
    List<List<Point>> routes() {
        return routes;
    }
}
