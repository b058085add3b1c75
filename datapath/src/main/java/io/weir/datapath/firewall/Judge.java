package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.policy.Verdict;

/**
 * Asks the policy about one packet at a time, and does what its verdict demands of a packet that may not pass: record, tell the
 * sender, send to the logging port, drop.
 *
 * <p>Threading: belongs to one worker.
 */
final class Judge {
    static final int NO_PORT = -1;

    private static final int PROTOCOL_UNJUDGED = DropReason.PROTOCOL_UNJUDGED.code();
    private static final int EGRESS_NO_RULE = DropReason.EGRESS_NO_RULE.code();
    private static final int INGRESS_NO_RULE = DropReason.INGRESS_NO_RULE.code();
    private static final int REDIRECT_TARGET_DOWN = DropReason.REDIRECT_TARGET_DOWN.code();
    private static final int LABEL_DENIED = DropReason.LABEL_DENIED.code();
    private static final int LABEL_TYPE_DENIED = DropReason.LABEL_TYPE_DENIED.code();

    /** The packet under way. */
    final FlowKey flow = new FlowKey();

    /** What was said of it. */
    final Verdict verdict = new Verdict();

    /** Its bytes. */
    final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    private final CurrentPolicy current;
    private final DenyRecorder recorder;
    private final Rejects rejects;
    private final VerdictCopies copies;

    Judge(CurrentPolicy current, DenyRecorder recorder, Rejects rejects, VerdictCopies copies) {
        this.current = current;
        this.recorder = recorder;
        this.rejects = rejects;
        this.copies = copies;
    }

    /** Reads the packet's flow, in its own direction. */
    void read(PacketBatch batch, int i) {
        current.ingress(flow, batch.ingressPort());
        FlowReader.read(batch, i, frame, flow);
    }

    /** Judges the flow that was read, towards a port; whether the packet may pass. */
    boolean evaluate(Policy policy, int egress, long nowNs) {
        current.egress(flow, egress);
        policy.evaluate(flow, nowNs, verdict);
        if (verdict.allowed()) {
            return true;
        }
        boolean byDefault = verdict.reason() == EGRESS_NO_RULE || verdict.reason() == INGRESS_NO_RULE;
        if (byDefault && flow.protocol() == FlowKey.NOT_IP) {
            verdict.decide(verdict.action(), PROTOCOL_UNJUDGED);
        }
        return false;
    }

    /** Does with a packet what its verdict, which is none to let it pass, demands. */
    void deny(PacketBatch batch, int i, int egress) {
        if (verdict.action() == Action.REDIRECT) {
            redirect(batch, i, egress);
            return;
        }
        recorder.denied(flow, verdict, egress, batch.length(i));
        if (verdict.action() == Action.REJECT) {
            rejects.reject(batch, i, frame, levelOfAnswer(batch, i));
        }
        batch.drop(i, verdict.reason());
    }

    private void redirect(PacketBatch batch, int i, int egress) {
        boolean sent = copy(batch, i, VerdictCopies.REDIRECTED, verdict.redirectPort());
        if (!sent) {
            verdict.decide(Action.DROP, REDIRECT_TARGET_DOWN);
        }
        recorder.denied(flow, verdict, egress, batch.length(i));
        if (sent) {
            batch.consume(i);
        } else {
            batch.drop(i, REDIRECT_TARGET_DOWN);
        }
    }

    /**
     * Refuses a packet for a reason that is not the policy's word, but follows from the state of its flow. Where neither port is
     * enforced that is recorded only, but for reasons of labels.
     *
     * @return whether the packet is dropped
     */
    boolean refuse(PacketBatch batch, int i, int egress, int reason) {
        boolean absolute = isOfLabels(reason) || enforced(batch, egress);
        if (!absolute && !(egress == PacketBatch.EGRESS_SET && onlyEnforced(batch, i, reason))) {
            forgive(batch, i, egress, reason);
            return false;
        }
        verdict.decide(Action.DROP, reason);
        recorder.denied(flow, verdict, egress, batch.length(i));
        batch.drop(i, reason);
        return true;
    }

    /**
     * As {@link #refuse}, of a packet in {@link #frame} about which the policy was not asked. Where it passes all the same it does at
     * its own level, and only to whom that level may go: audit mode never weakens labels.
     */
    void refuseUnjudged(PacketBatch batch, int i, Policy policy, int reason) {
        read(batch, i);
        boolean absolute = isOfLabels(reason) || enforced(batch, batch.egressPort(i));
        if (!absolute && !keepLevel(batch, i, policy)) {
            return;
        }
        int level = levelOfFlow(batch, i, policy);
        if (batch.is(i, PacketBatch.IS_ARP)) {
            ControlReach.arp(batch, i, frame, flow); // for the record: as a flow it has no addresses
        }
        verdict.begin(policy.epoch());
        verdict.label(level);
        if (!refuse(batch, i, batch.egressPort(i), reason)) {
            batch.label(i, level);
        }
    }

    /** The level at which {@link #keepLevel} judges: that of the flow that was read, towards the first port that is left to it. */
    private int levelOfFlow(PacketBatch batch, int i, Policy policy) {
        int egress = batch.egressPort(i);
        int port = egress >= 0 ? egress : batch.egressSet(i).next(0);
        if (port >= 0) {
            current.egress(flow, port);
        } else {
            flow.egress(FlowKey.NO_PORT, PortRole.VM, PolicyMode.OFF);
        }
        policy.evaluate(flow, batch.nowNs(), verdict);
        return Sessions.level(flow, verdict);
    }

