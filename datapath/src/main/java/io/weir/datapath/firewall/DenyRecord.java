package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.policy.FlowKey;

/**
 * Flyweight over a row of the deny table: how many packets were denied under one key, and the flow seen last under it.
 *
 * <pre>
 *  0          4          8     12       16       20       24     28      32        40      48        56       64
 *  +----------+----------+-----+--------+--------+--------+------+-------+---------+-------+---------+--------+
 *  | source   | destin.  |rule | reason | ingress| action | epoch| vlan  | packets | bytes | firstNs | lastNs |
 *  | identity | identity |     |        | port   |        |      |       |         |       |         |        |
 *  +----------+----------+-----+--------+--------+--------+------+-------+---------+-------+---------+--------+
 *  64                  80                  96       100         104       108       112
 *  +-------------------+-------------------+--------+-----------+---------+---------+--------------------------+
 *  | source address    | destination addr. |protocol| ports     | copy    | level   |                          |
 *  +-------------------+-------------------+--------+-----------+---------+---------+--------------------------+
 * </pre>
 *
 * <p>Key are the first six fields, and whether copies were denied. Native byte order.
 *
 * <p>Threading: not thread-safe; wrapped anew for each row.
 */
public final class DenyRecord {
    /** {@link #ingressPort} of a row for whose key there was no room: identities and rule are 0 then. */
    public static final int ANY_PORT = -1;

    static final int LENGTH = 128;

    private static final int SOURCE_IDENTITY = 0;
    private static final int DESTINATION_IDENTITY = 4;
    private static final int RULE = 8;
    private static final int REASON = 12;
    private static final int INGRESS_PORT = 16;
    private static final int ACTION = 20;
    private static final int EPOCH = 24;
    private static final int VLAN = 28;
    private static final int PACKETS = 32;
    private static final int BYTES = 40;
    private static final int FIRST = 48;
    private static final int LAST = 56;
    private static final int SOURCE = 64;
    private static final int DESTINATION = 80;
    private static final int PROTOCOL = 96;
    private static final int PORTS = 100;
    private static final int COPY = 104;
    private static final int LABEL = 108;

    private UnsafeBuffer rows = new UnsafeBuffer(0, 0);
    private int at;

    DenyRecord wrap(UnsafeBuffer rows, int offset) {
        this.rows = rows;
        at = offset;
        return this;
    }

    boolean hasKey(Denial denial) {
        return rows.getInt(at) == denial.sourceIdentity
                && rows.getInt(at + DESTINATION_IDENTITY) == denial.destinationIdentity
                && rows.getInt(at + RULE) == denial.rule
                && rows.getInt(at + REASON) == denial.reason
                && rows.getInt(at + INGRESS_PORT) == denial.ingressPort
                && rows.getInt(at + ACTION) == denial.action
                && rows.getInt(at + COPY) == (denial.copy ? 1 : 0);
    }

    void begin(Denial denial) {
        rows.putInt(at + SOURCE_IDENTITY, denial.sourceIdentity);
        rows.putInt(at + DESTINATION_IDENTITY, denial.destinationIdentity);
        rows.putInt(at + RULE, denial.rule);
        rows.putInt(at + INGRESS_PORT, denial.ingressPort);
        beginCount(denial);
    }

    /** As {@link #begin}, for all denials of a reason and action that have no row of their own. */
    void beginOverflow(Denial denial) {
        rows.putInt(at + SOURCE_IDENTITY, 0);
        rows.putInt(at + DESTINATION_IDENTITY, 0);
        rows.putInt(at + RULE, 0);
        rows.putInt(at + INGRESS_PORT, ANY_PORT);
        beginCount(denial);
    }

    private void beginCount(Denial denial) {
        rows.putInt(at + REASON, denial.reason);
        rows.putInt(at + ACTION, denial.action);
        rows.putInt(at + COPY, denial.copy ? 1 : 0);
        rows.putLong(at + PACKETS, 0);
        rows.putLong(at + BYTES, 0);
        rows.putLong(at + FIRST, denial.nowNs);
    }

    void count(Denial denial, FlowKey flow) {
        rows.putLong(at + PACKETS, rows.getLong(at + PACKETS) + 1);
        rows.putLong(at + BYTES, rows.getLong(at + BYTES) + denial.bytes);
        rows.putLong(at + LAST, denial.nowNs);
        rows.putInt(at + EPOCH, denial.epoch);
        rows.putInt(at + LABEL, flow.label() != 0 ? flow.label() : denial.label);
        rows.putInt(at + VLAN, flow.vlan());
        rows.putLong(at + SOURCE, flow.sourceHigh());
        rows.putLong(at + SOURCE + Long.BYTES, flow.sourceLow());
        rows.putLong(at + DESTINATION, flow.destinationHigh());
        rows.putLong(at + DESTINATION + Long.BYTES, flow.destinationLow());
        rows.putInt(at + PROTOCOL, flow.protocol());
        rows.putInt(at + PORTS, flow.sourcePort() << 16 | flow.destinationPort());
    }

    public int sourceIdentity() {
        return rows.getInt(at + SOURCE_IDENTITY);
    }

    public int destinationIdentity() {
        return rows.getInt(at + DESTINATION_IDENTITY);
    }

    /** Number of the rule that denied, 0 for default deny. */
    public int rule() {
        return rows.getInt(at + RULE);
    }

    /** Code of the drop reason. */
    public int reason() {
        return rows.getInt(at + REASON);
    }

    /** Number of the switch port the packets came in by, or {@link #ANY_PORT}. */
    public int ingressPort() {
        return rows.getInt(at + INGRESS_PORT);
    }

    /** What was enforced: DROP, REJECT, REDIRECT, or ALLOW where audit let the packets pass. */
    public int action() {
        return rows.getInt(at + ACTION);
    }

    /**
     * Whether what was denied are copies of flooded packets, each to one port, which may have reached others: those are no drops
     * of frames, and count in no drop counter.
     */
    public boolean copies() {
        return rows.getInt(at + COPY) != 0;
    }

    /** Number of the security level of the flow seen last, 0 for none. */
    public int label() {
        return rows.getInt(at + LABEL);
    }

    /** Epoch that judged last. */
    public int epoch() {
        return rows.getInt(at + EPOCH);
    }

    /** Packets since the drain before. */
    public long packets() {
        return rows.getLong(at + PACKETS);
    }

    /** Frame bytes since the drain before. */
    public long bytes() {
        return rows.getLong(at + BYTES);
    }

    /** Monotonic time of the first packet. */
    public long firstNs() {
        return rows.getLong(at + FIRST);
    }

    /** Monotonic time of the last packet. */
    public long lastNs() {
        return rows.getLong(at + LAST);
    }

    /** VLAN of the flow seen last. */
    public int vlan() {
        return rows.getInt(at + VLAN);
    }

    public long sourceHigh() {
        return rows.getLong(at + SOURCE);
    }

    public long sourceLow() {
        return rows.getLong(at + SOURCE + Long.BYTES);
    }

    public long destinationHigh() {
        return rows.getLong(at + DESTINATION);
    }

    public long destinationLow() {
        return rows.getLong(at + DESTINATION + Long.BYTES);
    }

    /** IP protocol of the flow seen last, or {@link FlowKey#NOT_IP}. */
    public int protocol() {
        return rows.getInt(at + PROTOCOL);
    }

    public int sourcePort() {
        return rows.getInt(at + PORTS) >>> 16;
    }

    public int destinationPort() {
        return rows.getInt(at + PORTS) & 0xFFFF;
    }
}
