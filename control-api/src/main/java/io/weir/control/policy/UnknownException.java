package io.weir.control.policy;

/** Something named that does not exist: what, value, remedy. Expected, so without stack trace. */
public final class UnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownException(String message) {
        super(message, null, false, false);
    }
}
