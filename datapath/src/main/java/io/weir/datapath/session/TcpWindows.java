package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.TcpHeader;

/**
 * The numbers of both directions of a TCP connection, as someone in the middle knows them. Of each direction, that of a
 * sender: the end of what it has sent, the end of what its receiver has allowed, and the highest number it has acknowledged.
 *
 * <p>A segment is inside the window when
 * <ol>
 *   <li>it starts no later than its receiver has allowed;
 *   <li>it ends no earlier than the reach of its receiver's window before the end of what was sent;
 *   <li>it acknowledges nothing that its receiver has not sent;
 *   <li>what it acknowledges is no older than the reach of its sender's window.
 * </ol>
 * The reach of a window is twice its largest size, rounded up to a power of two, and no less than {@link #MIN_REACH}: what was
 * sent before may come again, for acknowledgments get lost behind the switch. A start before the edge is enough, so that
 * super-frames pass that reach over it. SACK needs no look: the cumulative acknowledgment bounds what may be sent.
 *
 * <pre>
 *  word:  0 scale  4 scale  8 window    13 window  18 scale of    22 what is known (flags)
 *         forward  reply    size (log)  of reply   suspect SYN
 * </pre>
 *
 * <p>Threading: the worker that owns the table.
 */
final class TcpWindows {
    /** Reach of the smallest windows: that of two full ones without scale, and what a delayed acknowledgment adds. */
    static final int MIN_REACH = 2 * 66_000;

    private static final int END = SessionFields.TCP;
    private static final int ALLOWED = SessionFields.TCP + 4;
    private static final int ACKNOWLEDGED = SessionFields.TCP + 8;
    private static final int DIRECTION_LENGTH = 12;
    private static final int WORD = SessionFields.TCP + 2 * DIRECTION_LENGTH;

    private static final int SCALE_BITS = 4;
    private static final int SCALE_MASK = 0xF;
    private static final int NOT_OFFERED = 0xF;
    private static final int WINDOW_SHIFT = 8;
    private static final int WINDOW_BITS = 5;
    private static final int WINDOW_MASK = 0x1F;
    private static final int SUSPECT_SCALE_SHIFT = 18;
    // Flags of the forward direction; those of the reply direction are one bit higher.
    private static final int ACKED = 1 << 22;
    private static final int FINISHED = 1 << 24;
    private static final int SUSPECT_SYN = 1 << 26;
    private static final int SUSPECT_ACK = 1 << 27;
    private static final int PICKED_UP = 1 << 28;
    private static final int BOTH_ACKED = ACKED | ACKED << 1;
    private static final int BOTH_FINISHED = FINISHED | FINISHED << 1;

    private static final int MAX_WINDOW_LOG = 29;
    private static final int UNSCALED_LOG = 16;

    private final SessionFields fields;
    private final UnsafeBuffer cold;

    TcpWindows(SessionFields fields) {
        this.fields = fields;
        this.cold = fields.cold;
    }

    /** The initiator's SYN. The lowest number that an answer may acknowledge stands where the acknowledged one will. */
    void open(int session, TcpSegment syn) {
        int at = at(session);
        set(at + END, syn.end());
        set(at + ALLOWED, syn.end());
        set(at + ACKNOWLEDGED + DIRECTION_LENGTH, syn.sequence() + 1);
        word(at, offered(syn) | log(syn.window()) << WINDOW_SHIFT);
    }

    /** Another SYN of the initiator before any answer: the same again, perhaps with less data, or a new attempt. */
    void reopen(int session, TcpSegment syn) {
        int at = at(session);
        int longest = get(at + END);
        boolean same = get(at + ACKNOWLEDGED + DIRECTION_LENGTH) == syn.sequence() + 1;
        open(session, syn);
        if (same && after(longest, syn.end())) {
            set(at + END, longest);
            set(at + ALLOWED, longest);
        }
    }

    /** A SYN of the other side, without acknowledgment. */
    void answerSyn(int session, TcpSegment syn) {
        int at = at(session);
        set(at + ACKNOWLEDGED, syn.sequence() + 1);
        answering(at, syn);
        set(at + ALLOWED, get(at + END) + Math.max(1, syn.window()));
    }

    /** The SYN-ACK, which may acknowledge less than the initiator's SYN carried (RFC 7413 section 4.2.1). */
    void answer(int session, TcpSegment synAck) {
        int at = at(session);
        answering(at, synAck);
        acknowledge(at, true, synAck, synAck.window());
    }

