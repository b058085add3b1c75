package io.weir.datapath.session;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Verdict;

/**
 * What a {@link SessionTable} knows of each session, in two lines of 64 bytes and one of 16: the hot one is read for every
 * packet, the cold one holds the verdict's details, the counts and the TCP windows, and the link line the MAC addresses, in which
 * alone two components behind one port may differ.
 *
 * <pre>
 *  hot                                                    cold
 *   0 first end, 16 bytes                                  0 source identity      4 destination identity
 *  16 second end, 16 bytes                                 8 limits              12 valid until, ms
 *  32 scope: VLAN, flags, protocol, both ports            16 forward frames (26 bits) and bytes (38 bits)
 *  40 way: both ports, level                              24 the same of the reply direction
 *  48 epoch                                               32 forward end   36 highest end allowed   40 highest ack
 *                                                         44 reply end     48 highest end allowed   52 highest ack
 *  52 state and flags (16 bits)   54 SYN under suspicion  56 window scales and sizes
 *  56 last seen, ms               60 digest of the MACs   60 begun, ms
 *
 *  way, 64 bits:
 *   0 ingress port (10)  10 its generation (14)   24 egress port (10)  34 its generation (14)   48 level (16)
 *
 *  link
 *   0 source's MAC address   6 destination's MAC address   12 redirect   14 mirror
 * </pre>
 *
 * <p>Everything is by the number of a live session, in the words of its original direction, that of its first packet. Numbers
 * of sessions that have ended read nonsense.
 *
 * <p>Threading: the worker that owns the table.
 */
public final class SessionFields {
    static final int LINE_SHIFT = 6;
    static final int LINE_LENGTH = 1 << LINE_SHIFT;
    static final int LINK_SHIFT = 4;

    /** Bytes of a session in all three lines. */
    static final int ENTRY_LENGTH = 2 * LINE_LENGTH + (1 << LINK_SHIFT);

    /** Most frames that a direction's count holds. */
    public static final long MAX_FRAMES = (1L << 26) - 1;

    /** Most bytes that a direction's count holds. */
    public static final long MAX_BYTES = (1L << 38) - 1;

    static final int FIRST_HIGH = 0;
    static final int FIRST_LOW = 8;
    static final int SECOND_HIGH = 16;
    static final int SECOND_LOW = 24;
    static final int SCOPE = 32;
    static final int WAY = 40;
    static final int EPOCH = 48;
    static final int STATUS = 52;
    static final int SEEN = 56;
    static final int DIGEST = 60;

    static final int SOURCE_IDENTITY = 0;
    static final int DESTINATION_IDENTITY = 4;
    static final int LIMITS = 8;
    static final int VALID_UNTIL = 12;
    static final int FORWARD_COUNT = 16;
    static final int REPLY_COUNT = 24;
    static final int TCP = 32;
    static final int TCP_DIRECTION_LENGTH = 12;
    static final int BEGUN = 60;

    static final int SOURCE_MAC = 0;
    static final int DESTINATION_MAC = 6;
    static final int REDIRECT = 12;
    static final int MIRROR = 14;

    // The status: state in five bits, then flags; the upper 16 bits are the TCP tracker's.
    static final int STATE_MASK = 0x1F;
    static final int SWAPPED = 1 << 5;
    static final int REPLIED = 1 << 6;
    static final int ON_CHANGE_SHIFT = 7;
    static final int RESET_AT_END = 1 << 9;
    static final int AUDITED = 1 << 10;
    static final int ACTION_SHIFT = 11;
    static final int MIRRORED = 1 << 13;
    static final int VERDICT_MASK = 3 << ON_CHANGE_SHIFT | RESET_AT_END | AUDITED | 3 << ACTION_SHIFT | MIRRORED;
    /** Its packets prove no level in the direction in which it began. */
    static final int UNPROVEN = 1 << 14;
    /** There are sessions between the same ends at other levels. */
    static final int CROWDED = 1 << 15;

    static final int SUSPECT_SHIFT = 16;

    // The way. A port and its generation are a stamp.
    static final int STAMP_BITS = 24;
    static final int STAMP_MASK = (1 << STAMP_BITS) - 1;
    private static final int LEVEL_SHIFT = 2 * STAMP_BITS;
    private static final int STAMP_PORT_BITS = 10;
    private static final int STAMP_PORT_MASK = (1 << STAMP_PORT_BITS) - 1;
    /** Generations of a port come round after so many. */
    static final int GENERATIONS = 1 << (STAMP_BITS - STAMP_PORT_BITS);

    private static final int BYTES_BITS = 38;
    private static final int PORT_MASK = 0xFFFF;
    private static final long NS_PER_MS = 1_000_000;
    private static final int ETHER_TYPE_IPV4 = 0x0800;
    private static final int ETHER_TYPE_IPV6 = 0x86DD;

