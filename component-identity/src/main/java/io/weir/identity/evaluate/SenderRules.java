package io.weir.identity.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * Rules of a tier whose subject is a network: those on the egress side of senders in it, and on the ingress side of receivers.
 * Each side and tier has its bounds of addresses, ascending from ::, and for each section a table for components and one for
 * strangers.
 *
 * <p>Threading: immutable once built.
 *
 * @param egressTiers bit by tier: there are any
 * @param ingressTiers likewise
 * @param bounds [side * 5 + tier][2 * section], high and low
 * @param tables [side * 5 + tier][2 * section + (stranger ? 1 : 0)], null where no rule is
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
public record SenderRules(int egressTiers, int ingressTiers, long[][] bounds, int[][] @Nullable [] tables) {
    /** No such rules. */
    public static final SenderRules NONE =
            new SenderRules(0, 0, new long[2 * Subject.TIERS][0], new int[2 * Subject.TIERS][0][]);

    int tiers(boolean egress) {
        return egress ? egressTiers : ingressTiers;
    }

    int @Nullable [] table(boolean egress, int tier, boolean stranger, long high, long low) {
        int at = (egress ? 0 : Subject.TIERS) + tier;
        long[] own = bounds[at];
        int first = 0;
        int last = own.length / 2 - 1;
        while (first < last) {
            int middle = (first + last + 1) >>> 1;
            int order = Long.compareUnsigned(own[2 * middle], high);
            if (order < 0 || (order == 0 && Long.compareUnsigned(own[2 * middle + 1], low) <= 0)) {
                first = middle;
            } else {
                last = middle - 1;
            }
        }
        return tables[at][2 * first + (stranger ? 1 : 0)];
    }
}
