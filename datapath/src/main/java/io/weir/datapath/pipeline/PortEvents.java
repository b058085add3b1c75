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
        PORT_UP(1),
        /** A port's device went down or disappeared. */
        PORT_DOWN(2),
        /** A spanning-tree frame shut a port with BPDU guard. */
        BPDU_GUARD(3),
        /** A MAC address moved between ports so often that a loop is assumed; the port was shut. */
        LOOP_DETECTED(4),
        /** A shut port's recovery time is over. */
        PORT_RECOVERED(5),
        /** A port has learned as many addresses as it may. */
        MAC_LIMIT(6),
        /** A bound address was seen on another port. */
        MAC_VIOLATION(7),
        /** Storm control began to drop on a port. */
        STORM_BEGAN(8),
        /** Storm control has dropped nothing for a second. */
        STORM_ENDED(9);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** Number of the kind in records. */
        public int code() {
            return code;
        }

        /** The kind with that number. */
        public static Kind ofCode(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("event kind must be 1 to 9: was " + code);
        }
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
