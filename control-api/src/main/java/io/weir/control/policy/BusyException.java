package io.weir.control.policy;

/** A question that would take too much beside those under way; asked later it is answered. Expected, so without stack trace. */
public final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is under way, and what to do */
    public BusyException(String message) {
        super(message, null, false, false);
    }
}
