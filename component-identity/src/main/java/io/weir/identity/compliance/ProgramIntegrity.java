package io.weir.identity.compliance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.weir.identity.compliance.ComplianceResult.Step;

/**
 * PIDSI, "program integrity dominates system integrity": data of a trusted program may flow to the system freely, but what flows from the
 * system into the program must pass an entry that filters it. Every other step into the program is a defect of the policy.
 *
 * <p>Threading: no state.
 */
public final class ProgramIntegrity {
    private ProgramIntegrity() {}

    /**
     * The steps into the program that no filter answers for; none when the program is sound.
     *
     * @param program names of the labels and carriers that are the program's own
     */
    public static List<Step> unfiltered(FlowGraph policy, Set<String> program) {
        List<Step> found = new ArrayList<>();
        Predicate<Integer> own = node -> program.contains(policy.name(node));
        for (int node = 0; node < policy.nodeCount(); node++) {
            if (own.test(node)) {
                continue;
            }
            for (int step = policy.firstStep(node); step < policy.firstStep(node + 1); step++) {
                if (own.test(policy.target(step))) {
                    found.add(new Step(policy.name(node), policy.name(policy.target(step)), policy.reason(step)));
                }
            }
        }
        return found;
    }
}