    // Both sides must offer window scaling for either to use it (RFC 7323 section 2.2).
    private void answering(int at, TcpSegment segment) {
        int word = get(at + WORD);
        int forward = word & SCALE_MASK;
        int reply = offered(segment);
        boolean scaled = forward != NOT_OFFERED && reply != NOT_OFFERED;
        int scales = scaled ? forward | reply << SCALE_BITS : 0;
        int forwardLog = word >>> WINDOW_SHIFT & WINDOW_MASK;
        int logs = forwardLog | log(segment.window()) << WINDOW_BITS;
        word(at, (word & BOTH_ACKED) | scales | logs << WINDOW_SHIFT);
        set(at + END + DIRECTION_LENGTH, segment.end());
        set(at + ALLOWED + DIRECTION_LENGTH, segment.end() + (1 << forwardLog));
    }

    /** The first segment that was seen of a connection. */
    void pickUp(int session, TcpSegment segment) {
        int at = at(session);
        set(at + END, segment.end());
        set(at + ALLOWED, segment.end());
        set(at + ACKNOWLEDGED, segment.acknowledgment());
        set(at + END + DIRECTION_LENGTH, segment.acknowledgment());
        set(at + ALLOWED + DIRECTION_LENGTH, segment.acknowledgment() + Math.max(1, segment.window()));
        word(at, PICKED_UP | ACKED | (MAX_WINDOW_LOG | MAX_WINDOW_LOG << WINDOW_BITS) << WINDOW_SHIFT);
    }

    /** Whether an acknowledgment is one of the other side's SYN, which nothing has followed. */
    boolean acknowledgesSyn(int session, boolean reply, TcpSegment segment) {
        int at = at(session);
        int ack = segment.acknowledgment();
        return !after(ack, get(at + END + side(!reply))) && !after(get(at + ACKNOWLEDGED + side(reply)), ack);
    }

    /** Whether a segment lies inside the window, and acknowledges what it may. */
    boolean contain(int session, boolean reply, TcpSegment segment) {
        int at = at(session);
        int word = get(at + WORD);
        int end = segment.end();
        boolean data = !after(segment.sequence(), get(at + ALLOWED + side(reply)))
                && !after(get(at + END + side(reply)) - reach(word, !reply), end);
        return (data && acknowledges(at, word, reply, segment.acknowledgment())) || (word & PICKED_UP) != 0;
    }

    private boolean acknowledges(int at, int word, boolean reply, int ack) {
        int sent = get(at + END + side(!reply));
        return !after(ack, sent) && !after(sent - reach(word, reply), ack);
    }

    /** Takes over what a segment inside the window says. */
    void learn(int session, boolean reply, TcpSegment segment) {
        int at = at(session);
        int word = get(at + WORD);
        int scale = segment.is(TcpHeader.SYN) ? 0 : word >>> (reply ? SCALE_BITS : 0) & SCALE_MASK;
        int window = segment.window() << scale;
        int logShift = WINDOW_SHIFT + (reply ? WINDOW_BITS : 0);
        int log = log(window);
        if (log > (word >>> logShift & WINDOW_MASK)) {
            word = (word & ~(WINDOW_MASK << logShift)) | log << logShift;
        }
        word |= segment.is(TcpHeader.FIN) ? FINISHED << (reply ? 1 : 0) : 0;
        word(at, word);
        if (after(segment.end(), get(at + END + side(reply)))) {
            set(at + END + side(reply), segment.end());
        }
        acknowledge(at, reply, segment, window);
    }

    private void acknowledge(int at, boolean reply, TcpSegment segment, int window) {
        int ack = segment.acknowledgment();
        int flag = ACKED << (reply ? 1 : 0);
        int word = get(at + WORD);
        if ((word & flag) == 0 || after(ack, get(at + ACKNOWLEDGED + side(reply)))) {
            set(at + ACKNOWLEDGED + side(reply), ack);
            word(at, word | flag);
        }
        // A closed window allows one byte all the same: the probe (RFC 9293 section 3.8.6.1).
        int allowed = ack + Math.max(1, window);
        if (after(allowed, get(at + ALLOWED + side(!reply)))) {
            set(at + ALLOWED + side(!reply), allowed);
        }
    }

    boolean bothAcknowledged(int session) {
        return (get(at(session) + WORD) & BOTH_ACKED) == BOTH_ACKED;
    }

    /** The state by who has sent a FIN and whose is acknowledged. */
    int closing(int session, int state) {
        int at = at(session);
        int finished = get(at + WORD) & BOTH_FINISHED;
        if (finished == 0) {
            return state;
        }
        boolean forwardDone = (finished & FINISHED) == 0 || finAcknowledged(at, false);
        boolean replyDone = (finished & FINISHED << 1) == 0 || finAcknowledged(at, true);
        boolean done = forwardDone && replyDone;
        if (finished == BOTH_FINISHED) {
            return done ? SessionState.TIME_WAIT : SessionState.LAST_ACK;
        }
        return done ? SessionState.CLOSE_WAIT : SessionState.FIN_WAIT;
    }

    private boolean finAcknowledged(int at, boolean reply) {
        return get(at + ACKNOWLEDGED + side(!reply)) == get(at + END + side(reply));
    }

