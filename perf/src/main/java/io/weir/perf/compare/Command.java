package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One external command, run to its end within a bounded time. */
final class Command {
    private static final Duration SHORT = Duration.ofSeconds(30);

    private Command() {}

    /** What a finished command left behind. */
    record Outcome(int exitCode, String stdout, String stderr) {}

    /** Standard output of a command that must succeed within 30 s. */
    static String run(String... command) {
        return run(SHORT, List.of(command));
    }

    /** Standard output of a command that must succeed within {@code timeout}. */
    static String run(Duration timeout, List<String> command) {
        Outcome outcome = attempt(timeout, command);
        if (outcome.exitCode() != 0) {
            String said = outcome.stderr().isBlank() ? outcome.stdout() : outcome.stderr();
            throw new BenchException(
                    "`%s` exited with %d: %s".formatted(String.join(" ", command), outcome.exitCode(), lastLine(said)));
        }
        return outcome.stdout();
    }

    /** Runs a command that may fail. Throws {@link BenchException} only when it cannot start or does not end in time. */
    static Outcome attempt(Duration timeout, List<String> command) {
        Path stdout = scratchFile();
        Path stderr = scratchFile();
        try {
            int exitCode = await(start(command, stdout, stderr), timeout, command);
            return new Outcome(exitCode, Files.readString(stdout), Files.readString(stderr));
        } catch (IOException e) {
            throw new BenchException("cannot read the output of `%s`".formatted(String.join(" ", command)), e);
        } finally {
            stdout.toFile().delete();
            stderr.toFile().delete();
        }
    }

    /** The last line that says anything; tools put the cause there. */
    static String lastLine(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .orElse("(no message)")
                .strip();
    }

    private static Process start(List<String> command, Path stdout, Path stderr) {
        try {
            return new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(stdout.toFile())
                    .redirectError(stderr.toFile())
                    .start();
        } catch (IOException e) {
            throw new BenchException("cannot start `%s`: %s".formatted(command.getFirst(), e.getMessage()), e);
        }
    }

    private static int await(Process process, Duration timeout, List<String> command) {
        try {
            if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted during `%s`".formatted(String.join(" ", command)), e);
        }
        process.destroyForcibly();
        throw new BenchException(
                "`%s` did not end within %d s".formatted(String.join(" ", command), timeout.toSeconds()));
    }

    private static Path scratchFile() {
        try {
            return Files.createTempFile("weir-bench-", ".out");
        } catch (IOException e) {
            throw new BenchException("cannot write to the temporary directory", e);
        }
    }
}
