package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;
import io.weir.control.daemon.Daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Verbs against a daemon with a real switch, over its socket. Without ports, so that no rights are needed. */
@Timeout(60)
class CommandLineTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HostSettings settings;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Daemon daemon;

    private String out = "";
    private String err = "";

    @BeforeEach
    void startDaemon() {
        settings = HostConfig.read(
                "weir.yaml",
                "host: lab\ndataDir: " + folder.resolve("data") + "\nrunDir: " + folder + "\npolicy: {mode: off}\n");
        daemon = new Daemon(settings);
        daemon.start();
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
    }

    private int weir(String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--socket=" + settings.socket());
        return run(arguments.toArray(new String[0]));
    }

    private int run(String... arguments) {
        StringWriter printed = new StringWriter();
        StringWriter complained = new StringWriter();
        int exitCode = Weir.execute(
                arguments, Optional.of(new PrintWriter(printed, true)), Optional.of(new PrintWriter(complained, true)));
        out = printed.toString();
        err = complained.toString();
        return exitCode;
    }

    @Test
    void shouldListNoPortsWhenThereAreNone() {
        assertEquals(ExitCode.DONE, weir("ports"));

        assertEquals("NAME  TYPE  DEVICE  IO  STATE  VLAN  MTU  MACS  RX  TX  DROPS  REASON\n", out);
    }

    @Test
    void shouldPrintAnEmptyListWhenAskedForJson() {
        assertEquals(ExitCode.DONE, weir("ports", "-o", "json"));

        assertEquals("{\n  \"ports\" : [ ]\n}\n", out);
    }

    @Test
    void shouldSayWhoAnswersInTheStatistics() {
        assertEquals(ExitCode.DONE, weir("stats", "-o", "json"));

        assertTrue(out.contains("\"host\" : \"lab\""), out);
        assertTrue(out.contains("\"pid\" : " + ProcessHandle.current().pid()), out);
    }

    @Test
    void shouldEndWithThreeWhenNoDaemonIsThere() {
        int exitCode = run("ports", "--socket=" + folder.resolve("other.sock"));

        assertEquals(ExitCode.UNREACHABLE, exitCode);
        assertTrue(err.contains("no daemon answers at") && err.contains("weir run -c weir.yaml"), err);
    }

    @Test
    void shouldEndWithThreeWhenTheDaemonIsDead() {
        daemon.close();

        assertEquals(ExitCode.UNREACHABLE, weir("ports"));
    }

    @Test
    void shouldEndWithTwoWhenThePortIsUnknown() {
        assertEquals(ExitCode.BAD_INPUT, weir("port", "remove", "vm9"));
        assertEquals("weir: no such port: was \"vm9\"; weir ports lists them\n", err);

        assertEquals(ExitCode.BAD_INPUT, weir("port", "set", "vm9", "mtu=1500"));
        assertEquals(ExitCode.BAD_INPUT, weir("fdb", "--port", "vm9"));
    }

    @Test
    void shouldEndWithTwoAndTheKeyWhenAPortOptionIsWrong() {
        int exitCode =
                weir("port", "add", "--name", "a", "--type", "tap", "--vlan", "access=5000", "--set", "lerning=false");

        assertEquals(ExitCode.BAD_INPUT, exitCode);
        assertTrue(err.contains("vlan.access: must be 1 to 4094: was 5000"), err);
        assertTrue(err.contains("lerning: unknown key; did you mean learning?"), err);
    }

    @Test
    void shouldEndWithTwoWhenTheVlanIsOutOfRange() {
        assertEquals(ExitCode.BAD_INPUT, weir("fdb", "flush", "--vlan", "5000"));

        assertTrue(err.contains("vlan must be 1 to 4094, or 0 for all: was 5000"), err);
    }

    @Test
    void shouldEndWithTwoWhenTheVerbIsUnknown() {
        assertEquals(ExitCode.BAD_INPUT, run("protz"));
        assertTrue(err.contains("try: weir --help"), err);
    }

    @Test
    void shouldNameEveryVerbWhenAskedForHelp() {
        assertEquals(ExitCode.DONE, run("--help"));

        for (String verb : List.of(
                "run",
                "validate",
                "ports",
                "port",
                "fdb",
                "groups",
                "stats",
                "events",
                "capture",
                "replay",
                "apply",
                "confirm",
                "history",
                "show",
                "diff",
                "rollback",
                "components",
                "explain",
                "mode",
                "grant",
                "quarantine",
                "schema",
                "doctor",
                "version")) {
            assertTrue(out.contains("\n  " + verb + " "), verb);
        }
    }

    @Test
    void shouldEndWithTwoWhenACaptureIsRefused() {
        assertEquals(ExitCode.BAD_INPUT, weir("capture", "--port", "vm9"));
        assertTrue(err.contains("was \"vm9\""), err);

        assertEquals(ExitCode.BAD_INPUT, weir("capture", "--snaplen", "9999999"));
        assertTrue(err.contains("capture snaplen must be 1 to 262144 bytes: was 9999999"), err);
    }

    @Test
    void shouldTellMistakesOfAConfiguration() throws IOException {
        Path file = folder.resolve("weir.yaml");
        Files.writeString(file, "policy: {mode: off}\nworkers: 0\n");

        assertEquals(ExitCode.BAD_INPUT, run("validate", "-f", file.toString()));

        assertEquals(file + ":2: workers: must be 1 to 64: was 0; choose a value in that range\n", err);
    }

    @Test
    void shouldFlushNothingWhenNothingWasLearned() {
        assertEquals(ExitCode.DONE, weir("fdb", "flush", "-o", "json"));

        assertEquals("{\n  \"flushed\" : 0\n}\n", out);
    }

    @Test
    void shouldPrintNoEventsWhenNothingHappened() {
        assertEquals(ExitCode.DONE, weir("events"));

        assertEquals("", out);
    }
}
