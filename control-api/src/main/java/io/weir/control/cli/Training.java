package io.weir.control.cli;

import java.io.IOException;
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

    /** Two components that may talk. */
    private static final String MANIFEST = """
            apiVersion: weir/v1
            kind: Component
            metadata: {id: a}
            spec:
              identity: {instances: [{port: a, mac: "52:54:00:00:00:01", ips: [192.0.2.1]}]}
              egress: [{id: out, to: [{component: b}], l4: [{protocol: tcp, ports: "443"}], action: allow}]
            ---
            apiVersion: weir/v1
            kind: Component
            metadata: {id: b}
            spec:
              identity: {instances: [{port: b, mac: "52:54:00:00:00:02", ips: [192.0.2.2]}]}
              ingress: [{id: in, from: [{component: a}], l4: [{protocol: tcp, ports: "443"}], action: allow}]
            """;

    /** Arguments: the daemon's pid, its socket, which may not be there yet, and its configuration. Fails when a verb does. */
    public static void main(String[] args) throws IOException, InterruptedException {
        await(Long.parseLong(args[0]), Path.of(args[1]));
        String socket = "--socket=" + args[1];
        String manifest = Files.writeString(Path.of(args[2]).resolveSibling("policy.yaml"), MANIFEST)
                .toString();
        List<List<String>> verbs = List.of(
                List.of("ports", socket),
                List.of("ports", "-o", "json", socket),
                List.of("fdb", socket),
                List.of("fdb", "flush", "-o", "json", socket),
                List.of("groups", "-o", "json", socket),
                List.of("stats", socket),
                List.of("stats", "-o", "json", socket),
                List.of("events", socket),
                List.of("apply", "--dry-run", "-f", manifest, socket),
                List.of("apply", "-f", manifest, "--reason", "training", socket),
                List.of("apply", "--delete", "Component/a", "--delete", "Component/b", socket),
                List.of("rollback", "1", socket),
                List.of("history", socket),
                List.of("show", socket),
                List.of("diff", "1", "2", socket),
                List.of("components", socket),
                List.of("explain", "a", "b", "tcp/443", socket),
                List.of("explain", "a", "b", "tcp/443", "-o", "json", socket),
                List.of("grant", "list", socket),
                List.of("quarantine", socket),
                List.of("flows", socket),
                List.of("flows", "-o", "json", socket),
                List.of("sessions", socket),
                List.of("map", socket),
                List.of("map", "-o", "svg", socket),
                List.of("top", "--once", socket),
                List.of("validate", "-f", manifest),
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
