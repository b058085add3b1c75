package io.weir.identity.document;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used: every mistake in it, in the order of the file. Expected, so without stack trace. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> errors;

    public ProblemException(List<Problem> errors) {
        super(errors.stream().map(Problem::toString).collect(Collectors.joining("\n")), null, false, false);
        this.errors = List.copyOf(errors);
    }

    /** At least one mistake. */
    public List<Problem> errors() {
        return errors;
    }
}
