package io.weir.datapath.firewall;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.session.SessionFields;
import io.weir.datapath.session.SessionState;
import io.weir.datapath.session.SessionTable;
import io.weir.datapath.wire.IpProtocol;

/**
 * Goes round the sessions, so that those no packet comes for end in time, and meet each new epoch.
 *
 * <p>Threading: belongs to one worker.
 */
final class SessionSweep implements SessionTable.Visitor {
    private final CurrentPolicy current;
    private final Sessions sessions;
    private final SessionFields fields;
    private final Rejects rejects;
    private final FlowKey flow = new FlowKey();
    private final Verdict verdict = new Verdict();
    private final RejectReplies.Reset reset = new RejectReplies.Reset();
    private @Nullable Policy policy;
    private long nowNs;

    SessionSweep(CurrentPolicy current, Sessions sessions, Rejects rejects) {
        this.current = current;
        this.sessions = sessions;
        this.fields = sessions.fields();
        this.rejects = rejects;
    }

    /** Looks at so many slots of the table. */
    void run(long nowNs, int slots) {
        this.nowNs = nowNs;
        policy = current.policy();
        sessions.table().sweep(nowNs, slots, this);
    }

    @Override
    public void session(int session) {
        Policy epoch = policy;
        boolean stale = epoch != null
                && (fields.epoch(session) != epoch.epoch()
                        || !fields.valid(session, sessions.nowMs())
                        || sessions.doubted(session));
        // After a restart ports come one by one: of one that is not there yet nothing is known that could be judged.
        boolean judgeable = current.present(fields.ingressPort(session)) && current.present(fields.egressPort(session));
        if (epoch != null && stale && judgeable) {
            judge(session, epoch);
        }
    }

    private void judge(int session, Policy epoch) {
        sessions.fill(session, flow);
        current.ingress(flow, fields.ingressPort(session));
        current.egress(flow, fields.egressPort(session));
        epoch.evaluate(flow, nowNs, verdict);
        if (verdict.allowed()) {
            sessions.renew(session, flow, epoch, verdict, fields.egressPort(session));
        } else if (!sessions.spared(session, flow, verdict)) {
            if (fields.resetAtEnd(session)) {
                resetBoth(session);
            }
            sessions.end(session, verdict.reason());
        }
    }

    private void resetBoth(int session) {
        boolean open = fields.protocol(session) == IpProtocol.TCP && fields.state(session) == SessionState.ESTABLISHED;
        if (open) {
            reset(session, false, fields.egressPort(session));
            reset(session, true, fields.ingressPort(session));
        }
    }

    /** In the name of one end, to the port of the other. */
    private void reset(int session, boolean reply, int port) {
        reset.sourceMac = reply ? flow.destinationMac() : flow.sourceMac();
        reset.destinationMac = reply ? flow.sourceMac() : flow.destinationMac();
        reset.ipv6 = flow.etherType() == 0x86DD;
        reset.sourceHigh = reply ? flow.destinationHigh() : flow.sourceHigh();
        reset.sourceLow = reply ? flow.destinationLow() : flow.sourceLow();
        reset.destinationHigh = reply ? flow.sourceHigh() : flow.destinationHigh();
        reset.destinationLow = reply ? flow.sourceLow() : flow.destinationLow();
        reset.sourcePort = reply ? flow.destinationPort() : flow.sourcePort();
        reset.destinationPort = reply ? flow.sourcePort() : flow.destinationPort();
        reset.sequence = fields.sequenceEnd(session, reply);
        reset.acknowledgment = fields.sequenceEnd(session, !reply);
        rejects.reset(reset, port, flow.vlan(), fields.label(session), nowNs);
    }
}
