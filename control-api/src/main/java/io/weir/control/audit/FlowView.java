package io.weir.control.audit;

/**
 * Something that happened to one flow, as the datapath hands it over; valid only during the call. The datapath's flyweight,
 * seen from here.
 *
 * <p>Threading: the thread that drains.
 */
public interface FlowView {
    /** What happened. */
    enum Kind {
        /** A session began. */
        BEGUN,
        /** A session ended; its counts are final. */
        ENDED,
        /** The first packet of a flow that was denied; {@link DenyView} counts all of them. */
        DENIED,
        /** A flow that enforcement would have denied. */
        AUDITED,
        /** A live session met another epoch and goes on. */
        REJUDGED
    }

    Kind kind();

    /** Monotonic time. */
    long timeNs();

    /** How long the session lived, 0 where there is none. */
    long durationNs();

    int epoch();

    FlowEnds ends();

    int sourceIdentity();

    int destinationIdentity();

    /** Number of the rule that decided the source's side, 0 for none. */
    int egressRule();

    /** Number of the rule that decided the destination's side, 0 for none. */
    int ingressRule();

    /** Code of the {@code DropReason}, 0 when allowed; of an audited flow the one it would have had. */
    int reason();

    /** One of {@link io.weir.datapath.policy.Action}: what was enforced. */
    int action();

    /** What would have been done under enforcement. */
    int auditAction();

    /** Number of the rule that would have decided, 0 for default deny. */
    int auditRule();

    long packets();

    long bytes();

    long replyPackets();

    long replyBytes();

    /** The switch's number of the port. */
    int ingressPort();

    /** The switch's number of the port, -1 where none was chosen. */
    int egressPort();
}
