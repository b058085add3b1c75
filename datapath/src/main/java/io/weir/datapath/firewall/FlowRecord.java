package io.weir.datapath.firewall;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Verdict;

/**
 * Flyweight over one flow event, in the direction of the flow's first packet. Native byte order.
 *
 * <pre>
 *  0      4      8        16           24          32          40        44      48       52
 *  +------+------+--------+------------+-----------+-----------+---------+-------+--------+---------+
 *  | kind | epoch| timeNs | durationNs | sourceMac | destinMac | source  |destin.| egress | ingress |
 *  |      |      |        |            |           |           | identity|ident. | rule   | rule    |
 *  +------+------+--------+------------+-----------+-----------+---------+-------+--------+---------+
 *  56               72               88       92      96      100      104      108      112
 *  +----------------+----------------+--------+-------+-------+--------+--------+--------+----------+
 *  | source address | destin. address|protocol| ports | vlan  | ingress| reason | action | audit    |
 *  |                |                |        |       |+ type | +egress|        |        | action   |
 *  +----------------+----------------+--------+-------+-------+--------+--------+--------+----------+
 *  116     120              128             136                144                152     156
 *  +-------+----------------+---------------+------------------+------------------+-------+
 *  | audit | packets forward| bytes forward | packets of reply | bytes of reply   | level |
 *  | rule  |                |               |                  |                  |       |
 *  +-------+----------------+---------------+------------------+------------------+-------+
 * </pre>
 *
 * <p>Threading: not thread-safe; wrapped anew for each record.
 */
public final class FlowRecord {
    /** A session was begun. */
    public static final int BEGUN = 1;
    /** A session ended; the counts are final. */
    public static final int ENDED = 2;
    /** The first packet that was denied under its key since the deny table was read. */
    public static final int DENIED = 3;
    /** A flow passes that enforcement would have denied. */
    public static final int AUDITED = 4;
    /** A live session met another epoch and goes on. */
    public static final int REJUDGED = 5;

    static final int LENGTH = 160;

    private static final int KIND = 0;
    private static final int EPOCH = 4;
    private static final int TIME = 8;
    private static final int DURATION = 16;
    private static final int SOURCE_MAC = 24;
    private static final int DESTINATION_MAC = 32;
    private static final int SOURCE_IDENTITY = 40;
    private static final int DESTINATION_IDENTITY = 44;
    private static final int EGRESS_RULE = 48;
    private static final int INGRESS_RULE = 52;
    private static final int SOURCE = 56;
    private static final int DESTINATION = 72;
    private static final int PROTOCOL = 88;
    private static final int PORTS = 92;
    private static final int VLAN = 96;
    private static final int SWITCH_PORTS = 100;
    private static final int REASON = 104;
    private static final int ACTION = 108;
    private static final int AUDIT_ACTION = 112;
    private static final int AUDIT_RULE = 116;
    private static final int PACKETS_FORWARD = 120;
    private static final int BYTES_FORWARD = 128;
    private static final int PACKETS_REPLY = 136;
    private static final int BYTES_REPLY = 144;
    private static final int LABEL = 152;

    private DirectBuffer buffer = new UnsafeBuffer(0, 0);
    private int at;

    FlowRecord wrap(DirectBuffer record, int offset) {
        buffer = record;
        at = offset;
        return this;
    }

    /** Everything but the counts, which become 0. */
    static void write(MutableDirectBuffer out, int at, int kind, long nowNs, FlowKey flow, Verdict verdict, int ports) {
        out.putInt(at + KIND, kind);
        out.putInt(at + EPOCH, verdict.epoch());
        out.putLong(at + TIME, nowNs);
        writeFlow(out, at, flow);
        out.putInt(at + SOURCE_IDENTITY, verdict.sourceIdentity());
        out.putInt(at + DESTINATION_IDENTITY, verdict.destinationIdentity());
        out.putInt(at + EGRESS_RULE, verdict.egressRule());
        out.putInt(at + INGRESS_RULE, verdict.ingressRule());
        out.putInt(at + SWITCH_PORTS, ports);
        out.putInt(at + REASON, verdict.reason());
        out.putInt(at + ACTION, verdict.action());
        out.putInt(at + AUDIT_ACTION, verdict.auditAction());
        out.putInt(at + AUDIT_RULE, verdict.auditRule());
        out.putInt(at + LABEL, Sessions.level(flow, verdict));
        writeCounts(out, at, 0, 0, 0, 0);
        out.putLong(at + DURATION, 0);
    }

