package io.weir.identity.compile;

import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Document;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Rule;
import io.weir.identity.evaluate.RuleInfo;

/**
 * A rule on one side, before it has its place in the order of its tier.
 *
 * @param owner document that holds it
 * @param position in its list
 * @param audited whether its rule set is in audit mode
 * @param limits number, 0 for none
 * @param target port number, 0 for none
 * @param span when it is there at all, but for its hours of the week
 * @param reset whether live flows are reset at its end
 */
record RuleDraft(
        Document owner,
        Rule rule,
        RuleInfo info,
        int position,
        boolean audited,
        PeerSet subject,
        PeerSet peers,
        @Nullable List<L4Match> l4,
        int limits,
        int target,
        Times.Span span,
        boolean reset) {
    /** Priority, then document, then position. */
    static final Comparator<RuleDraft> ORDER = Comparator.<RuleDraft>comparingInt(
                    draft -> draft.rule().priority())
            .thenComparing(draft -> draft.owner().id())
            .thenComparingInt(RuleDraft::position);
}
