package io.weir.control.cli;

/** What the process ends with; stable, because scripts depend on it. */
public final class ExitCode {
    public static final int DONE = 0;
    /** Refused, or a check failed. */
    public static final int REFUSED = 1;
    /** Options, a file or a request that cannot be used. */
    public static final int BAD_INPUT = 2;
    /** No daemon answers at the socket. */
    public static final int UNREACHABLE = 3;

    private ExitCode() {}
}
