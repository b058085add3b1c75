package io.weir.control.daemon;

/** The daemon cannot start: what, value and remedy. Everything done so far is undone. Expected, so without stack trace. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
        super(message, null, false, false);
    }
}
