package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A process that runs beside the bench until it is closed; its output goes to one log file. */
final class ChildProcess implements AutoCloseable {
    private static final long STOP_TIMEOUT_MS = 5_000;
    private static final long POLL_INTERVAL_MS = 20;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts {@code command} with {@code environment} added to the bench's own. */
    static ChildProcess start(String name, Path log, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(name, builder.start(), log);
        } catch (IOException e) {
            throw new BenchException("%s did not start: %s".formatted(name, e.getMessage()), e);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** This process and all it has started since. */
    List<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** Polls {@code ready} until it holds; fails with the last line of the log when the process ends or time is up. */
    void awaitReady(Duration timeout, BooleanSupplier ready) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new BenchException(
                        "%s ended with %d: %s".formatted(name, process.exitValue(), Command.lastLine(output())));
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new BenchException("%s was not ready within %d s: %s"
                        .formatted(name, timeout.toSeconds(), Command.lastLine(output())));
            }
            pause(POLL_INTERVAL_MS);
        }
    }

    /** Waits for the end and answers with all that was printed. */
    String awaitEnd(Duration timeout) {
        try {
            if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0) {
                return output();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new BenchException("%s failed: %s".formatted(name, Command.lastLine(output())));
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "(log %s cannot be read)".formatted(log);
        }
    }

    /** Asks the process and its children to end, insists after 5 s. */
    @Override
    public void close() {
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroy);
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_TIMEOUT_MS);
        while (family.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - deadlineNs < 0) {
            pause(POLL_INTERVAL_MS);
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }

    /** Lets time pass: between two looks at a condition, or while a measurement runs. */
    static void pause(long durationMs) {
        try {
            Thread.sleep(durationMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
