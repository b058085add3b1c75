package io.weir.identity.component;

/** What a rule does with a flow that it matches. */
public enum RuleAction {
    ALLOW,
    DROP,
    REJECT,
    /** The flow's frames go to the target port instead. Ends the search. */
    REDIRECT,
    /** The flow's frames are copied to the target port. Does not end the search. */
    MIRROR,
    /** Leaves the decision to the next tier. */
    PASS,
    /** Allows up to the rule's limits. */
    RATE_LIMIT;

    /** As manifests write it. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
