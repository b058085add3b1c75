package io.weir.identity.compliance;

import java.util.List;

/**
 * What a comparison found.
 *
 * @param outcome and the counterexample, which is empty unless it is VIOLATED
 * @param counterexample the steps of a shortest flow that is not allowed, from a label to a label
 * @param ambiguities what of the label map has no meaning or two, empty unless it is AMBIGUOUS
 * @param filters steps that were not looked at, as trusted programs answer for them
 */
public record ComplianceResult(
        Outcome outcome, List<Step> counterexample, List<String> ambiguities, List<FlowGraph.Filter> filters) {
    /** What was decided. */
    public enum Outcome {
        /** Every flow of the one policy is one of the other. */
        COMPLIANT,
        /** A flow is not. */
        VIOLATED,
        /** The labels of the two cannot be compared, so nothing is decided. */
        AMBIGUOUS
    }

    /**
     * One step of a flow.
     *
     * @param reason why information can move so
     */
    public record Step(String from, String to, String reason) {}

    public ComplianceResult {
        counterexample = List.copyOf(counterexample);
        ambiguities = List.copyOf(ambiguities);
        filters = List.copyOf(filters);
    }

    public boolean compliant() {
        return outcome == Outcome.COMPLIANT;
    }

    /** The counterexample on one line: {@code s5 -> pay.db -> s2}; empty when there is none. */
    public String path() {
        if (counterexample.isEmpty()) {
            return "";
        }
        StringBuilder path = new StringBuilder(counterexample.getFirst().from());
        for (Step step : counterexample) {
            path.append(" -> ").append(step.to());
        }
        return path.toString();
    }
}
