package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.Optional;

/** The command line for tests of other packages. */
public final class CommandLines {
    private CommandLines() {}

    /** Runs a verb and returns its exit code. */
    public static int execute(String[] words, PrintWriter out, PrintWriter err) {
        return Weir.execute(words, Optional.of(out), Optional.of(err));
    }
}
