package io.weir.datapath.policy;

/**
 * What an evaluator says of a flow: the action, who the ends are, which rules decided, what would have happened under
 * enforcement, and until when all this holds. Filled anew for each question.
 *
 * <p>Rules are numbers that the epoch explains; 0 means that no rule matched on that side (default deny, or a side that is
 * not isolated).
 *
 * <p>Threading: owned by one thread.
 */
public final class Verdict {
    /** {@link #validUntilNs}: no time at which the verdict could change by itself. */
    public static final long FOR_EVER = Long.MAX_VALUE;

    /** {@link #onChange}: a live flow meets the new epoch on its next packet. */
    public static final int REEVALUATE = 0;
    /** A live flow that the new epoch denies may go on for a while. */
    public static final int DRAIN = 1;
    /** A live flow goes on under the verdict it began with. */
    public static final int KEEP = 2;

    private int epoch;
    private int action;
    private int reason;
    private int sourceIdentity;
    private int destinationIdentity;
    private int sourceAssurance;
    private int destinationAssurance;
    private int label;
    private int egressRule;
    private int ingressRule;
    private int auditAction;
    private int auditReason;
    private int auditRule;
    private int redirectPort;
    private int mirrorPort;
    private int limits;
    private int onChange;
    private boolean resetAtEnd;
    private long validUntilNs;

    /** Back to: allowed by nothing, in that epoch. */
    public void begin(int epoch) {
        this.epoch = epoch;
        action = Action.ALLOW;
        reason = 0;
        sourceIdentity = Identity.NONE;
        destinationIdentity = Identity.NONE;
        sourceAssurance = Assurance.NONE;
        destinationAssurance = Assurance.NONE;
        label = 0;
        egressRule = 0;
        ingressRule = 0;
        auditAction = Action.NONE;
        auditReason = 0;
        auditRule = 0;
        redirectPort = FlowKey.NO_PORT;
        mirrorPort = FlowKey.NO_PORT;
        limits = 0;
        onChange = REEVALUATE;
        resetAtEnd = false;
        validUntilNs = FOR_EVER;
    }

    /** Number of the epoch that judged. */
    public int epoch() {
        return epoch;
    }

    /** One of {@link Action}: what is enforced. */
    public int action() {
        return action;
    }

    /** Whether the flow reaches its destination. */
    public boolean allowed() {
        return action == Action.ALLOW;
    }

    /** Code of the {@code DropReason}, 0 when allowed. */
    public int reason() {
        return reason;
    }

    public void decide(int action, int reason) {
        this.action = action;
        this.reason = reason;
    }

    public int sourceIdentity() {
        return sourceIdentity;
    }

    public int destinationIdentity() {
        return destinationIdentity;
    }

    public void identities(int source, int destination) {
        sourceIdentity = source;
        destinationIdentity = destination;
    }

    /** One of {@link Assurance}. */
    public int sourceAssurance() {
        return sourceAssurance;
    }

    /** One of {@link Assurance}. */
    public int destinationAssurance() {
        return destinationAssurance;
    }

    public void assurances(int source, int destination) {
        sourceAssurance = source;
        destinationAssurance = destination;
    }

    /** Security label of the flow as a number; 0 without labels. */
    public int label() {
        return label;
    }

    public void label(int label) {
        this.label = label;
    }

    /** Rule that decided the source's egress, 0 for none. */
    public int egressRule() {
        return egressRule;
    }

    public void egressRule(int rule) {
        egressRule = rule;
    }

    /** Rule that decided the destination's ingress, 0 for none. */
    public int ingressRule() {
        return ingressRule;
    }

    public void ingressRule(int rule) {
        ingressRule = rule;
    }

    /** What would have happened had nothing been in audit mode: one of {@link Action}, NONE when the same. */
    public int auditAction() {
        return auditAction;
    }

    /** Code of the {@code DropReason} that would have been given. */
    public int auditReason() {
        return auditReason;
    }

    /** The rule that would have decided, 0 for default deny. */
    public int auditRule() {
        return auditRule;
    }

    public void audit(int action, int reason, int rule) {
        auditAction = action;
        auditReason = reason;
        auditRule = rule;
    }

    /** The policy's number of the port that takes the flow instead, when the action is REDIRECT. */
    public int redirectPort() {
        return redirectPort;
    }

    public void redirectPort(int portId) {
        redirectPort = portId;
    }

    /** The policy's number of the port that takes a copy, {@link FlowKey#NO_PORT} for none. */
    public int mirrorPort() {
        return mirrorPort;
    }

    public void mirrorPort(int portId) {
        mirrorPort = portId;
    }

    /** Number of the set of limits that the flow is under, 0 for none: {@link Policy#limits}. */
    public int limits() {
        return limits;
    }

    public void limits(int limits) {
        this.limits = limits;
    }

    /** {@link #REEVALUATE}, {@link #DRAIN} or {@link #KEEP}: what a new epoch means for a live session of this flow. */
    public int onChange() {
        return onChange;
    }

    public void onChange(int onChange) {
        this.onChange = onChange;
    }

    /** Whether both ends of a live TCP session are reset when {@link #validUntilNs} ends it. */
    public boolean resetAtEnd() {
        return resetAtEnd;
    }

    public void resetAtEnd(boolean reset) {
        resetAtEnd = reset;
    }

    /** Monotonic time at which a rule that was looked at begins or ends, so that the flow must be judged again; in ns. */
    public long validUntilNs() {
        return validUntilNs;
    }

    /** The verdict holds no longer than that. */
    public void limitValidity(long untilNs) {
        validUntilNs = Math.min(validUntilNs, untilNs);
    }
}
