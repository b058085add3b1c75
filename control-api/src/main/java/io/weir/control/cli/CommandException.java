package io.weir.control.cli;

import java.util.List;

import io.weir.identity.document.Problem;

/** Ends a verb with a message for people and an exit code. Expected, so without stack trace. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final transient List<Problem> problems;

    /** @param message what is wrong, the value, and the remedy */
    CommandException(int exitCode, String message) {
        this(exitCode, message, List.of());
    }

    /** @param problems each with its place, told before the message */
    CommandException(int exitCode, String message, List<Problem> problems) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
        return problems;
    }

    int exitCode() {
        return exitCode;
    }
}
