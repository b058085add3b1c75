package io.weir.identity.compliance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who can give information to whom in one step. A node is a <em>label</em>, which policies are compared by, or a <em>carrier</em>: a
 * program, component or tunnel that information passes through and that has no label of its own.
 *
 * <p>Steps through a declared filter are kept apart: the filter answers for what passes it, so they are no part of the flows.
 *
 * <p>Threading: immutable.
 */
public final class FlowGraph {
    /** Most nodes, and most steps. */
    public static final int MAX_NODES = 1 << 20;

    public static final int MAX_STEPS = 1 << 24;

    private final String[] names;
    private final boolean[] labels;
    private final int labelCount;
    private final Map<String, Integer> nodes;
    // The steps from node n are those from first[n] to first[n + 1] - 1.
    private final int[] first;
    private final int[] targets;
    private final int[] reasons;
    private final List<String> reasonTexts;
    private final List<Filter> filters;

    /**
     * A step that a trusted program takes on purpose.
     *
     * @param from and {@code to} names of nodes
     * @param program that filters
     * @param reason why it may
     */
    public record Filter(String from, String to, String program, String reason) {}

    private FlowGraph(Builder builder) {
        int count = builder.names.size();
        names = builder.names.toArray(String[]::new);
        labels = new boolean[count];
        int found = 0;
        for (int node = 0; node < count; node++) {
            labels[node] = builder.labels.get(node);
            found += labels[node] ? 1 : 0;
        }
        labelCount = found;
        nodes = Map.copyOf(builder.nodes);
        first = new int[count + 1];
        targets = new int[builder.steps];
        reasons = new int[builder.steps];
        reasonTexts = List.copyOf(builder.reasons.keySet());
        filters = List.copyOf(builder.filters);
        sort(builder);
    }

    /** A counting sort by where the steps begin. */
    private void sort(Builder builder) {
        for (int step = 0; step < builder.steps; step++) {
            first[builder.from[step] + 1]++;
        }
        for (int node = 0; node < names.length; node++) {
            first[node + 1] += first[node];
        }
        int[] next = Arrays.copyOf(first, names.length);
        for (int step = 0; step < builder.steps; step++) {
            int at = next[builder.from[step]]++;
            targets[at] = builder.to[step];
            reasons[at] = builder.reason[step];
        }
    }

    /** Nodes, numbered from 0. */
    public int nodeCount() {
        return names.length;
    }

    public int labelCount() {
        return labelCount;
    }

    public int stepCount() {
        return targets.length;
    }

    public String name(int node) {
        return names[node];
    }

    public boolean isLabel(int node) {
        return labels[node];
    }

    /** The node with that name, -1 for none. */
    public int node(String name) {
        return nodes.getOrDefault(name, -1);
    }

    public List<Filter> filters() {
        return filters;
    }

    int firstStep(int node) {
        return first[node];
    }

    int target(int step) {
        return targets[step];
    }

    String reason(int step) {
        return reasonTexts.get(reasons[step]);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects nodes and steps. Threading: one thread. */
    public static final class Builder {
        private static final int FIRST_ROOM = 64;

        private final List<String> names = new ArrayList<>();
        private final List<Boolean> labels = new ArrayList<>();
        private final Map<String, Integer> nodes = new HashMap<>();
        private final Map<String, Integer> reasons = new LinkedHashMap<>();
        private final List<Filter> filters = new ArrayList<>();
        private int[] from = new int[FIRST_ROOM];
        private int[] to = new int[FIRST_ROOM];
        private int[] reason = new int[FIRST_ROOM];
        private int steps;

        private Builder() {}

        /** The label with that name, which is made when it is not there. */
        public int label(String name) {
            return node(name, true);
        }

        /** The carrier with that name, which is made when it is not there. */
        public int carrier(String name) {
            return node(name, false);
        }

        /** The node with that name, -1 for none. */
        public int find(String name) {
            return nodes.getOrDefault(name, -1);
        }

        private int node(String name, boolean label) {
            Integer known = nodes.get(name);
            if (known != null) {
                if (labels.get(known) != label) {
                    throw new IllegalArgumentException(name + " is a label and a carrier: give one another name");
                }
                return known;
            }
            if (names.size() == MAX_NODES) {
                throw new IllegalArgumentException("more than " + MAX_NODES + " labels and carriers");
            }
            nodes.put(name, names.size());
            names.add(name);
            labels.add(label);
            return names.size() - 1;
        }

        /** A number for a text that says why a step exists, to be used for many. */
        public int reason(String text) {
            return reasons.computeIfAbsent(text, unknown -> reasons.size());
        }

        /**
         * Information moves from a node to another.
         *
         * @param reason of {@link #reason(String)}
         */
        public void step(int from, int to, int reason) {
            if (steps == MAX_STEPS) {
                throw new IllegalArgumentException("more than " + MAX_STEPS + " steps");
            }
            if (steps == this.from.length) {
                this.from = Arrays.copyOf(this.from, 2 * steps);
                this.to = Arrays.copyOf(this.to, 2 * steps);
                this.reason = Arrays.copyOf(this.reason, 2 * steps);
            }
            this.from[steps] = from;
            this.to[steps] = to;
            this.reason[steps++] = reason;
        }

        /** Declares a step that a trusted program answers for. */
        public void filter(Filter filter) {
            filters.add(filter);
        }

        public FlowGraph build() {
            return new FlowGraph(this);
        }
    }
}
