package io.weir.identity.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * One identity as the evaluator sees it: how its sides stand when no rule matches, and where its rules are.
 *
 * <p>Threading: immutable.
 *
 * @param profile number of its set of labels, 0 for none
 * @param flags of the constants below
 * @param minAssurance what a claim to be it must rest on; NONE for reserved identities
 * @param violationsAction what its default deny does: one of {@code policy.Action}
 * @param violationsPort target of a default deny that redirects
 * @param egressLimits and ingressLimits numbers in {@link LimitChains}, 0 for none
 * @param range place of its range in {@link LabelTable}
 * @param level number of its lowest level; 0 while nothing has a label
 * @param type number of its type in the label domain
 * @param tables {@link RuleTable} by side and tier, null where no rule is: [side * 5 + tier], egress is side 0
 * @param egressTiers and ingressTiers bit by tier: there is a table
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
public record Subject(
        int identity,
        int profile,
        int flags,
        int minAssurance,
        int violationsAction,
        int violationsPort,
        int egressLimits,
        int ingressLimits,
        int egressTiers,
        int ingressTiers,
        int range,
        int level,
        int type,
        int[] @Nullable [] tables) {
    public static final int TIERS = 5;
    /** Place of the components' own tier among them. */
    public static final int COMPONENT_TIER = 3;

    public static final int QUARANTINED = 1;
    /** Its mode is audit. */
    public static final int AUDITED = 2;

    public static final int ISOLATED_EGRESS = 4;
    public static final int ISOLATED_INGRESS = 8;
    /** No document speaks for it, and it is {@code Identity.UNKNOWN}. */
    public static final int STRANGER = 16;

    boolean is(int flag) {
        return (flags & flag) != 0;
    }

    boolean isolated(boolean egress) {
        return is(egress ? ISOLATED_EGRESS : ISOLATED_INGRESS);
    }

    int tiers(boolean egress) {
        return egress ? egressTiers : ingressTiers;
    }

    int @Nullable [] table(boolean egress, int tier) {
        return tables[(egress ? 0 : TIERS) + tier];
    }
}