    // A verdict that is valid for longer than the clock's 31 bits is asked for again before.
    private static final long MAX_VALIDITY_MS = SessionTimeouts.MAX_MS;

    final SessionLines hot;
    final SessionLines cold;
    final SessionLines link;

    SessionFields(SessionLines hot, SessionLines cold, SessionLines link) {
        this.hot = hot;
        this.cold = cold;
        this.link = link;
    }

    /** A monotonic time in the milliseconds that sessions keep, which come round after 49 days: compare differences. */
    public static int ms(long nowNs) {
        return (int) (nowNs / NS_PER_MS);
    }

    /**
     * Keeps the MAC addresses of the session's ends.
     *
     * @param digest of both, by which {@link #digest} tells them from others; 0 when what was decided holds no more
     */
    public void link(int session, long sourceMac, long destinationMac, int digest) {
        int at = session << LINK_SHIFT;
        putMac(at + SOURCE_MAC, sourceMac);
        putMac(at + DESTINATION_MAC, destinationMac);
        digest(session, digest);
    }

    private void putMac(int at, long mac) {
        link.putInt(at, (int) mac);
        link.putShort(at + Integer.BYTES, (short) (mac >>> Integer.SIZE));
    }

    private long mac(int at) {
        return (link.getShort(at + Integer.BYTES) & 0xFFFFL) << Integer.SIZE | Integer.toUnsignedLong(link.getInt(at));
    }

    /** What {@link #link} was given. */
    public int digest(int session) {
        return hot.getInt((session << LINE_SHIFT) + DIGEST);
    }

    /** Gives the session another digest. */
    public void digest(int session, int digest) {
        hot.putInt((session << LINE_SHIFT) + DIGEST, digest);
    }

    public long sourceMac(int session) {
        return mac((session << LINK_SHIFT) + SOURCE_MAC);
    }

    public long destinationMac(int session) {
        return mac((session << LINK_SHIFT) + DESTINATION_MAC);
    }

    /**
     * Fills in whom the session is between, as its first packet said, MAC and IP addresses, VLAN, EtherType, protocol and ports, and the
     * level at which.
     */
    public void fill(int session, FlowKey flow) {
        int at = session << LINE_SHIFT;
        long scope = hot.getLong(at + SCOPE);
        boolean swapped = (status(session) & SWAPPED) != 0;
        int vlan = (int) (scope >>> SessionKey.VLAN_SHIFT);
        int etherType = (scope & SessionKey.IS_IPV6) != 0 ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4;
        int source = at + (swapped ? SECOND_HIGH : FIRST_HIGH);
        int destination = at + (swapped ? FIRST_HIGH : SECOND_HIGH);
        flow.label(label(session))
                .link(sourceMac(session), destinationMac(session), vlan, etherType)
                .source(hot.getLong(source), hot.getLong(source + 8))
                .destination(hot.getLong(destination), hot.getLong(destination + 8))
                .transport(protocol(session), sourcePort(session), destinationPort(session));
    }

    /** The session's key, as of a packet of its original direction. */
    public void key(int session, SessionKey key) {
        int at = session << LINE_SHIFT;
        key.set(
                hot.getLong(at + FIRST_HIGH),
                hot.getLong(at + FIRST_LOW),
                hot.getLong(at + SECOND_HIGH),
                hot.getLong(at + SECOND_LOW),
                hot.getLong(at + SCOPE) & ~SessionKey.IS_PEER,
                (status(session) & SWAPPED) != 0);
    }

    /** IP protocol. */
    public int protocol(int session) {
        return (int) (hot.getLong((session << LINE_SHIFT) + SCOPE) >>> SessionKey.PROTOCOL_SHIFT) & 0xFF;
    }

    public int vlan(int session) {
        return (int) (hot.getLong((session << LINE_SHIFT) + SCOPE) >>> SessionKey.VLAN_SHIFT);
    }

    /** Port, or the identifier of an ICMP query: as {@link FlowKey#sourcePort}. */
    public int sourcePort(int session) {
        return port(session, portsSwapped(session));
    }

    /** Port, or type and code of an ICMP message: as {@link FlowKey#destinationPort}. */
    public int destinationPort(int session) {
        return port(session, !portsSwapped(session));
    }

    // What stands for ports in ICMP does not change with the direction.
    private boolean portsSwapped(int session) {
        return (status(session) & SWAPPED) != 0 && SessionKey.hasPorts(protocol(session));
    }

    private int port(int session, boolean second) {
        int ports = (int) hot.getLong((session << LINE_SHIFT) + SCOPE);
        return second ? ports & PORT_MASK : ports >>> SessionKey.FIRST_PORT_SHIFT & PORT_MASK;
    }

    /** Switch number of the port by which the first packet came. */
    public int ingressPort(int session) {
        return portOf((int) way(session));
    }

