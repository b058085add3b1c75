package io.weir.datapath.pipeline;

/**
 * Where a stage reports what an operator must hear of. Events are rare by construction: a stage reports a change of state,
 * never each packet.
 *
 * <p>Threading: called by one worker; implementations do not block and do not allocate.
 */
public interface PortEvents {
    /** What happened. */
    enum Kind {
        /** A port's device came up, or came back. */
        PORT_UP,
        /** A port's device went down or disappeared. */
        PORT_DOWN,
        /** A spanning-tree frame shut a port with BPDU guard. */
        BPDU_GUARD,
        /** A MAC address moved between ports so often that a loop is assumed; the port was shut. */
        LOOP_DETECTED,
        /** A shut port's recovery time is over. */
        PORT_RECOVERED,
        /** A port has learned as many addresses as it may. */
        MAC_LIMIT,
        /** A bound address was seen on another port. */
        MAC_VIOLATION,
        /** Storm control began to drop on a port. */
        STORM_BEGAN,
        /** Storm control has dropped nothing for a second. */
        STORM_ENDED
    }

    /**
     * Reports an event.
     *
     * @param port port number it happened on
     * @param mac MAC address in the low 48 bits, 0 where none is concerned
     * @param other a second port number (where the address was before), or -1
     */
    void report(Kind kind, int port, long mac, int other);
}
