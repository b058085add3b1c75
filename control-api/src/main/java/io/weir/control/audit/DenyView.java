package io.weir.control.audit;

/**
 * One count of denied packets, as the datapath hands it over; valid only during the call. The datapath's flyweight, seen
 * from here.
 *
 * <p>Threading: the thread that drains.
 */
public interface DenyView {
    /** {@link #ingressPort} of a count for whose key the datapath had no room: identities and rule are 0 then. */
    int ANY_PORT = -1;

    int sourceIdentity();

    int destinationIdentity();

    /** Number of the rule, 0 for default deny. */
    int rule();

    /** Code of the {@code DropReason}. */
    int reason();

    /** The switch's number of the port, or {@link #ANY_PORT}. */
    int ingressPort();

    /** One of {@link io.weir.datapath.policy.Action}; ALLOW where audit mode let the packets pass. */
    int action();

    /** Packets since the count was last handed over, 1 up. */
    long packets();

    /** Their bytes, as frames. */
    long bytes();

    /** Monotonic time of the first of them. */
    long firstNs();

    /** Monotonic time of the last of them. */
    long lastNs();

    /** Epoch that judged the last of them. */
    int epoch();

    /** Addresses of the last of them. */
    FlowEnds lastFlow();
}