    /** Switch number of the port by which the first packet left. */
    public int egressPort(int session) {
        return portOf((int) (way(session) >>> STAMP_BITS));
    }

    /** Number of the security level that its packets travel at, up to {@link Levels#MAX_NUMBER}; 0 for none. */
    public int label(int session) {
        return (int) (way(session) >>> LEVEL_SHIFT);
    }

    /** Gives the session another level. */
    void label(int session, int level) {
        long ports = way(session) & ((1L << LEVEL_SHIFT) - 1);
        way(session, ports | (long) level << LEVEL_SHIFT);
    }

    /** Whether it was begun by packets that prove no level. */
    public boolean unproven(int session) {
        return (status(session) & UNPROVEN) != 0;
    }

    /** Whether there are sessions between the same ends at other levels. */
    boolean crowded(int session) {
        return (status(session) & CROWDED) != 0;
    }

    void crowded(int session, boolean crowded) {
        status(session, crowded ? status(session) | CROWDED : status(session) & ~CROWDED);
    }

    /** Whether it is found by its level: {@link SessionLookup}. */
    boolean peer(int session) {
        return (hot.getLong((session << LINE_SHIFT) + SCOPE) & SessionKey.IS_PEER) != 0;
    }

    void peer(int session, boolean peer) {
        int at = (session << LINE_SHIFT) + SCOPE;
        long scope = hot.getLong(at);
        hot.putLong(at, peer ? scope | SessionKey.IS_PEER : scope & ~SessionKey.IS_PEER);
    }

    long way(int session) {
        return hot.getLong((session << LINE_SHIFT) + WAY);
    }

    void way(int session, long way) {
        hot.putLong((session << LINE_SHIFT) + WAY, way);
    }

    static long way(int ingressStamp, int egressStamp, int level) {
        return ingressStamp | (long) egressStamp << STAMP_BITS | (long) level << LEVEL_SHIFT;
    }

    /** One of {@link SessionState}. */
    public int state(int session) {
        return status(session) & STATE_MASK;
    }

    void state(int session, int state) {
        status(session, (status(session) & ~STATE_MASK) | state);
    }

    int status(int session) {
        return hot.getInt((session << LINE_SHIFT) + STATUS);
    }

    void status(int session, int status) {
        hot.putInt((session << LINE_SHIFT) + STATUS, status);
    }

    /** Whether the answering side was heard. */
    public boolean replied(int session) {
        return (status(session) & REPLIED) != 0;
    }

    /** Whether a packet with that key, for which the session was found, is of the reply direction. */
    public boolean isReply(int session, SessionKey key) {
        return key.swapped() != ((status(session) & SWAPPED) != 0);
    }

    /** When the last packet was seen: {@link #ms}. */
    public int seenMs(int session) {
        return hot.getInt((session << LINE_SHIFT) + SEEN);
    }

    /** When the session began: {@link #ms}. */
    public int begunMs(int session) {
        return cold.getInt((session << LINE_SHIFT) + BEGUN);
    }

    /**
     * Keeps what was decided: epoch, action (not NONE), identities, limits, redirect and mirror port, what a new epoch means,
     * whether it is reset at its end, whether it was audited, and until when that is valid.
     */
    public void judged(int session, Verdict verdict, long nowNs) {
        int at = session << LINE_SHIFT;
        int bits = verdict.onChange() << ON_CHANGE_SHIFT
                | (verdict.action() - Action.ALLOW) << ACTION_SHIFT
                | (verdict.resetAtEnd() ? RESET_AT_END : 0)
                | (verdict.auditAction() != Action.NONE ? AUDITED : 0)
                | (verdict.mirrorPort() != FlowKey.NO_PORT ? MIRRORED : 0);
        hot.putInt(at + EPOCH, verdict.epoch());
        link.putShort((session << LINK_SHIFT) + REDIRECT, (short) verdict.redirectPort());
        link.putShort((session << LINK_SHIFT) + MIRROR, (short) verdict.mirrorPort());
        cold.putInt(at + SOURCE_IDENTITY, verdict.sourceIdentity());
        cold.putInt(at + DESTINATION_IDENTITY, verdict.destinationIdentity());
        cold.putInt(at + LIMITS, verdict.limits());
        validUntil(session, verdict.validUntilNs(), nowNs);
        status(session, (status(session) & ~VERDICT_MASK) | bits);
    }

    /** Epoch that judged the session last. */
    public int epoch(int session) {
        return hot.getInt((session << LINE_SHIFT) + EPOCH);
    }

    /** The session goes on under what was decided before, as if that epoch had said so. */
    public void epoch(int session, int epoch) {
        hot.putInt((session << LINE_SHIFT) + EPOCH, epoch);
    }

