package io.weir.control.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Functions of the launcher, which is a script in the folder above this module. */
@Timeout(60)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "weir").toAbsolutePath().normalize();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path runtime;

    /** Sources the launcher, and runs words with {@code $1} as the folder of generations. */
    private String bash(String words) throws IOException, InterruptedException {
        String script = "source " + LAUNCHER + "; runtime=$1; " + words;
        Process process = new ProcessBuilder("bash", "-c", script, "test", runtime.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), printed);
        assertEquals(0, process.exitValue(), printed);
        return printed;
    }

    @Test
    void shouldExplainAVerb() throws Exception {
        String stubs = "build() { :; }; product() { echo \"$@\"; }; ";

        assertEquals("cli sas add --help\n", bash(stubs + "main help sas add"));
        assertEquals("cli --help\n", bash(stubs + "main help"));
        assertEquals("cli --help\n", bash(stubs + "main --help"));
    }

    @Test
    void shouldKeepTheGenerationThatADaemonRunsFrom() throws Exception {
        for (String generation : new String[] {"100", "101", "102", "103"}) {
            Files.createDirectories(runtime.resolve(generation).resolve("lib"));
        }
        // A process with the words of a daemon, which ends with its input.
        Process daemon = new ProcessBuilder(
                        "bash", "-c", "echo up; read -r _ || true", "@" + runtime.toRealPath() + "/100/daemon.args")
                .start();
        try {
            assertEquals('u', daemon.getInputStream().read());

            bash("remove_generations");
            assertEquals("100\n102\n103\n", bash("ls \"$1\""));
        } finally {
            daemon.getOutputStream().close();
        }
        assertTrue(daemon.waitFor(30, TimeUnit.SECONDS));

        bash("remove_generations");
        assertEquals("102\n103\n", bash("ls \"$1\""));
    }
}
