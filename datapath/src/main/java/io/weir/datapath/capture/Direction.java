package io.weir.datapath.capture;

import java.util.Locale;

/** Which way a captured frame went, seen from the switch. */
public enum Direction {
    /** Arrived on the port. */
    RX,
    /** Left by the port, or would have. */
    TX,
    /** A capture file that does not say. */
    UNKNOWN;

    /** Lower-case name, the same in captures, documents and the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
