package io.weir.identity.compliance;

import java.util.Arrays;

/**
 * The reflexive and transitive closure of a graph, of its labels: one row of bits for each strongly connected component, made from the
 * rows of those it leads to. With 4,096 labels a row is 512 bytes.
 *
 * <p>Threading: immutable.
 */
final class Reachability {
    private final Components components;
    private final int[] labels; // node of each label
    private final int[] places; // place of a label among them by node, -1 for carriers
    private final int words;
    private final long[] rows; // [component * words]

    Reachability(FlowGraph graph) {
        components = Components.of(graph);
        places = new int[graph.nodeCount()];
        labels = new int[graph.labelCount()];
        int found = 0;
        for (int node = 0; node < places.length; node++) {
            places[node] = graph.isLabel(node) ? found : -1;
            if (graph.isLabel(node)) {
                labels[found++] = node;
            }
        }
        words = (found + Long.SIZE - 1) / Long.SIZE;
        rows = new long[Math.multiplyExact(components.count(), words)];
        close(graph);
    }

    private void close(FlowGraph graph) {
        int[] members = byComponent();
        int[] joined = new int[components.count()]; // the last component that took this one's row
        Arrays.fill(joined, -1);
        for (int node : members) {
            int own = components.of()[node];
            if (places[node] >= 0) {
                rows[own * words + (places[node] >>> 6)] |= 1L << places[node];
            }
            for (int step = graph.firstStep(node); step < graph.firstStep(node + 1); step++) {
                int other = components.of()[graph.target(step)];
                if (other != own && joined[other] != own) {
                    joined[other] = own;
                    join(own, other);
                }
            }
        }
    }

    /** The nodes, those of the components first that lead nowhere else. */
    private int[] byComponent() {
        int[] next = new int[components.count() + 1];
        for (int component : components.of()) {
            next[component + 1]++;
        }
        for (int component = 0; component < components.count(); component++) {
            next[component + 1] += next[component];
        }
        int[] members = new int[places.length];
        for (int node = 0; node < places.length; node++) {
            members[next[components.of()[node]]++] = node;
        }
        return members;
    }

    private void join(int own, int other) {
        for (int word = 0; word < words; word++) {
            rows[own * words + word] |= rows[other * words + word];
        }
    }

    int labelCount() {
        return labels.length;
    }

    /** Node of the label at that place. */
    int label(int place) {
        return labels[place];
    }

    /** Place of a node among the labels, -1 for a carrier. */
    int place(int node) {
        return places[node];
    }

    /** Whether information at one label can come to another, both by place. */
    boolean reaches(int from, int to) {
        return (rows[row(from) + (to >>> 6)] >>> to & 1) != 0;
    }

    /** The lowest label, from a place on, that is reached; -1 for none. */
    int next(int from, int place) {
        int row = row(from);
        for (int at = place; at < labels.length; at = (at | Long.SIZE - 1) + 1) {
            long rest = rows[row + (at >>> 6)] >>> at;
            if (rest != 0) {
                return at + Long.numberOfTrailingZeros(rest);
            }
        }
        return -1;
    }

    private int row(int place) {
        return components.of()[labels[place]] * words;
    }
}