    /** Whether a reset lies between the number that its receiver expects next and the end of what it allows. */
    boolean containReset(int session, boolean reply, TcpSegment reset) {
        int at = at(session);
        int word = get(at + WORD);
        int ack = reset.acknowledgment();
        // Some stacks set ACK in a reset and leave the number zero.
        boolean acknowledges = !reset.is(TcpHeader.ACK) || ack == 0 || acknowledges(at, word, reply, ack);
        boolean early = after(expected(at, word, reply), reset.sequence());
        boolean late = after(reset.sequence(), get(at + ALLOWED + side(reply)));
        return !early && ((acknowledges && !late) || (word & PICKED_UP) != 0);
    }

    /** Whether a reset is at the number that its receiver expects next, or behind all that was sent. */
    boolean exactReset(int session, boolean reply, TcpSegment reset) {
        int at = at(session);
        int sequence = reset.sequence();
        return sequence == expected(at, get(at + WORD), reply) || sequence == get(at + END + side(reply));
    }

    private int expected(int at, int word, boolean reply) {
        boolean known = (word & ACKED << (reply ? 0 : 1)) != 0;
        return get(at + (known ? ACKNOWLEDGED + side(!reply) : END + side(reply)));
    }

    /** A SYN of the initiator on an open connection. */
    void suspectSyn(int session, TcpSegment syn) {
        int at = at(session);
        int word = get(at + WORD) & ~(SUSPECT_ACK | SCALE_MASK << SUSPECT_SCALE_SHIFT);
        word(at, word | SUSPECT_SYN | offered(syn) << SUSPECT_SCALE_SHIFT);
        suspect(session, syn.end());
    }

    /** Whether a segment acknowledges the suspect SYN. Sixteen bits of its number are enough to tell. */
    boolean answersSuspectSyn(int session, TcpSegment segment) {
        return suspects(session, SUSPECT_SYN, segment.acknowledgment());
    }

    /** The two ends have begun again: the SYN-ACK answers the suspect SYN. */
    void restart(int session, TcpSegment synAck) {
        int at = at(session);
        int scale = get(at + WORD) >>> SUSPECT_SCALE_SHIFT & SCALE_MASK;
        set(at + END, synAck.acknowledgment());
        set(at + ALLOWED, synAck.acknowledgment());
        word(at, scale | UNSCALED_LOG << WINDOW_SHIFT);
        answer(session, synAck);
    }

    /** An ACK that answers the SYN, from a peer that has another connection in mind. */
    void suspectAck(int session, TcpSegment ack) {
        word(at(session), get(at(session) + WORD) | SUSPECT_ACK);
        suspect(session, ack.acknowledgment());
    }

    /** Whether a reset of the initiator is what the suspect ACK had to provoke (RFC 9293 section 3.10.7.3). */
    boolean answersSuspectAck(int session, TcpSegment reset) {
        return suspects(session, SUSPECT_ACK, reset.sequence());
    }

    private void suspect(int session, int number) {
        int status = fields.status(session) & (1 << SessionFields.SUSPECT_SHIFT) - 1;
        fields.status(session, status | number << SessionFields.SUSPECT_SHIFT);
    }

    private boolean suspects(int session, int flag, int number) {
        int suspect = fields.status(session) >>> SessionFields.SUSPECT_SHIFT;
        return (get(at(session) + WORD) & flag) != 0 && suspect == (number & 0xFFFF);
    }

    boolean inFlight(int session, boolean reply, int sequence) {
        int at = at(session);
        int end = get(at + END + side(reply));
        return after(end, sequence) && !after(end - reach(get(at + WORD), !reply), sequence);
    }

    int end(int session, boolean reply) {
        return get(at(session) + END + side(reply));
    }

    private static int reach(int word, boolean reply) {
        int log = word >>> (WINDOW_SHIFT + (reply ? WINDOW_BITS : 0)) & WINDOW_MASK;
        return Math.max(MIN_REACH, 2 << log);
    }

    /** The smallest n for which a window is below 2^n. */
    private static int log(int window) {
        return Math.min(Integer.SIZE - Integer.numberOfLeadingZeros(window), MAX_WINDOW_LOG);
    }

    private static int offered(TcpSegment syn) {
        return syn.windowScale() == TcpSegment.NO_SCALE ? NOT_OFFERED : syn.windowScale();
    }

    /** Whether a comes behind b in the circle of sequence numbers (RFC 9293 section 3.4). */
    private static boolean after(int a, int b) {
        return a - b > 0;
    }

    private static int side(boolean reply) {
        return reply ? DIRECTION_LENGTH : 0;
    }

    private static int at(int session) {
        return session << SessionFields.LINE_SHIFT;
    }

    private int get(int offset) {
        return cold.getInt(offset);
    }

    private void set(int offset, int value) {
        cold.putInt(offset, value);
    }

    private void word(int at, int word) {
        cold.putInt(at + WORD, word);
    }
}
