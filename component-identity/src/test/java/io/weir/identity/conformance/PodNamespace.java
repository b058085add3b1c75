package io.weir.identity.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A network namespace of this test's own, made and deleted with {@code ip}. */
record PodNamespace(String name) implements AutoCloseable {
    /** Whether this process runs as root, whom the kernel lets make namespaces. */
    static boolean permitted() {
        try {
            return Files.getOwner(Path.of("/proc/self")).getName().equals("root");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell who owns this process", e);
        }
    }

    /** Makes {@code wp-<process>-<role>} with loopback up. */
    static PodNamespace create(String role) {
        PodNamespace namespace =
                new PodNamespace("wp-" + ProcessHandle.current().pid() + '-' + role);
        ip(List.of("netns", "add", namespace.name), "");
        namespace.batch(List.of("link set lo up"));
        return namespace;
    }

    /** Runs commands of {@code ip} inside. */
    void batch(List<String> commands) {
        ip(List.of("-n", name, "-batch", "-"), String.join("\n", commands) + '\n');
    }

    private static void ip(List<String> words, String input) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(words);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output + input);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + String.join(" ", command), e);
        }
    }

    @Override
    public void close() {
        ip(List.of("netns", "delete", name), "");
    }
}
