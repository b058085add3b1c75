package io.weir.control.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The build's training run: every verb that a daemon without ports can answer, in one process, so that the AOT cache holds
 * their classes. Part of the build, not of the command line.
 */
final class Training {
    private static final long START_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_MS = 20;

    private Training() {}

    /** Arguments: the daemon's pid, its socket, which may not be there yet, and its configuration. Fails when a verb does. */
    public static void main(String[] args) throws InterruptedException {
        await(Long.parseLong(args[0]), Path.of(args[1]));
        String socket = "--socket=" + args[1];
        List<List<String>> verbs = List.of(
                List.of("ports", socket),
                List.of("ports", "-o", "json", socket),
                List.of("fdb", socket),
                List.of("fdb", "flush", "-o", "json", socket),
                List.of("groups", "-o", "json", socket),
                List.of("stats", socket),
                List.of("stats", "-o", "json", socket),
                List.of("events", socket),
                List.of("validate", "-f", args[2]),
                List.of("version"));
        verbs.forEach(Training::run);
    }

    private static void await(long pid, Path socket) throws InterruptedException {
        long deadlineNs = System.nanoTime() + START_TIMEOUT_NS;
        while (!Files.exists(socket)) {
            if (System.nanoTime() > deadlineNs || ProcessHandle.of(pid).isEmpty()) {
                throw new IllegalStateException("the daemon did not open " + socket + " in time; see its output above");
            }
            Thread.sleep(POLL_MS);
        }
    }

    private static void run(List<String> verb) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        int exitCode = Weir.execute(verb.toArray(new String[0]), Optional.of(nowhere), Optional.empty());
        if (exitCode != ExitCode.DONE) {
            throw new IllegalStateException("verb " + verb + " ended with " + exitCode);
        }
    }
}
