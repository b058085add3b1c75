package io.weir.control.journal;

import java.time.Instant;
import java.util.Locale;

import com.google.protobuf.Timestamp;

import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.DenyEntry;
import io.weir.control.audit.FlowEnds;
import io.weir.control.audit.GrantEntry;
import io.weir.control.audit.Names;
import io.weir.control.audit.QuarantineEntry;
import io.weir.control.v1.FlowEnd;
import io.weir.control.v1.FlowKind;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowVerdict;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.identity.component.IpText;
import io.weir.identity.component.L4Text;

/**
 * Audit entries as {@code weir.v1.FlowRecord}, which is what the journal holds and callers of the API read.
 *
 * <p>Threading: pure.
 */
public final class JournalMessages {
    private JournalMessages() {}

    /** A record of that kind with nothing else in it. */
    public static FlowRecord.Builder record(FlowKind kind, Instant time) {
        return FlowRecord.newBuilder().setKind(kind).setTime(timestamp(time));
    }

    /** A count of denied packets. */
    public static FlowRecord.Builder denies(DenyEntry entry) {
        FlowEnds ends = entry.lastFlow();
        return record(FlowKind.FLOW_KIND_DENIES, entry.last())
                .setFirst(timestamp(entry.first()))
                .setVerdict(verdict(entry.action()))
                .setSource(source(ends, entry.source(), entry.ingressPort()))
                .setDestination(destination(ends, entry.destination(), ""))
                .setProtocol(protocol(ends.protocol()))
                .setVlan(ends.vlan())
                .setLabel(Names.level(ends.label()))
                .setEpoch(entry.epoch())
                .setAction(entry.action())
                .setReason(entry.reason())
                .setSide(side(entry.reason()))
                .setRule(entry.rule().text())
                .setPackets(entry.packets())
                .setBytes(entry.bytes());
    }

    /** What a denial whose action that was came to: under audit mode it passed. */
    private static FlowVerdict verdict(String action) {
        return action.equals(Action.name(Action.ALLOW))
                ? FlowVerdict.FLOW_VERDICT_AUDIT
                : FlowVerdict.FLOW_VERDICT_DENY;
    }

    /** The side that a reason speaks for; its label begins with it. */
    public static String side(String reason) {
        if (reason.startsWith("egress-")) {
            return "egress";
        }
        return reason.startsWith("ingress-") ? "ingress" : "";
    }

    /** The source's end of a flow. */
    public static FlowEnd.Builder source(FlowEnds ends, String component, String port) {
        return end(ends.protocol(), ends.sourceHigh(), ends.sourceLow(), ends.sourcePort(), component, port);
    }

    /** The destination's end of a flow. */
    public static FlowEnd.Builder destination(FlowEnds ends, String component, String port) {
        return end(
                ends.protocol(),
                ends.destinationHigh(),
                ends.destinationLow(),
                ends.destinationPort(),
                component,
                port);
    }

    /** {@code tcp}, {@code icmpv6}, a number, or empty when not IP. */
    public static String protocol(int protocol) {
        return protocol == FlowKey.NOT_IP ? "" : L4Text.protocol(protocol);
    }

    private static FlowEnd.Builder end(
            int protocol, long high, long low, int port, String component, String switchPort) {
        FlowEnd.Builder end =
                FlowEnd.newBuilder().setPort(port).setComponent(component).setSwitchPort(switchPort);
        boolean none = protocol == FlowKey.NOT_IP && (high | low) == 0; // ARP names addresses without being IP
        return none ? end : end.setAddress(IpText.address(high, low));
    }

    static FlowRecord.Builder change(ChangeEntry entry) {
        return record(FlowKind.FLOW_KIND_CHANGE, entry.time())
                .setWhat(word(entry.kind()))
                .setAuthor(entry.author())
                .setSubject(entry.subject())
                .setRevision(entry.revision())
                .setEpoch(entry.epoch())
                .setDetail(entry.detail());
    }

    static FlowRecord.Builder grant(GrantEntry entry) {
        return record(FlowKind.FLOW_KIND_GRANT, entry.time())
                .setWhat(word(entry.kind()))
                .setAuthor(entry.author())
                .setSubject(entry.grant())
                .setDetail("until " + entry.expires() + ": " + entry.reason());
    }

    static FlowRecord.Builder quarantine(QuarantineEntry entry) {
        return record(FlowKind.FLOW_KIND_QUARANTINE, entry.time())
                .setWhat(entry.begun() ? "begun" : "ended")
                .setAuthor(entry.author())
                .setSubject(entry.component())
                .setDetail(entry.detail());
    }

    /** Records that are missing. */
    public static FlowRecord.Builder shed(Instant time, long records, String where) {
        return record(FlowKind.FLOW_KIND_SHED, time).setPackets(records).setDetail(where);
    }

    private static String word(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The same moment. */
    public static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    /** The same moment. */
    public static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
