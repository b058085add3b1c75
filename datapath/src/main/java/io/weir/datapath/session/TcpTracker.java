package io.weir.datapath.session;

import io.weir.datapath.wire.TcpHeader;

/**
 * Follows the TCP connection of a session.
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

    private final SessionFields fields;

    public TcpTracker(SessionTable table) {
        fields = table.fields();
    }

    /** Whether a segment without session begins one: a SYN and nothing that contradicts. */
    public static boolean begins(TcpSegment segment) {
        int kind = segment.flags() & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.FIN | TcpHeader.RST);
        return kind == TcpHeader.SYN;
    }

    /** Whether a segment without session may be picked up: of an open connection, neither SYN nor RST. */
    public static boolean pickable(TcpSegment segment) {
        int kind = segment.flags() & (TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST);
        return kind == TcpHeader.ACK;
    }

    /** The session that has just begun is that of this SYN. */
    public void begin(int session, TcpSegment segment) {
        fields.state(session, SessionState.SYN_SENT);
    }

    /** The session that has just begun is in the middle of a connection, whose window scales are not known. */
    public void pickUp(int session, TcpSegment segment) {
        fields.state(session, SessionState.ESTABLISHED);
    }

    /**
     * Follows a segment of a session; {@link SessionTable#touch} must follow when it is not refused.
     *
     * @param reply whether it is of the reply direction
     * @return {@link #OK}, {@link #CLOSES}, {@link #NEW} or {@link #INVALID}
     */
    public int track(int session, boolean reply, TcpSegment segment) {
        return OK;
    }

    /** Whether the sequence number that an ICMP error quotes is one that the direction has in flight (RFC 5927 section 4). */
    public boolean inFlight(int session, boolean reply, int sequence) {
        return true;
    }
}
