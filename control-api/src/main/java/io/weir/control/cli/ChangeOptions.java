package io.weir.control.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** Options of every verb that makes a revision. */
final class ChangeOptions {
    @Option(
            names = "--expect",
            paramLabel = "N",
            description = "Refuse when the newest revision is not N (0: when there is any).")
    @Nullable
    Integer expect;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why; kept with the revision.")
    String reason = "";

    @Option(names = "--dry-run", description = "Only tell what would happen, also to live flows.")
    boolean dryRun;
}
