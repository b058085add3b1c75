package io.weir.perf.compare;

/** Something that the bench needs did not happen. The message says what, the value seen and, where known, the remedy. */
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    BenchException(String reason) {
        super(reason);
        this.reason = reason;
    }

    BenchException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /** The message, never null. */
    String reason() {
        return reason;
    }
}
