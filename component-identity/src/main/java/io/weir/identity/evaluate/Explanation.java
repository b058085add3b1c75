package io.weir.identity.evaluate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Tier;

/**
 * Why a flow is judged as it is, for people; made from the same verdict as the packet path's.
 *
 * @param source and destination ids of the components at the ends
 * @param sourceAssurance and destinationAssurance of {@code policy.Assurance}
 * @param action of {@code policy.Action}
 * @param reason code of the drop reason, 0 when allowed
 * @param auditAction what would have happened had nothing been in audit mode; NONE when the same
 * @param label what became of the labels
 * @param redirectPort name of the port that takes the flow instead, empty for none
 * @param mirrorPort name of the port that takes a copy, empty for none
 * @param validUntilNs when a rule that was looked at begins or ends
 */
public record Explanation(
        int epoch,
        String source,
        String destination,
        int sourceAssurance,
        int destinationAssurance,
        int action,
        int reason,
        int auditAction,
        int auditReason,
        @Nullable Matched auditRule,
        LabelStep label,
        Side egress,
        Side ingress,
        String redirectPort,
        String mirrorPort,
        long validUntilNs) {
    /**
     * One side.
     *
     * @param component whose side it is
     * @param action that this side alone would take
     * @param reason its drop reason, 0 when it allows
     * @param rule that decided, null for none: default deny, or a side that is not isolated
     * @param tiers those that were asked, in their order
     * @param nearest when the side denies, the rule that came nearest to allowing; null when there is none
     */
    public record Side(
            String component,
            int action,
            int reason,
            int auditAction,
            @Nullable Matched rule,
            List<Asked> tiers,
            @Nullable Nearest nearest) {
        public Side {
            tiers = List.copyOf(tiers);
        }
    }

    /**
     * One tier that was asked.
     *
     * @param decided the rule that ended the search in it, also one that passes to the next tier; null for none
     * @param audited the first rule in audit mode that matched
     * @param mirrored the first rule that takes a copy
     */
    public record Asked(
            Tier tier,
            @Nullable Matched decided,
            @Nullable Matched audited,
            @Nullable Matched mirrored) {}

    /**
     * A rule and where it stands.
     *
     * @param place file and line, or the document when it was not read from a file
     */
    public record Matched(RuleInfo rule, String place) {
        /** {@code pay.ledger-db/api-to-sql (pay.yaml:14, component tier, allow)}. */
        @Override
        public String toString() {
            return rule.owner() + '/' + rule.ruleId() + " (" + place + ", "
                    + rule.tier().word() + " tier, " + rule.action().word() + ')';
        }
    }

    /**
     * A rule that would have allowed the flow, had one thing or another been different.
     *
     * @param differences in words, the fewest of all rules
     */
    public record Nearest(Matched rule, List<String> differences) {
        public Nearest {
            differences = List.copyOf(differences);
        }
    }
}
