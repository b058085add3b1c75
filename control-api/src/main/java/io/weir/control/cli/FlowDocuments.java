package io.weir.control.cli;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;

import com.google.protobuf.Timestamp;

import io.weir.control.v1.FlowEnd;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.Session;

/** Records of flows and sessions as JSON documents; keys are stable. */
final class FlowDocuments {
    private FlowDocuments() {}

    /** Fields that the kind of record does not have are absent. */
    static Map<String, Object> of(FlowRecord record) {
        Json.Fields fields = Json.fields()
                .put("time", time(record.getTime()))
                .put("kind", word(record.getKind(), "FLOW_KIND_"))
                .put("sequence", record.getSequence());
        if (record.hasSource()) {
            flow(fields, record);
        }
        text(fields, "what", record.getWhat());
        text(fields, "author", record.getAuthor());
        text(fields, "subject", record.getSubject());
        text(fields, "detail", record.getDetail());
        if (record.getRevision() != 0) {
            fields.put("revision", Integer.toUnsignedLong(record.getRevision()));
        }
        fields.put("epoch", Integer.toUnsignedLong(record.getEpoch()));
        fields.put("packets", record.getPackets()).put("bytes", record.getBytes());
        return fields.map();
    }

    private static void flow(Json.Fields fields, FlowRecord record) {
        fields.put("verdict", word(record.getVerdict(), "FLOW_VERDICT_"))
                .put("source", end(record.getSource()))
                .put("destination", end(record.getDestination()))
                .put("protocol", record.getProtocol())
                .put("vlan", record.getVlan())
                .put("label", record.getLabel())
                .put("action", record.getAction());
        text(fields, "reason", record.getReason());
        text(fields, "side", record.getSide());
        text(fields, "rule", record.getRule());
        text(fields, "egressRule", record.getEgressRule());
        text(fields, "ingressRule", record.getIngressRule());
        if (record.hasFirst()) {
            fields.put("first", time(record.getFirst()));
        }
        fields.put("replyPackets", record.getReplyPackets())
                .put("replyBytes", record.getReplyBytes())
                .put("durationNs", record.getDurationNs());
    }

    static Map<String, Object> of(Session session) {
        return Json.fields()
                .put("source", end(session.getSource()))
                .put("destination", end(session.getDestination()))
                .put("protocol", session.getProtocol())
                .put("vlan", session.getVlan())
                .put("label", session.getLabel())
                .put("state", session.getState())
                .put("epoch", Integer.toUnsignedLong(session.getEpoch()))
                .put("audited", session.getAudited())
                .put("packets", session.getPackets())
                .put("bytes", session.getBytes())
                .put("replyPackets", session.getReplyPackets())
                .put("replyBytes", session.getReplyBytes())
                .put("ageNs", session.getAgeNs())
                .put("idleNs", session.getIdleNs())
                .map();
    }

    private static Map<String, Object> end(FlowEnd end) {
        return Json.fields()
                .put("address", end.getAddress())
                .put("port", end.getPort())
                .put("component", end.getComponent())
                .put("switchPort", end.getSwitchPort())
                .put("context", end.getContext())
                .map();
    }

    private static void text(Json.Fields fields, String key, String text) {
        if (!text.isEmpty()) {
            fields.put(key, text);
        }
    }

    /** For people: to the second. */
    static String second(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds()).toString();
    }

    static String time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
    }

    private static String word(Enum<?> constant, String prefix) {
        return constant.name().substring(prefix.length()).toLowerCase(Locale.ROOT);
    }
}
