package io.weir.control.policy;

import java.util.List;

import io.weir.identity.document.Problem;

/** A request that is understood and yet not done; nothing changed. Expected, so without stack trace. */
public final class PolicyRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** @param message why, and what to do */
    public PolicyRefusedException(String message) {
        this(message, List.of());
    }

    /** @param problems each with its place, such as embedded tests that fail */
    public PolicyRefusedException(String message, List<Problem> problems) {
        super(message, null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** What stands in the way, where it has a place. */
    public List<Problem> problems() {
        return problems;
    }
}
