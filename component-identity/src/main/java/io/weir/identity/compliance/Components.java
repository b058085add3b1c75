package io.weir.identity.compliance;

import java.util.Arrays;

/**
 * The strongly connected components of a graph (R. Tarjan, "Depth-first search and linear graph algorithms", 1972), without recursion.
 * They are numbered so that a step never leads to a higher number.
 *
 * @param of number of the component, by node
 * @param count of components
 */
@SuppressWarnings("ArrayRecordComponent") // never compared by value
record Components(int[] of, int count) {
    private static final int UNSEEN = -1;

    static Components of(FlowGraph graph) {
        return new Search(graph).run();
    }

    /** One depth-first search. */
    private static final class Search {
        private final FlowGraph graph;
        private final int[] component;
        private final int[] order; // when the node was seen first
        private final int[] low; // the earliest node on the stack that it reaches
        private final int[] stack; // nodes whose component is not complete
        private final int[] path; // nodes whose steps are being followed
        private final int[] next; // the step to follow, by node
        private int seen;
        private int waiting;
        private int depth;
        private int count;

        Search(FlowGraph graph) {
            int nodes = graph.nodeCount();
            this.graph = graph;
            component = filled(nodes);
            order = filled(nodes);
            low = new int[nodes];
            stack = new int[nodes];
            path = new int[nodes];
            next = new int[nodes];
        }

        private static int[] filled(int length) {
            int[] array = new int[length];
            Arrays.fill(array, UNSEEN);
            return array;
        }

        Components run() {
            for (int node = 0; node < order.length; node++) {
                if (order[node] == UNSEEN) {
                    from(node);
                }
            }
            return new Components(component, count);
        }

        private void from(int root) {
            enter(root);
            while (depth > 0) {
                int node = path[depth - 1];
                if (next[node] < graph.firstStep(node + 1)) {
                    follow(node, graph.target(next[node]++));
                } else {
                    leave(node);
                }
            }
        }

        private void enter(int node) {
            order[node] = seen;
            low[node] = seen++;
            next[node] = graph.firstStep(node);
            stack[waiting++] = node;
            path[depth++] = node;
        }

        private void follow(int node, int target) {
            if (order[target] == UNSEEN) {
                enter(target);
            } else if (component[target] == UNSEEN) {
                low[node] = Math.min(low[node], order[target]);
            }
        }

        private void leave(int node) {
            depth--;
            if (low[node] == order[node]) {
                int member;
                do {
                    member = stack[--waiting];
                    component[member] = count;
                } while (member != node);
                count++;
            }
            if (depth > 0) {
                int before = path[depth - 1];
                low[before] = Math.min(low[before], low[node]);
            }
        }
    }
}
