package io.weir.datapath.capture;

import java.util.Locale;

/** What became of a captured frame. */
public enum CaptureVerdict {
    /** Arrived and goes on to at least one way out; on the way out: sent. */
    FORWARDED(0),
    /** Taken by the switch for itself. */
    CONSUMED(1),
    /** Dropped, on arrival or on the way out. */
    DROPPED(2);

    private final int code;

    CaptureVerdict(int code) {
        this.code = code;
    }

    /** Number that stands for the verdict in a capture ring, 0 to 3. */
    int code() {
        return code;
    }

    /** The verdict with that number, which must be one of those defined. */
    static CaptureVerdict ofCode(int code) {
        return switch (code) {
            case 0 -> FORWARDED;
            case 1 -> CONSUMED;
            case 2 -> DROPPED;
            default -> throw new IllegalArgumentException("capture verdict code must be 0 to 2: was " + code);
        };
    }

    /** Lower-case name, the same in captures, documents and the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
