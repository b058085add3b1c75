package io.weir.datapath.session;

import io.weir.datapath.wire.TcpHeader;

/**
 * Follows the TCP connection of a session from the middle: which segments belong to it (RFC 9293 section 3.10.7), and how far
 * it is. {@link TcpWindows} has the numbers.
 *
 * <h2>What passes without a change</h2>
 *
 * The ends may know more than the switch, so segments pass that let them settle it among themselves:
 * <ul>
 *   <li>a SYN of the initiator on an open connection, and what answers it: a challenge ACK, a reset, or a SYN-ACK, with which
 *       the connection begins again from the numbers of these two;
 *   <li>an empty ACK that answers a SYN, from a peer that still has a former connection, and the reset that it provokes;
 *   <li>a reset inside the window, but not at the number that the receiver expects: it answers with a challenge ACK (RFC 5961
 *       section 3.2). At that number, or when the connection is closing anyway, the reset closes it; everywhere else it is
 *       refused.
 * </ul>
 *
 * <p>Threading: the worker that owns the table.
 */
public final class TcpTracker {
    /** {@link #track}: the segment belongs to the connection. */
    public static final int OK = 0;
    /** {@link #track}: as OK, and the connection is over with it: reset, or both FINs acknowledged. */
    public static final int CLOSES = 1;
    /** {@link #track}: a SYN on a connection that is over: the caller ends the session and judges a new one. */
    public static final int NEW = 2;
    /** {@link #track}: outside the window, or of a kind that the state forbids; nothing has changed. */
    public static final int INVALID = 3;

    private static final int SYN_ACK = TcpHeader.SYN | TcpHeader.ACK;
    private static final int FIN_ACK = TcpHeader.FIN | TcpHeader.ACK;
    private static final int RST_ACK = TcpHeader.RST | TcpHeader.ACK;
    private static final int CONTROL = TcpHeader.SYN | TcpHeader.ACK | TcpHeader.FIN | TcpHeader.RST;

    private final SessionFields fields;
    private final TcpWindows windows;

    public TcpTracker(SessionTable table) {
        fields = table.fields();
        windows = new TcpWindows(fields);
    }

    /** Whether a segment without session begins one: a SYN and nothing that contradicts. */
    public static boolean begins(TcpSegment segment) {
        return (segment.flags() & CONTROL) == TcpHeader.SYN;
    }

    /** Whether a segment without session may be picked up: of an open connection, neither SYN, FIN nor RST. */
    public static boolean pickable(TcpSegment segment) {
        return (segment.flags() & CONTROL) == TcpHeader.ACK;
    }

    /** The session that has just begun is that of this SYN. */
    public void begin(int session, TcpSegment segment) {
        fields.state(session, SessionState.SYN_SENT);
        windows.open(session, segment);
    }

    /** The session that has just begun is in the middle of a connection: its window scales are unknown, its window unchecked. */
    public void pickUp(int session, TcpSegment segment) {
        fields.state(session, SessionState.ESTABLISHED);
        windows.pickUp(session, segment);
    }

    /**
     * Follows a segment of a session; {@link SessionTable#touch} must follow when it is not refused.
     *
     * @param reply whether it is of the reply direction
     * @return {@link #OK}, {@link #CLOSES}, {@link #NEW} or {@link #INVALID}
     */
    public int track(int session, boolean reply, TcpSegment segment) {
        int state = fields.state(session);
        return switch (segment.flags() & CONTROL) {
            case TcpHeader.ACK, FIN_ACK -> transfer(session, reply, segment, state);
            case TcpHeader.SYN -> syn(session, reply, segment, state);
            case SYN_ACK -> synAck(session, reply, segment, state);
            case TcpHeader.RST, RST_ACK -> reset(session, reply, segment, state);
            default -> INVALID;
        };
    }

    /** Whether the sequence number that an ICMP error quotes is one that the direction may have in flight (RFC 5927 section 4.1). */
    public boolean inFlight(int session, boolean reply, int sequence) {
        return windows.inFlight(session, reply, sequence);
    }

    private int syn(int session, boolean reply, TcpSegment segment, int state) {
        return switch (state) {
            case SessionState.SYN_SENT -> synBeforeAnswer(session, reply, segment);
            case SessionState.SYN_SENT_TWICE -> segment.end() == windows.end(session, reply) ? OK : INVALID;
            case SessionState.TIME_WAIT, SessionState.CLOSED -> NEW;
            default -> synOnOpen(session, reply, segment);
        };
    }

