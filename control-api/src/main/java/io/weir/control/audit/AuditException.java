package io.weir.control.audit;

/** A sink cannot take an entry now: what and why. The entry is still the caller's. Expected, so without stack trace. */
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AuditException(String message) {
        super(message, null, false, false);
    }
}
