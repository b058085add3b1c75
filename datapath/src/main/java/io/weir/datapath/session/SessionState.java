package io.weir.datapath.session;

import io.weir.datapath.wire.IpProtocol;

/**
 * How far a session is: the states of a TCP connection as someone in the middle sees them, and for the other protocols
 * whether the answering side has been heard.
 *
 * <p>Threading: constants.
 */
public final class SessionState {
    /** No session. */
    public static final int NONE = 0;
    /** The initiator's SYN was seen. */
    public static final int SYN_SENT = 1;
    /** A SYN of each side was seen and no acknowledgment: simultaneous open (RFC 9293 section 3.5). */
    public static final int SYN_SENT_TWICE = 2;
    /** The answering SYN-ACK was seen. */
    public static final int SYN_RECEIVED = 3;

    public static final int ESTABLISHED = 4;
    /** One side's FIN was seen. */
    public static final int FIN_WAIT = 5;
    /** That FIN was acknowledged: the connection is half-closed. */
    public static final int CLOSE_WAIT = 6;
    /** The FINs of both sides were seen. */
    public static final int LAST_ACK = 7;
    /** Both FINs were acknowledged. */
    public static final int TIME_WAIT = 8;
    /** Reset. */
    public static final int CLOSED = 9;

    public static final int UDP_UNREPLIED = 10;
    public static final int UDP_REPLIED = 11;
    public static final int ICMP_UNREPLIED = 12;
    public static final int ICMP_REPLIED = 13;
    public static final int SCTP_UNREPLIED = 14;
    public static final int SCTP_REPLIED = 15;
    public static final int OTHER_UNREPLIED = 16;
    public static final int OTHER_REPLIED = 17;

    /** One above the highest state. */
    public static final int STATES = 18;

    // Bit s is set when sessions in state s give way to new ones: nobody has answered, or it is over.
    private static final int GIVES_WAY = 1 << SYN_SENT
            | 1 << SYN_SENT_TWICE
            | 1 << SYN_RECEIVED
            | 1 << TIME_WAIT
            | 1 << CLOSED
            | 1 << UDP_UNREPLIED
            | 1 << ICMP_UNREPLIED
            | 1 << SCTP_UNREPLIED
            | 1 << OTHER_UNREPLIED;

    private static final String[] NAMES = {
        "none",
        "syn-sent",
        "syn-sent-twice",
        "syn-received",
        "established",
        "fin-wait",
        "close-wait",
        "last-ack",
        "time-wait",
        "closed",
        "unreplied",
        "replied",
        "unreplied",
        "replied",
        "unreplied",
        "replied",
        "unreplied",
        "replied"
    };

    private SessionState() {}

    /** The state a session of that IP protocol begins in. */
    public static int first(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> SYN_SENT;
            case IpProtocol.UDP -> UDP_UNREPLIED;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> ICMP_UNREPLIED;
            case IpProtocol.SCTP -> SCTP_UNREPLIED;
            default -> OTHER_UNREPLIED;
        };
    }

    /** Kebab-case name, the same on the command line and in documents. */
    public static String name(int state) {
        return NAMES[state];
    }

    /** Whether a session in that state gives way when the table is full. */
    static boolean givesWay(int state) {
        return (GIVES_WAY & 1 << state) != 0;
    }

    /** The state after the answering side was heard; TCP states change with the connection only. */
    static int replied(int state) {
        return state >= UDP_UNREPLIED ? state | 1 : state;
    }
}
