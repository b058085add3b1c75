package io.weir.identity.compile;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.L4Match;
import io.weir.identity.evaluate.RuleTable;

/**
 * A rule on one side, ready to be put into tables. A rule whose audit ends one day is two: one that audits until then, and one
 * that is enforced from then on.
 *
 * @param rank order in its tier
 * @param number of {@code RuleInfo}
 * @param what action and flags, as cells have them
 * @param target port number, 0 for none
 * @param limits number, 0 for none
 * @param fromNs when it begins, {@link Long#MIN_VALUE} for ever since
 * @param untilNs when it ends, exclusive, {@link Long#MAX_VALUE} for never
 * @param subject on whose side it stands
 * @param peers the other end
 * @param l4 null for all flows, also those that are not IP
 */
record SideRule(
        int rank,
        int number,
        int what,
        int target,
        int limits,
        long fromNs,
        long untilNs,
        PeerSet subject,
        PeerSet peers,
        @Nullable List<L4Match> l4) {
    boolean timed() {
        return (what & RuleTable.TIMED) != 0;
    }

    int action() {
        return what & RuleTable.ACTION;
    }

    boolean audit() {
        return (what & RuleTable.AUDIT) != 0;
    }

    /** When a rule of either side next begins or ends, {@link Times#NEVER} when none does. */
    static long nextBoundaryNs(List<SideRule> egress, List<SideRule> ingress, long nowNs) {
        return Stream.concat(egress.stream(), ingress.stream())
                .flatMap(rule -> Stream.of(rule.fromNs(), rule.untilNs()))
                .filter(boundary -> boundary > nowNs)
                .reduce(Times.NEVER, Math::min);
    }

    /** Whether the search always ends here, or at least in this tier. */
    boolean decides() {
        return !timed() && !audit() && action() != RuleTable.MIRROR;
    }
}
