package io.weir.control.flow;

import io.weir.control.audit.FlowView;
import io.weir.control.audit.LiveSession;
import io.weir.control.audit.Names;
import io.weir.control.audit.WallTime;
import io.weir.control.journal.JournalMessages;
import io.weir.control.v1.FlowKind;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowVerdict;
import io.weir.control.v1.Session;
import io.weir.datapath.policy.Action;

/**
 * The datapath's numbers with names, as messages.
 *
 * <p>Threading: pure, but for the names.
 */
final class FlowMessages {
    private FlowMessages() {}

    static FlowRecord.Builder message(FlowView flow, Names names, WallTime time) {
        FlowVerdict verdict = verdict(flow);
        String reason = Names.reason(flow.reason());
        String side = JournalMessages.side(reason);
        return JournalMessages.record(kind(flow.kind()), time.instant(flow.timeNs()))
                .setVerdict(verdict)
                .setSource(JournalMessages.source(
                                flow.ends(), names.identity(flow.sourceIdentity()), names.port(flow.ingressPort()))
                        .setContext(names.context(names.identity(flow.sourceIdentity()))))
                .setDestination(JournalMessages.destination(
                                flow.ends(), names.identity(flow.destinationIdentity()), port(names, flow.egressPort()))
                        .setContext(names.context(names.identity(flow.destinationIdentity()))))
                .setProtocol(JournalMessages.protocol(flow.ends().protocol()))
                .setVlan(flow.ends().vlan())
                .setLabel(Names.level(flow.ends().label()))
                .setEpoch(flow.epoch())
                .setAction(Action.name(verdict == FlowVerdict.FLOW_VERDICT_AUDIT ? flow.auditAction() : flow.action()))
                .setReason(reason)
                .setSide(side)
                .setRule(names.rule(decidingRule(flow, verdict, side)).text())
                .setEgressRule(names.rule(flow.egressRule()).text())
                .setIngressRule(names.rule(flow.ingressRule()).text())
                .setPackets(flow.packets())
                .setBytes(flow.bytes())
                .setReplyPackets(flow.replyPackets())
                .setReplyBytes(flow.replyBytes())
                .setDurationNs(flow.durationNs());
    }

    private static FlowKind kind(FlowView.Kind kind) {
        return FlowKind.valueOf("FLOW_KIND_" + kind);
    }

    private static FlowVerdict verdict(FlowView flow) {
        if (flow.kind() == FlowView.Kind.AUDITED) {
            return FlowVerdict.FLOW_VERDICT_AUDIT;
        }
        return flow.action() == Action.ALLOW ? FlowVerdict.FLOW_VERDICT_ALLOW : FlowVerdict.FLOW_VERDICT_DENY;
    }

    /** The rule whose word it was; 0 where default deny decided, or both sides allowed. */
    private static int decidingRule(FlowView flow, FlowVerdict verdict, String side) {
        if (verdict == FlowVerdict.FLOW_VERDICT_AUDIT) {
            return flow.auditRule();
        }
        return switch (side) {
            case "egress" -> flow.egressRule();
            case "ingress" -> flow.ingressRule();
            default -> 0;
        };
    }

    private static String port(Names names, int number) {
        return number < 0 ? "" : names.port(number);
    }

    static Session message(LiveSession session, Names names) {
        return Session.newBuilder()
                .setSource(JournalMessages.source(
                                session.ends(), names.identity(session.sourceIdentity()), session.ingressPort())
                        .setContext(names.context(names.identity(session.sourceIdentity()))))
                .setDestination(JournalMessages.destination(
                                session.ends(), names.identity(session.destinationIdentity()), session.egressPort())
                        .setContext(names.context(names.identity(session.destinationIdentity()))))
                .setProtocol(JournalMessages.protocol(session.ends().protocol()))
                .setVlan(session.ends().vlan())
                .setLabel(Names.level(session.ends().label()))
                .setState(session.state())
                .setEpoch(session.epoch())
                .setAudited(session.audited())
                .setPackets(session.packets())
                .setBytes(session.bytes())
                .setReplyPackets(session.replyPackets())
                .setReplyBytes(session.replyBytes())
                .setAgeNs(session.ageNs())
                .setIdleNs(session.idleNs())
                .build();
    }
}
