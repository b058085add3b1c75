package io.weir.kernel;

/**
 * A set-up call that the kernel refused: what was tried, its errno and what an operator can do about it. An expected
 * failure, so it carries no stack trace. Hot calls never throw it.
 *
 * <p>Threading: immutable.
 */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final int errno;
    private final String remedy;

    /** A refused call; the errno is negative, as the calls of this module return it */
    public KernelException(String operation, int errno, String remedy) {
        super(null, null, false, false);
        this.operation = operation;
        this.errno = errno;
        this.remedy = remedy;
    }

    /** One line: operation, error, remedy. */
    @Override
    public String getMessage() {
        return reason() + "; " + remedy;
    }

    /** Operation and error. */
    public String reason() {
        return operation + ": " + Errno.describe(errno);
    }

    public String operation() {
        return operation;
    }

    /** Negative errno. */
    public int errno() {
        return errno;
    }

    public String remedy() {
        return remedy;
    }
}
