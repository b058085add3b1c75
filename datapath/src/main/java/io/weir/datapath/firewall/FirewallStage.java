package io.weir.datapath.firewall;

import java.util.EnumSet;
import java.util.Set;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;

/**
 * The stage "firewall": asks the policy about every flow between two ports of which one is under it, and drops what it denies.
 * It stands behind the bridge, for whom a packet is meant only the way out tells.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class FirewallStage implements Stage {
    private static final int POLICY_MISSING = DropReason.POLICY_MISSING.code();
    private static final int PROTOCOL_UNJUDGED = DropReason.PROTOCOL_UNJUDGED.code();
    private static final int EGRESS_NO_RULE = DropReason.EGRESS_NO_RULE.code();
    private static final int INGRESS_NO_RULE = DropReason.INGRESS_NO_RULE.code();
    private static final int NO_PORT = -1;

    private static final int CONTROL = PacketBatch.IS_ARP | PacketBatch.IS_ICMPV6_ND | PacketBatch.IS_GROUP_MEMBERSHIP;

    private final CurrentPolicy current;
    private final DenyRecorder recorder;
    private final ControlReach reach;
    private final FlowKey flow = new FlowKey();
    private final Verdict verdict = new Verdict();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    public FirewallStage(CurrentPolicy current, DenyRecorder recorder) {
        this.current = current;
        this.recorder = recorder;
        this.reach = new ControlReach(current);
    }

    @Override
    public String name() {
        return "firewall";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return EnumSet.range(DropReason.POLICY_MISSING, DropReason.REDIRECT_TARGET_DOWN);
    }

    @Override
    public void process(PacketBatch batch) {
        if (!current.active()) {
            return;
        }
        recorder.begin(batch);
        current.ingress(flow.clear(), batch.ingressPort());
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i) && concerned(batch, i)) {
                judge(batch, i);
            }
        }
    }

    /** Whether any of the ports that the packet touches is under policy. */
    private boolean concerned(PacketBatch batch, int i) {
        int egress = batch.egressPort(i);
        return egress < 0 || current.judged(batch.ingressPort()) || current.judged(egress);
    }

    private void judge(PacketBatch batch, int i) {
        Policy policy = current.policy();
        if (policy == null) {
            missing(batch, i);
            return;
        }
        batch.wrap(i, frame);
        if (batch.is(i, CONTROL)) {
            drop(batch, i, reach.neighbour(batch, i, frame, policy, flow));
            return;
        }
        int dhcp = Dhcp.kind(batch, i, frame);
        if (reach.maySendDhcp(batch.ingressPort(), dhcp)) {
            drop(batch, i, reach.dhcp(batch, i, dhcp));
            return;
        }
        FlowReader.read(batch, i, frame, flow);
        if (batch.egressPort(i) >= 0) {
            unicast(batch, i, policy, batch.egressPort(i));
        } else {
            flood(batch, i, policy);
        }
    }

    /** A port passes nothing before its policy is there. */
    private void missing(PacketBatch batch, int i) {
        if (batch.egressPort(i) >= 0 || current.judged(batch.ingressPort())) {
            batch.drop(i, POLICY_MISSING);
            return;
        }
        PortSet set = batch.egressSet(i);
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (current.judged(port)) {
                set.remove(port);
            }
        }
        drop(batch, i, set.isEmpty() ? POLICY_MISSING : DropReason.NONE);
    }

    private static void drop(PacketBatch batch, int i, int reason) {
        if (reason != DropReason.NONE) {
            batch.drop(i, reason);
        }
    }

    private void unicast(PacketBatch batch, int i, Policy policy, int egress) {
        if (!evaluate(batch, policy, egress)) {
            recorder.denied(flow, verdict, egress, batch.length(i));
            batch.drop(i, verdict.reason());
        } else if (verdict.auditAction() != Action.NONE) {
            recorder.audited(flow, verdict, egress, batch.length(i));
        }
    }

    private void flood(PacketBatch batch, int i, Policy policy) {
        PortSet set = batch.egressSet(i);
        boolean ingressJudged = current.judged(batch.ingressPort());
        int denied = NO_PORT;
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if ((ingressJudged || current.judged(port)) && !evaluate(batch, policy, port)) {
                set.remove(port);
                denied = port;
            }
        }
        if (set.isEmpty() && denied != NO_PORT) {
            recorder.denied(flow, verdict, denied, batch.length(i));
            batch.drop(i, verdict.reason());
        }
    }

    private boolean evaluate(PacketBatch batch, Policy policy, int egress) {
        current.egress(flow, egress);
        policy.evaluate(flow, batch.nowNs(), verdict);
        if (verdict.allowed()) {
            return true;
        }
        boolean byDefault = verdict.reason() == EGRESS_NO_RULE || verdict.reason() == INGRESS_NO_RULE;
        if (byDefault && flow.protocol() == FlowKey.NOT_IP) {
            verdict.decide(verdict.action(), PROTOCOL_UNJUDGED);
        }
        return false;
    }
}