    /** Takes ports out of a packet's way that its level may not reach; false when it is dropped for want of any other. */
    private boolean keepLevel(PacketBatch batch, int i, Policy policy) {
        int egress = batch.egressPort(i);
        if (egress >= 0) {
            if (forbidden(policy, egress, batch.nowNs())) {
                deny(batch, i, egress);
                return false;
            }
            return true;
        }
        PortSet set = batch.egressSet(i);
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (judged(batch, port) && forbidden(policy, port, batch.nowNs())) {
                set.remove(port);
                denyOf(batch, i, port, set.isEmpty());
            }
        }
        return batch.forwarded(i);
    }

    private boolean judged(PacketBatch batch, int port) {
        return current.judged(batch.ingressPort()) || current.judged(port);
    }

    /** Whether the flow that was read may not go to a port because of its level. */
    private boolean forbidden(Policy policy, int egress, long nowNs) {
        return !evaluate(policy, egress, nowNs) && isOfLabels(verdict.reason());
    }

    /** Whether a reason is one that no mode and no rule sets aside. */
    static boolean isOfLabels(int reason) {
        return reason == LABEL_DENIED || reason == LABEL_TYPE_DENIED;
    }

    /** The packet, about which the policy was asked, leaves at its flow's level. */
    void setLevel(PacketBatch batch, int i) {
        batch.label(i, Sessions.level(flow, verdict));
    }

    private boolean enforced(PacketBatch batch, int egress) {
        return current.enforced(batch.ingressPort()) || (egress >= 0 && current.enforced(egress));
    }

    /** Takes enforced ports out of a refused packet's way; whether it has none left because of that. */
    private boolean onlyEnforced(PacketBatch batch, int i, int reason) {
        PortSet set = batch.egressSet(i);
        if (set.isEmpty()) {
            return true;
        }
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (current.enforced(port)) {
                set.remove(port);
                if (set.isEmpty()) {
                    return true;
                }
                denyCopy(batch, i, port, reason);
            }
        }
        return false;
    }

    /** Records a packet that passes although it would be refused under enforcement. */
    void forgive(PacketBatch batch, int i, int egress, int reason) {
        verdict.audit(Action.DROP, reason, 0);
        recorder.audited(flow, verdict, egress, batch.length(i));
    }

    /** Records a packet that passes although enforcement would deny it. */
    void recordAudit(PacketBatch batch, int i, int egress) {
        if (verdict.auditAction() != Action.NONE) {
            recorder.audited(flow, verdict, egress, batch.length(i));
        }
    }

    /** Sends a copy to the policy's port of that number, if there is one and it can take it. */
    void mirror(PacketBatch batch, int i, int policyPort) {
        copy(batch, i, VerdictCopies.MIRRORED, policyPort);
    }

    /** Whether a copy went to the policy's port of that number, which must be one for the packet's level. */
    private boolean copy(PacketBatch batch, int i, int kind, int policyPort) {
        Policy policy = current.policy();
        int port = current.portNumber(policyPort);
        return policy != null
                && copies.ready(port)
                && port != batch.ingressPort()
                && policy.mayLeave(levelOfAnswer(batch, i), policyPort)
                && copies.send(batch, i, verdict, kind, port);
    }

    void resetReceiver(PacketBatch batch, int i, int egress) {
        if (egress >= 0) {
            rejects.resetReceiver(batch, i, frame, egress, levelOfAnswer(batch, i));
        }
    }

    void resetSender(PacketBatch batch, int i) {
        rejects.reject(batch, i, frame, levelOfAnswer(batch, i));
    }

    /** What the switch says of a packet travels at the packet's level. */
    private int levelOfAnswer(PacketBatch batch, int i) {
        return batch.label(i) != 0 ? batch.label(i) : verdict.label();
    }

    /**
     * Takes ports out of a flooded packet's way that its flow may not reach, and records each; drops the packet when none is left.
     *
     * @return the first port it may reach, or {@link #NO_PORT}; the verdict is that port's then
     */
    int flood(PacketBatch batch, int i, Policy policy) {
        PortSet set = batch.egressSet(i);
        boolean ingressJudged = current.judged(batch.ingressPort());
        int first = NO_PORT;
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (!ingressJudged && !current.judged(port)) {
                continue;
            }
            if (evaluate(policy, port, batch.nowNs())) {
                first = first == NO_PORT ? port : first;
            } else {
                set.remove(port);
                denyOf(batch, i, port, set.isEmpty());
            }
        }
        if (first != NO_PORT) {
            evaluate(policy, first, batch.nowNs());
            recordAudit(batch, i, first);
        }
        return first;
    }

    /** A port that the packet may not reach: the last one is why it is dropped, of another only its copy is denied. */
    private void denyOf(PacketBatch batch, int i, int port, boolean last) {
        if (last) {
            deny(batch, i, port);
        } else {
            denyCopy(batch, i, port, verdict.reason());
        }
    }

    private void denyCopy(PacketBatch batch, int i, int port, int reason) {
        verdict.decide(Action.DROP, reason);
        recorder.deniedCopy(flow, verdict, port, batch.length(i));
    }

    /** Drops the packet unless the code is 0. */
    static void drop(PacketBatch batch, int i, int reason) {
        if (reason != DropReason.NONE) {
            batch.drop(i, reason);
        }
    }
}
