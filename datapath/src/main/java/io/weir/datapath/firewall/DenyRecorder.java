package io.weir.datapath.firewall;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;

/**
 * Writes down what the firewall's stages deny, or would deny: every packet in the deny table, the first of each key as a flow
 * event too.
 *
 * <p>Threading: belongs to one worker.
 */
public final class DenyRecorder {
    private static final int NO_PORT = -1;

    private final DenyTable denies;
    private final FlowRing flows;
    private final Denial denial = new Denial();
    private final Verdict verdict = new Verdict();

    public DenyRecorder(DenyTable denies, FlowRing flows) {
        this.denies = denies;
        this.flows = flows;
    }

    /** What is denied from now on came with that batch. */
    public void begin(PacketBatch batch) {
        begin(batch.ingressPort(), batch.nowNs());
    }

    void begin(int ingressPort, long nowNs) {
        denial.ingressPort = ingressPort;
        denial.nowNs = nowNs;
    }

    /** A denial before the way out is chosen: of the ends, only the source is known, as far as it is. */
    public void refused(Policy policy, FlowKey sender, int reason, boolean enforced, int bytes) {
        policy.evaluate(sender, denial.nowNs, verdict);
        verdict.identities(verdict.sourceIdentity(), 0);
        verdict.egressRule(0);
        verdict.ingressRule(0);
        verdict.decide(enforced ? Action.DROP : Action.ALLOW, reason);
        verdict.audit(enforced ? Action.NONE : Action.DROP, reason, 0);
        if (enforced) {
            denied(sender, verdict, NO_PORT, bytes);
        } else {
            audited(sender, verdict, NO_PORT, bytes);
        }
    }

    /** A packet that the verdict denies. */
    void denied(FlowKey flow, Verdict verdict, int egressPort, int bytes) {
        denied(flow, verdict, egressPort, bytes, false);
    }

    /** A flooded packet that the verdict keeps from one port, while it may reach others: no drop of the frame. */
    void deniedCopy(FlowKey flow, Verdict verdict, int egressPort, int bytes) {
        denied(flow, verdict, egressPort, bytes, true);
    }

    private void denied(FlowKey flow, Verdict verdict, int egressPort, int bytes, boolean copy) {
        denial.bytes = bytes;
        denial.copy = copy;
        if (denies.add(denial.enforced(verdict), flow)) {
            flows.begin(FlowRecord.DENIED, denial.nowNs, flow, verdict, denial.ingressPort, egressPort)
                    .end();
        }
    }

    /** A packet that passes although the verdict would deny it under enforcement. */
    void audited(FlowKey flow, Verdict verdict, int egressPort, int bytes) {
        denial.bytes = bytes;
        denial.copy = false;
        if (denies.add(denial.audited(verdict), flow)) {
            flows.begin(FlowRecord.AUDITED, denial.nowNs, flow, verdict, denial.ingressPort, egressPort)
                    .end();
        }
    }
}
