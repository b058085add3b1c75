package io.weir.control.access;

/** Access cannot be set up as the configuration or command line says: what, value and remedy. Without stack trace. */
public final class AccessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AccessException(String message) {
        super(message, null, false, false);
    }
}
