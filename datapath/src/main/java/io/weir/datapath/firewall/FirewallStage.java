package io.weir.datapath.firewall;

import java.util.EnumSet;
import java.util.Set;

import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.CurrentPorts;

/**
 * The stage "firewall": lets pass what belongs to a session that this epoch has judged, and asks the policy about everything
 * else. It stands behind the bridge, for whom a packet is meant only the way out tells.
 *
 * <p>Sessions that no packet comes for meet a new epoch in {@link #sweep}.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class FirewallStage implements Stage, AutoCloseable {
    private static final int POLICY_MISSING = DropReason.POLICY_MISSING.code();
    private static final int CONTROL = PacketBatch.IS_ARP | PacketBatch.IS_ICMPV6_ND | PacketBatch.IS_GROUP_MEMBERSHIP;
    private static final int IP = PacketBatch.IS_IPV4 | PacketBatch.IS_IPV6;

    // What a packet is, besides the kinds of DHCP.
    private static final int PASS = 0;
    private static final int FLOW = Dhcp.FROM_SERVER + 1;
    private static final int NEIGHBOUR = Dhcp.FROM_SERVER + 2;
    private static final int OTHER = Dhcp.FROM_SERVER + 3;

    private final CurrentPolicy current;
    private final DenyRecorder recorder;
    private final Sessions sessions;
    private final ControlReach reach;
    private final VerdictCopies copies;
    private final Judge judge;
    private final SessionJudge flows;
    private final SessionSweep sweep;
    private final int[] kinds = new int[PacketBatch.CAPACITY]; // [packet]
    private int settingsVersion;

    /** @param seed fresh random bits */
    public FirewallStage(
            CurrentPolicy current,
            CurrentPorts ports,
            DenyRecorder recorder,
            Sessions sessions,
            ReplySink sink,
            long seed) {
        this.current = current;
        this.recorder = recorder;
        this.sessions = sessions;
        reach = new ControlReach(current);
        copies = new VerdictCopies(ports, sink);
        Rejects rejects = new Rejects(ports, sink);
        judge = new Judge(current, recorder, rejects, copies);
        flows = new SessionJudge(current, sessions, judge, seed);
        sweep = new SessionSweep(current, sessions, rejects);
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
        sessions.begin(batch.nowNs());
        noticeSettings();
        current.ingress(judge.flow.clear(), batch.ingressPort());
        Policy policy = current.policy();
        if (policy == null) {
            missing(batch);
        } else {
            sessions.know(policy);
            prepare(batch);
            judge(batch, policy);
        }
    }

    private void noticeSettings() {
        if (settingsVersion != current.settingsVersion()) {
            settingsVersion = current.settingsVersion();
            sessions.doubtAll();
        }
    }

    /** Whether any of the ports that the packet touches is under policy. */
    private boolean concerned(PacketBatch batch, int i) {
        int egress = batch.egressPort(i);
        return egress < 0 || current.judged(batch.ingressPort()) || current.judged(egress);
    }

    /** Whether a packet leaves by a port under policy: one that is flooded to others only is not judged. */
    private boolean reachesJudged(PacketBatch batch, int i) {
        if (batch.egressPort(i) >= 0) {
            return current.judged(batch.egressPort(i));
        }
        PortSet set = batch.egressSet(i);
        int port = set.next(0);
        while (port >= 0 && !current.judged(port)) {
            port = set.next(port + 1);
        }
        return port >= 0;
    }

    /** Tells the packets that may have sessions from others, and lets those sessions come from memory meanwhile. */
    private void prepare(PacketBatch batch) {
        boolean judged = current.judged(batch.ingressPort());
        int unproven = current.unprovenLevel(batch.ingressPort());
        for (int i = 0; i < batch.count(); i++) {
            kinds[i] = batch.forwarded(i) && (judged || concerned(batch, i)) ? kind(batch, i) : PASS;
            if (unproven != 0 && kinds[i] != PASS && batch.label(i) == 0 && (judged || reachesJudged(batch, i))) {
                batch.label(i, unproven);
            }
            if (kinds[i] == FLOW) {
                flows.prepare(batch, i);
            } else {
                flows.skip(i);
            }
        }
        flows.readAhead(batch);
    }

    private int kind(PacketBatch batch, int i) {
        int traits = batch.traits(i);
        if ((traits & (CONTROL | PacketBatch.IS_DHCP)) == 0) {
            return (traits & IP) != 0 ? FLOW : OTHER;
        }
        if ((traits & CONTROL) != 0) {
            return NEIGHBOUR;
        }
        int dhcp = Dhcp.kind(batch, i);
        boolean exempt = dhcp != Dhcp.NONE && Dhcp.isForDhcp(batch, i) && reach.maySendDhcp(batch.ingressPort(), dhcp);
        return exempt ? dhcp : FLOW;
    }

    private void judge(PacketBatch batch, Policy policy) {
        for (int i = 0; i < batch.count(); i++) {
            switch (kinds[i]) {
                case PASS -> {}
                case FLOW -> flows.judge(batch, i, policy);
                case NEIGHBOUR -> control(batch, i, policy);
                case OTHER -> other(batch, i, policy);
                default -> dhcp(batch, i, policy);
            }
        }
    }

    private void dhcp(PacketBatch batch, int i, Policy policy) {
        batch.wrap(i, judge.frame);
        judge.read(batch, i);
        int reason = reach.dhcp(batch, i, kinds[i], policy, judge.flow);
        if (reason != DropReason.NONE) {
            judge.refuseUnjudged(batch, i, policy, reason);
        } else {
            batch.label(i, reach.level());
        }
    }

    private void control(PacketBatch batch, int i, Policy policy) {
        batch.wrap(i, judge.frame);
        current.ingress(judge.flow, batch.ingressPort());
        int reason = reach.neighbour(batch, i, judge.frame, policy, judge.flow);
        if (reason != DropReason.NONE) {
            judge.refuseUnjudged(batch, i, policy, reason);
        } else {
            batch.label(i, reach.level());
        }
    }

    /** A frame of no protocol that has sessions: each is judged by itself. */
    private void other(PacketBatch batch, int i, Policy policy) {
        batch.wrap(i, judge.frame);
        judge.read(batch, i);
        int egress = batch.egressPort(i);
        if (egress < 0) {
            if (judge.flood(batch, i, policy) != Judge.NO_PORT && flows.withinLimits(batch, i, policy)) {
                judge.setLevel(batch, i);
                judge.mirror(batch, i, judge.verdict.mirrorPort());
            }
        } else if (judge.evaluate(policy, egress, batch.nowNs())) {
            judge.recordAudit(batch, i, egress);
            if (flows.withinLimits(batch, i, policy)) {
                judge.setLevel(batch, i);
                judge.mirror(batch, i, judge.verdict.mirrorPort());
            }
        } else {
            judge.deny(batch, i, egress);
        }
    }

    /** A port passes nothing before its policy is there. */
    private void missing(PacketBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i) && concerned(batch, i)) {
                missing(batch, i);
            }
        }
    }

    private void missing(PacketBatch batch, int i) {
        if (batch.egressPort(i) >= 0 || current.judged(batch.ingressPort())) {
            dropUnjudged(batch, i);
            return;
        }
        PortSet set = batch.egressSet(i);
        for (int port = set.next(0); port >= 0; port = set.next(port + 1)) {
            if (current.judged(port)) {
                set.remove(port);
            }
        }
        if (set.isEmpty()) {
            dropUnjudged(batch, i);
        }
    }

    private void dropUnjudged(PacketBatch batch, int i) {
        batch.wrap(i, judge.frame);
        judge.read(batch, i);
        judge.verdict.begin(0);
        judge.verdict.decide(Action.DROP, POLICY_MISSING);
        judge.deny(batch, i, batch.egressPort(i));
    }

    /** Looks at so many sessions: ends those whose time is over, judges anew those that a former epoch has judged. */
    public void sweep(long nowNs, int slots) {
        sessions.begin(nowNs);
        Policy policy = current.policy();
        if (policy != null) {
            sessions.know(policy);
        }
        noticeSettings();
        sweep.run(nowNs, slots);
    }

    /**
     * Lets all sessions that a former process has left meet the policy at once, when that and all ports are there: so none goes
     * on that is denied now, and all count under their limits before many others begin.
     */
    public void meetInherited(long nowNs) {
        if (sessions.inherited() && current.policy() != null) {
            sweep(nowNs, sessions.table().capacity());
            sessions.settled();
        }
    }

    @Override
    public void close() {
        flows.close();
        copies.close();
    }
}
