package io.weir.identity.compliance;

/**
 * What a policy lets flow: the right side of "A complies with B". It must be reflexive and transitive.
 *
 * <p>Threading: immutable.
 */
public interface FlowBound {
    /** The label of that name, -1 when the policy has none. */
    int label(String name);

    /** Whether information at one label may come to another, both by {@link #label}. */
    boolean allows(int from, int to);

    /** What a graph lets flow, in however many steps. */
    static FlowBound of(FlowGraph graph) {
        Reachability closure = new Reachability(graph);
        return new FlowBound() {
            @Override
            public int label(String name) {
                int node = graph.node(name);
                return node < 0 ? -1 : closure.place(node);
            }

            @Override
            public boolean allows(int from, int to) {
                return closure.reaches(from, to);
            }
        };
    }
}
