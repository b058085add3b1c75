package io.weir.identity.compliance;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An information-flow policy that somebody else enforces, as a file says it: that of a guest's own operating system over its programs, of
 * a peer behind a tunnel, or one to compare with.
 *
 * <p>Threading: immutable.
 *
 * @param source the file it was read from, for messages
 * @param id its name
 * @param component the component whose inside it describes, empty for none
 * @param labels what it is compared by
 * @param carriers programs and channels without a label
 * @param programs those of its labels and carriers that are trusted programs: what flows into one must pass a filter
 * @param flows single steps
 * @param filters steps that trusted programs answer for
 * @param map names of its labels in the policy that it is compared or composed with
 */
public record FlowPolicy(
        String source,
        String id,
        Optional<String> component,
        Set<String> labels,
        Set<String> carriers,
        Set<String> programs,
        List<Flow> flows,
        List<FlowGraph.Filter> filters,
        LabelMap map) {
    /**
     * Information can move so in one step.
     *
     * @param reason the rule of the policy that lets it, for people
     */
    public record Flow(String from, String to, String reason) {}

    public FlowPolicy {
        labels = Set.copyOf(labels);
        carriers = Set.copyOf(carriers);
        programs = Set.copyOf(programs);
        flows = List.copyOf(flows);
        filters = List.copyOf(filters);
    }

    /** The policy by itself, its labels by its own names. */
    public FlowGraph graph() {
        FlowGraph.Builder graph = FlowGraph.builder();
        labels.stream().sorted().forEach(graph::label);
        carriers.stream().sorted().forEach(graph::carrier);
        flows.forEach(flow -> graph.step(graph.find(flow.from()), graph.find(flow.to()), graph.reason(flow.reason())));
        filters.forEach(graph::filter);
        return graph.build();
    }

    /**
     * Adds the policy to one that it is part of. Labels that the map names become labels of the whole; all else keeps its name behind
     * that of this policy, and carries.
     */
    public void addTo(FlowGraph.Builder whole) {
        UnaryOperator<String> name = own -> map.names().getOrDefault(own, id + '/' + own);
        for (Flow flow : flows) {
            whole.step(node(whole, flow.from()), node(whole, flow.to()), whole.reason(id + ": " + flow.reason()));
        }
        for (FlowGraph.Filter filter : filters) {
            whole.filter(new FlowGraph.Filter(
                    name.apply(filter.from()), name.apply(filter.to()), id + '/' + filter.program(), filter.reason()));
        }
    }

    private int node(FlowGraph.Builder whole, String own) {
        String shared = map.names().get(own);
        return shared == null ? whole.carrier(id + '/' + own) : whole.label(shared);
    }
}