    private int synBeforeAnswer(int session, boolean reply, TcpSegment segment) {
        if (reply) {
            windows.answerSyn(session, segment);
            fields.state(session, SessionState.SYN_SENT_TWICE);
        } else {
            windows.reopen(session, segment);
        }
        return OK;
    }

    private int synOnOpen(int session, boolean reply, TcpSegment segment) {
        if (reply) {
            return INVALID;
        }
        windows.suspectSyn(session, segment);
        return OK;
    }

    private int synAck(int session, boolean reply, TcpSegment segment, int state) {
        boolean acceptable = windows.acknowledgesSyn(session, reply, segment);
        return switch (state) {
            case SessionState.SYN_SENT -> reply && acceptable ? answer(session, segment) : INVALID;
            case SessionState.SYN_SENT_TWICE -> acceptable ? answerTwice(session, reply, segment) : INVALID;
            case SessionState.SYN_RECEIVED ->
                reply && acceptable && !windows.contain(session, true, segment)
                        ? answer(session, segment)
                        : transfer(session, reply, segment, state);
            default -> lateSynAck(session, reply, segment);
        };
    }

    private int answerTwice(int session, boolean reply, TcpSegment segment) {
        if (segment.end() != windows.end(session, reply)) {
            return INVALID;
        }
        windows.learn(session, reply, segment);
        fields.state(session, SessionState.SYN_RECEIVED);
        return settle(session, SessionState.SYN_RECEIVED);
    }

    private int answer(int session, TcpSegment synAck) {
        windows.answer(session, synAck);
        fields.state(session, SessionState.SYN_RECEIVED);
        return OK;
    }

    // A repeated one lies in the window; else it may answer a SYN that we let pass, and the ends agree on a new
    // connection.
    private int lateSynAck(int session, boolean reply, TcpSegment segment) {
        if (windows.contain(session, reply, segment)) {
            return OK;
        }
        if (!reply || !windows.answersSuspectSyn(session, segment)) {
            return INVALID;
        }
        windows.restart(session, segment);
        fields.state(session, SessionState.SYN_RECEIVED);
        return OK;
    }

    private int transfer(int session, boolean reply, TcpSegment segment, int state) {
        if (state < SessionState.SYN_RECEIVED) {
            return beforeAnswer(session, reply, segment, state);
        }
        if (!windows.contain(session, reply, segment)) {
            return INVALID;
        }
        windows.learn(session, reply, segment);
        return settle(session, state);
    }

    private int beforeAnswer(int session, boolean reply, TcpSegment segment, int state) {
        boolean challenge =
                state == SessionState.SYN_SENT && reply && !segment.is(TcpHeader.FIN) && segment.payloadLength() == 0;
        if (!challenge) {
            return INVALID;
        }
        windows.suspectAck(session, segment);
        return OK;
    }

    /** The state that follows from what was learned of both directions. */
    private int settle(int session, int state) {
        int next = state;
        if (state == SessionState.SYN_RECEIVED && windows.bothAcknowledged(session)) {
            next = SessionState.ESTABLISHED;
        }
        if (next >= SessionState.ESTABLISHED && next < SessionState.TIME_WAIT) {
            next = windows.closing(session, next);
        }
        if (next != state) {
            fields.state(session, next);
        }
        return next == SessionState.TIME_WAIT && state != next ? CLOSES : OK;
    }

    private int reset(int session, boolean reply, TcpSegment segment, int state) {
        if (state == SessionState.CLOSED || state == SessionState.TIME_WAIT) {
            return OK;
        }
        if (state == SessionState.SYN_SENT) {
            return resetBeforeAnswer(session, reply, segment);
        }
        if (reply && segment.is(TcpHeader.ACK) && windows.answersSuspectSyn(session, segment)) {
            return close(session);
        }
        if (!windows.containReset(session, reply, segment)) {
            return INVALID;
        }
        boolean closing = state > SessionState.ESTABLISHED;
        return closing || windows.exactReset(session, reply, segment) ? close(session) : OK;
    }

    // RFC 9293 section 3.10.7.3: in SYN-SENT a reset is acceptable if its ACK field acknowledges the SYN.
    private int resetBeforeAnswer(int session, boolean reply, TcpSegment segment) {
        if (reply) {
            boolean refused = segment.is(TcpHeader.ACK) && windows.acknowledgesSyn(session, true, segment);
            return refused ? close(session) : INVALID;
        }
        if (windows.answersSuspectAck(session, segment)) {
            return OK;
        }
        return windows.exactReset(session, false, segment) ? close(session) : INVALID;
    }

    private int close(int session) {
        fields.state(session, SessionState.CLOSED);
        return CLOSES;
    }
}