    /** One of {@link Action}, but not NONE. */
    public int action(int session) {
        return Action.ALLOW + (status(session) >>> ACTION_SHIFT & 3);
    }

    /** {@link Verdict#REEVALUATE}, {@link Verdict#DRAIN} or {@link Verdict#KEEP}. */
    public int onChange(int session) {
        return status(session) >>> ON_CHANGE_SHIFT & 3;
    }

    public boolean resetAtEnd(int session) {
        return (status(session) & RESET_AT_END) != 0;
    }

    /** Whether enforcement would have decided otherwise. */
    public boolean audited(int session) {
        return (status(session) & AUDITED) != 0;
    }

    public int sourceIdentity(int session) {
        return cold.getInt((session << LINE_SHIFT) + SOURCE_IDENTITY);
    }

    public int destinationIdentity(int session) {
        return cold.getInt((session << LINE_SHIFT) + DESTINATION_IDENTITY);
    }

    /** Number of the limits it is under, 0 for none. */
    public int limits(int session) {
        return cold.getInt((session << LINE_SHIFT) + LIMITS);
    }

    /** The session is under no limits any more. */
    public void unlimited(int session) {
        cold.putInt((session << LINE_SHIFT) + LIMITS, 0);
    }

    /** The policy's number, up to 65,535, of the port that takes it instead; 0 for none. */
    public int redirectPort(int session) {
        return link.getShort((session << LINK_SHIFT) + REDIRECT) & PORT_MASK;
    }

    /** The policy's number, up to 65,535, of the port that takes a copy; 0 for none. */
    public int mirrorPort(int session) {
        return link.getShort((session << LINK_SHIFT) + MIRROR) & PORT_MASK;
    }

    /** No port takes it instead, and none a copy. */
    void noPorts(int session) {
        link.putInt((session << LINK_SHIFT) + REDIRECT, 0);
    }

    /** Whether a port takes a copy. */
    public boolean mirrored(int session) {
        return (status(session) & MIRRORED) != 0;
    }

    /** Whether what was decided still holds at that time. */
    public boolean valid(int session, int nowMs) {
        int until = cold.getInt((session << LINE_SHIFT) + VALID_UNTIL);
        return until == 0 || nowMs - until < 0;
    }

    /** Lets the verdict end at a time, {@link Verdict#FOR_EVER} for never; after ten days it is asked for again anyway. */
    public void validUntil(int session, long untilNs, long nowNs) {
        int at = (session << LINE_SHIFT) + VALID_UNTIL;
        if (untilNs == Verdict.FOR_EVER) {
            cold.putInt(at, 0);
            return;
        }
        long leftMs = Math.max(0, Math.min((untilNs - nowNs) / NS_PER_MS, MAX_VALIDITY_MS));
        int until = ms(nowNs) + (int) leftMs;
        cold.putInt(at, until == 0 ? -1 : until);
    }

    /** Lets the verdict end at that time, unless it ends before. */
    public void limitValidity(int session, long untilNs, long nowNs) {
        int until = cold.getInt((session << LINE_SHIFT) + VALID_UNTIL);
        if (until == 0 || ms(untilNs) - until < 0) {
            validUntil(session, untilNs, nowNs);
        }
    }

    /** Of a TCP connection, the sequence number behind the highest that a direction has sent. */
    public int sequenceEnd(int session, boolean reply) {
        return cold.getInt((session << LINE_SHIFT) + TCP + (reply ? TCP_DIRECTION_LENGTH : 0));
    }

    /** Frames of a direction, up to {@link #MAX_FRAMES}. */
    public long frames(int session, boolean reply) {
        return count(session, reply) >>> BYTES_BITS;
    }

    /** Bytes of a direction, up to {@link #MAX_BYTES}. */
    public long bytes(int session, boolean reply) {
        return count(session, reply) & MAX_BYTES;
    }

    private long count(int session, boolean reply) {
        return cold.getLong((session << LINE_SHIFT) + (reply ? REPLY_COUNT : FORWARD_COUNT));
    }

    void count(int session, boolean reply, int lengthBytes) {
        int at = (session << LINE_SHIFT) + (reply ? REPLY_COUNT : FORWARD_COUNT);
        long count = cold.getLong(at);
        long bytes = (count & MAX_BYTES) + lengthBytes;
        long frames = (count >>> BYTES_BITS) + 1;
        cold.putLong(at, Math.min(frames, MAX_FRAMES) << BYTES_BITS | Math.min(bytes, MAX_BYTES));
    }

    static int stamped(int port, int generation) {
        return ((generation << STAMP_PORT_BITS) & STAMP_MASK) | port;
    }

    static int generation(int stamp) {
        return stamp >>> STAMP_PORT_BITS;
    }

    static int portOf(int stamp) {
        return stamp & STAMP_PORT_MASK;
    }
}
