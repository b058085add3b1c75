package io.weir.identity.compile;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.weir.identity.evaluate.RuleInfo;

/**
 * One tier but the components': its rules on both sides.
 *
 * @param sources documents that it was made from
 * @param boundaryNs when a rule of it next begins or ends
 */
record TierRules(List<?> sources, SideIndex egress, SideIndex ingress, List<RuleInfo> infos, long boundaryNs) {
    SideIndex side(boolean egressSide) {
        return egressSide ? egress : ingress;
    }

    /** Selectors that its tables hold profiles for. */
    Stream<Map<String, String>> peerSelectors() {
        return Stream.concat(egress.rules().stream(), ingress.rules().stream())
                .flatMap(rule -> rule.peers().selectors().stream());
    }
}
