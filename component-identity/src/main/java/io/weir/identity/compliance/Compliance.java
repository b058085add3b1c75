package io.weir.identity.compliance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.weir.identity.compliance.ComplianceResult.Outcome;
import io.weir.identity.compliance.ComplianceResult.Step;

/**
 * Decides whether a policy complies with another: whether everything that can flow under the one, its labels named as in the other, may
 * flow under the other.
 *
 * <p>It takes time for the steps of the graph, times its labels over 64, and for each pair of labels that flows one question to the
 * bound. The counterexample is found by searches in breadth from the labels that flow too far, none deeper than the best so far.
 *
 * <p>Threading: no state.
 */
public final class Compliance {
    private static final int MAX_AMBIGUITIES = 20;

    private Compliance() {}

    /** Compares. A label that the map does not bring to exactly one of the bound makes the result ambiguous, never compliant. */
    public static ComplianceResult check(FlowGraph policy, LabelMap map, FlowBound bound) {
        Reachability closure = new Reachability(policy);
        int[] mapped = new int[closure.labelCount()];
        List<String> ambiguities = map(policy, closure, map, bound, mapped);
        if (!ambiguities.isEmpty()) {
            return new ComplianceResult(Outcome.AMBIGUOUS, List.of(), ambiguities, policy.filters());
        }
        List<Step> counterexample = new Search(policy, closure, mapped, bound).shortest();
        Outcome outcome = counterexample.isEmpty() ? Outcome.COMPLIANT : Outcome.VIOLATED;
        return new ComplianceResult(outcome, counterexample, List.of(), policy.filters());
    }

    private static List<String> map(
            FlowGraph policy, Reachability closure, LabelMap map, FlowBound bound, int[] mapped) {
        List<String> ambiguities = new ArrayList<>();
        Map<Integer, String> taken = new HashMap<>();
        for (int place = 0; place < mapped.length && ambiguities.size() < MAX_AMBIGUITIES; place++) {
            String own = policy.name(closure.label(place));
            String other = map.name(own);
            mapped[place] = bound.label(other);
            if (mapped[place] < 0) {
                ambiguities.add(own + " is " + other + " there, which is no label of that policy");
                continue;
            }
            String before = taken.putIfAbsent(mapped[place], own);
            if (before != null) {
                ambiguities.add(own + " and " + before + " are both " + other + " there");
            }
        }
        return ambiguities;
    }

    /** Looks for the shortest flow that is not allowed. */
    private static final class Search {
        private static final int NOBODY = -1;

        private final FlowGraph graph;
        private final Reachability closure;
        private final int[] mapped;
        private final FlowBound bound;
        // Of the search in breadth under way, by node: the step it was reached by, and the search that reached it.
        private final int[] by;
        private final int[] from;
        private final int[] search;
        private final int[] queue;
        private int best = Integer.MAX_VALUE; // steps
        private List<Step> shortest = List.of();

        Search(FlowGraph graph, Reachability closure, int[] mapped, FlowBound bound) {
            this.graph = graph;
            this.closure = closure;
            this.mapped = mapped;
            this.bound = bound;
            by = new int[graph.nodeCount()];
            from = new int[graph.nodeCount()];
            search = new int[graph.nodeCount()];
            queue = new int[graph.nodeCount()];
            Arrays.fill(search, NOBODY);
        }

        List<Step> shortest() {
            for (int place = 0; place < mapped.length && best > 1; place++) {
                if (flowsTooFar(place)) {
                    search(place);
                }
            }
            return shortest;
        }

        private boolean flowsTooFar(int place) {
            for (int to = closure.next(place, 0); to >= 0; to = closure.next(place, to + 1)) {
                if (!bound.allows(mapped[place], mapped[to])) {
                    return true;
                }
            }
            return false;
        }

        private void search(int place) {
            int start = closure.label(place);
            int head = 0;
            int tail = 0;
            int levelEnd = 1;
            int depth = 0;
            search[start] = place;
            queue[tail++] = start;
            while (head < tail && depth + 1 < best) {
                int node = queue[head++];
                for (int step = graph.firstStep(node); step < graph.firstStep(node + 1); step++) {
                    int target = graph.target(step);
                    if (search[target] == place) {
                        continue;
                    }
                    search[target] = place;
                    by[target] = step;
                    from[target] = node;
                    queue[tail++] = target;
                    if (closure.place(target) >= 0 && !bound.allows(mapped[place], mapped[closure.place(target)])) {
                        best = depth + 1;
                        shortest = path(start, target);
                        return;
                    }
                }
                if (head == levelEnd) {
                    levelEnd = tail;
                    depth++;
                }
            }
        }

        private List<Step> path(int start, int end) {
            List<Step> steps = new ArrayList<>();
            for (int node = end; node != start; node = from[node]) {
                steps.add(new Step(graph.name(from[node]), graph.name(node), graph.reason(by[node])));
            }
            Collections.reverse(steps);
            return steps;
        }
    }
}
