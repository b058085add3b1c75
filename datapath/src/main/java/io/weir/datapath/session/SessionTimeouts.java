package io.weir.datapath.session;

/**
 * After how long without a packet a session is forgotten, by its state, in milliseconds; 1 to {@link #MAX_MS}.
 *
 * @param synSentMs a SYN without answer
 * @param synReceivedMs a SYN-ACK without answer
 * @param establishedMs an open TCP connection
 * @param finWaitMs one side's FIN without acknowledgment
 * @param closeWaitMs a half-closed connection
 * @param lastAckMs both FINs, of which one is not acknowledged
 * @param timeWaitMs closed in order
 * @param closedMs reset, counted from the reset on
 * @param udpMs UDP of one side only
 * @param udpStreamMs UDP of both sides
 * @param icmpMs echo and other ICMP queries
 * @param sctpMs SCTP of one side only
 * @param sctpEstablishedMs SCTP of both sides
 * @param otherMs other protocols
 */
public record SessionTimeouts(
        int synSentMs,
        int synReceivedMs,
        int establishedMs,
        int finWaitMs,
        int closeWaitMs,
        int lastAckMs,
        int timeWaitMs,
        int closedMs,
        int udpMs,
        int udpStreamMs,
        int icmpMs,
        int sctpMs,
        int sctpEstablishedMs,
        int otherMs) {
    /** Ten days: times are kept in 32 bits of milliseconds, which must not come round within a timeout. */
    public static final int MAX_MS = 864_000_000;

    /** Those of Linux' connection tracking, but two hours for an open TCP connection instead of five days. */
    public static final SessionTimeouts DEFAULT = new SessionTimeouts(
            120_000, 60_000, 7_200_000, 120_000, 60_000, 30_000, 120_000, 10_000, 30_000, 120_000, 30_000, 30_000,
            7_200_000, 600_000);

    public SessionTimeouts {
        require("synSentMs", synSentMs);
        require("synReceivedMs", synReceivedMs);
        require("establishedMs", establishedMs);
        require("finWaitMs", finWaitMs);
        require("closeWaitMs", closeWaitMs);
        require("lastAckMs", lastAckMs);
        require("timeWaitMs", timeWaitMs);
        require("closedMs", closedMs);
        require("udpMs", udpMs);
        require("udpStreamMs", udpStreamMs);
        require("icmpMs", icmpMs);
        require("sctpMs", sctpMs);
        require("sctpEstablishedMs", sctpEstablishedMs);
        require("otherMs", otherMs);
    }

    /** The same, with another timeout for open TCP connections. */
    public SessionTimeouts withEstablishedMs(int ms) {
        return new SessionTimeouts(
                synSentMs,
                synReceivedMs,
                ms,
                finWaitMs,
                closeWaitMs,
                lastAckMs,
                timeWaitMs,
                closedMs,
                udpMs,
                udpStreamMs,
                icmpMs,
                sctpMs,
                sctpEstablishedMs,
                otherMs);
    }

    /** [state] timeout in ms. */
    int[] byState() {
        int[] byState = new int[SessionState.STATES];
        byState[SessionState.SYN_SENT] = synSentMs;
        byState[SessionState.SYN_SENT_TWICE] = synSentMs;
        byState[SessionState.SYN_RECEIVED] = synReceivedMs;
        byState[SessionState.ESTABLISHED] = establishedMs;
        byState[SessionState.FIN_WAIT] = finWaitMs;
        byState[SessionState.CLOSE_WAIT] = closeWaitMs;
        byState[SessionState.LAST_ACK] = lastAckMs;
        byState[SessionState.TIME_WAIT] = timeWaitMs;
        byState[SessionState.CLOSED] = closedMs;
        byState[SessionState.UDP_UNREPLIED] = udpMs;
        byState[SessionState.UDP_REPLIED] = udpStreamMs;
        byState[SessionState.ICMP_UNREPLIED] = icmpMs;
        byState[SessionState.ICMP_REPLIED] = icmpMs;
        byState[SessionState.SCTP_UNREPLIED] = sctpMs;
        byState[SessionState.SCTP_REPLIED] = sctpEstablishedMs;
        byState[SessionState.OTHER_UNREPLIED] = otherMs;
        byState[SessionState.OTHER_REPLIED] = otherMs;
        return byState;
    }

    private static void require(String name, int ms) {
        if (ms < 1 || ms > MAX_MS) {
            throw new IllegalArgumentException(name + " must be 1 to " + MAX_MS + " (ten days): was " + ms);
        }
    }
}
