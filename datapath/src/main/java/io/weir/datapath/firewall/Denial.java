package io.weir.datapath.firewall;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Verdict;

/**
 * One packet that was denied, or would have been: what the deny table counts it under. Filled anew for each.
 *
 * <p>Threading: owned by one worker.
 */
final class Denial {
    private static final int EGRESS_DENIED = DropReason.EGRESS_DENIED.code();

    int sourceIdentity;
    int destinationIdentity;
    int rule;
    int reason;
    int action;
    int ingressPort;
    int bytes;
    int epoch;
    /** Number of the flow's security level, 0 for none. */
    int label;

    long nowNs;
    /** Whether not the packet was denied, but its copy to one of several ports. */
    boolean copy;

    /** What the verdict denies. */
    Denial enforced(Verdict verdict) {
        reason = verdict.reason();
        action = verdict.action();
        rule = reason == EGRESS_DENIED || verdict.ingressRule() == 0 ? verdict.egressRule() : verdict.ingressRule();
        rule = isDefault(reason) ? 0 : rule;
        return ends(verdict);
    }

    /** What the verdict lets pass for audit's sake. */
    Denial audited(Verdict verdict) {
        reason = verdict.auditReason();
        action = Action.ALLOW;
        rule = verdict.auditRule();
        return ends(verdict);
    }

    private Denial ends(Verdict verdict) {
        sourceIdentity = verdict.sourceIdentity();
        destinationIdentity = verdict.destinationIdentity();
        epoch = verdict.epoch();
        label = verdict.label();
        return this;
    }

    private static boolean isDefault(int reason) {
        return reason == DropReason.EGRESS_NO_RULE.code()
                || reason == DropReason.INGRESS_NO_RULE.code()
                || reason == DropReason.PROTOCOL_UNJUDGED.code();
    }
}
