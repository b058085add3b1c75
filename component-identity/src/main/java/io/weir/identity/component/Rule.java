package io.weir.identity.component;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One rule of a component or rule set. In a component's ingress the destination is the component itself, in its egress the
 * source is; a rule set names both ends, and its rules stand on the egress side of the sources and on the ingress side of the
 * destinations, unless {@code sides} says one only.
 *
 * @param id unique within the list it stands in
 * @param priority 0 to 65,535, the lower the earlier; 1000 when not said
 * @param sides on which side(s) it stands
 * @param from the sources; empty for the component itself
 * @param to the destinations; empty for the component itself
 * @param exposes names of what the destination exposes, in an ingress rule of a component or a grant; empty for none
 * @param l4 protocols and ports; with {@code exposes} too, either may match; both empty means any, also frames that are not IP
 * @param action what happens
 * @param target port that takes the copy or the flow, for mirror and redirect
 * @param mode AUDIT: a match is recorded, and judging goes on as if the rule were not there
 * @param auditUntil wall-clock time at which audit ends and the rule is enforced
 * @param limits what its flows may use together; required for rate-limit
 * @param when at which hours it is there
 * @param onChange what a new epoch means for sessions that it allowed
 */
public record Rule(
        String id,
        int priority,
        Sides sides,
        List<Peer> from,
        List<Peer> to,
        List<String> exposes,
        List<L4Match> l4,
        RuleAction action,
        Optional<String> target,
        RuleMode mode,
        Optional<Instant> auditUntil,
        RuleLimits limits,
        Optional<TimeWindow> when,
        OnChange onChange) {
    public static final int DEFAULT_PRIORITY = 1000;

    /** On which side of a flow a rule stands. */
    public enum Sides {
        BOTH,
        EGRESS,
        INGRESS
    }

    /** What a live session does when the policy changes. */
    public enum OnChange {
        REEVALUATE,
        DRAIN,
        KEEP
    }

    public Rule {
        from = List.copyOf(from);
        to = List.copyOf(to);
        exposes = List.copyOf(exposes);
        l4 = List.copyOf(l4);
    }
}