    private static void writeFlow(MutableDirectBuffer out, int at, FlowKey flow) {
        out.putLong(at + SOURCE_MAC, flow.sourceMac());
        out.putLong(at + DESTINATION_MAC, flow.destinationMac());
        out.putLong(at + SOURCE, flow.sourceHigh());
        out.putLong(at + SOURCE + Long.BYTES, flow.sourceLow());
        out.putLong(at + DESTINATION, flow.destinationHigh());
        out.putLong(at + DESTINATION + Long.BYTES, flow.destinationLow());
        out.putInt(at + PROTOCOL, flow.protocol());
        out.putInt(at + PORTS, flow.sourcePort() << 16 | flow.destinationPort());
        out.putInt(at + VLAN, flow.etherType() << 16 | flow.vlan());
    }

    static void writeCounts(
            MutableDirectBuffer out, int at, long packets, long bytes, long replyPackets, long replyBytes) {
        out.putLong(at + PACKETS_FORWARD, packets);
        out.putLong(at + BYTES_FORWARD, bytes);
        out.putLong(at + PACKETS_REPLY, replyPackets);
        out.putLong(at + BYTES_REPLY, replyBytes);
    }

    static void writeDuration(MutableDirectBuffer out, int at, long durationNs) {
        out.putLong(at + DURATION, durationNs);
    }

    /** {@link #BEGUN} to {@link #REJUDGED}. */
    public int kind() {
        return buffer.getInt(at + KIND);
    }

    /** Monotonic time of the event. */
    public long timeNs() {
        return buffer.getLong(at + TIME);
    }

    /** How long the session has lived, in ns; 0 where there is none. */
    public long durationNs() {
        return buffer.getLong(at + DURATION);
    }

    /** Number of the security level that the flow travels at, 0 for none. */
    public int label() {
        return buffer.getInt(at + LABEL);
    }

    public int epoch() {
        return buffer.getInt(at + EPOCH);
    }

    public long sourceMac() {
        return buffer.getLong(at + SOURCE_MAC);
    }

    public long destinationMac() {
        return buffer.getLong(at + DESTINATION_MAC);
    }

    public int vlan() {
        return buffer.getInt(at + VLAN) & 0xFFFF;
    }

    public int etherType() {
        return buffer.getInt(at + VLAN) >>> 16;
    }

    public long sourceHigh() {
        return buffer.getLong(at + SOURCE);
    }

    public long sourceLow() {
        return buffer.getLong(at + SOURCE + Long.BYTES);
    }

    public long destinationHigh() {
        return buffer.getLong(at + DESTINATION);
    }

    public long destinationLow() {
        return buffer.getLong(at + DESTINATION + Long.BYTES);
    }

    /** IP protocol, or {@link FlowKey#NOT_IP}. */
    public int protocol() {
        return buffer.getInt(at + PROTOCOL);
    }

    public int sourcePort() {
        return buffer.getInt(at + PORTS) >>> 16;
    }

    /** Destination port; for ICMP {@code type << 8 | code}. */
    public int destinationPort() {
        return buffer.getInt(at + PORTS) & 0xFFFF;
    }

    public int sourceIdentity() {
        return buffer.getInt(at + SOURCE_IDENTITY);
    }

    public int destinationIdentity() {
        return buffer.getInt(at + DESTINATION_IDENTITY);
    }

    public int egressRule() {
        return buffer.getInt(at + EGRESS_RULE);
    }

    public int ingressRule() {
        return buffer.getInt(at + INGRESS_RULE);
    }

    /** Number of the switch port the flow enters by. */
    public int ingressPort() {
        return buffer.getInt(at + SWITCH_PORTS) >>> 16;
    }

    /** Number of the switch port the flow leaves by, 65,535 where none was chosen. */
    public int egressPort() {
        return buffer.getInt(at + SWITCH_PORTS) & 0xFFFF;
    }

    /** Code of the drop reason; of an ended session 0 when it ended by itself. */
    public int reason() {
        return buffer.getInt(at + REASON);
    }

    /** One of {@link io.weir.datapath.policy.Action}. */
    public int action() {
        return buffer.getInt(at + ACTION);
    }

    public int auditAction() {
        return buffer.getInt(at + AUDIT_ACTION);
    }

    public int auditRule() {
        return buffer.getInt(at + AUDIT_RULE);
    }

    public long forwardPackets() {
        return buffer.getLong(at + PACKETS_FORWARD);
    }

    public long forwardBytes() {
        return buffer.getLong(at + BYTES_FORWARD);
    }

    public long replyPackets() {
        return buffer.getLong(at + PACKETS_REPLY);
    }

    public long replyBytes() {
        return buffer.getLong(at + BYTES_REPLY);
    }
}
