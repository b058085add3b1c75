package io.weir.control.config;

/** A key file that is not used: which, why, and the remedy; never what stands in it. Expected, so without stack trace. */
public final class KeyFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    KeyFileException(String problem, String remedy) {
        super(problem + "; " + remedy);
        this.problem = problem;
        this.remedy = remedy;
        setStackTrace(new StackTraceElement[0]);
    }

    public String problem() {
        return problem;
    }

    public String remedy() {
        return remedy;
    }
}
