package io.weir.perf.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class CommandTest {
    @TempDir
    private Path directory;

    @Test
    void shouldKeepBothOutputsApartWhenACommandEnds() {
        Command.Outcome outcome =
                Command.attempt(Duration.ofSeconds(10), List.of("sh", "-c", "echo out; echo err >&2; exit 3"));

        assertEquals(new Command.Outcome(3, "out\n", "err\n"), outcome);
    }

    @Test
    void shouldSayTheLastWordsWhenACommandMustSucceedButFails() {
        BenchException thrown = assertThrows(
                BenchException.class, () -> Command.run("sh", "-c", "echo first >&2; echo cause >&2; exit 4"));

        assertTrue(thrown.reason().endsWith("exited with 4: cause"), thrown.reason());
    }

    @Test
    void shouldNameTheProgramWhenItDoesNotExist() {
        BenchException thrown = assertThrows(BenchException.class, () -> Command.run("weir-no-such-program"));

        assertTrue(thrown.reason().contains("weir-no-such-program"), thrown.reason());
    }

    @Test
    void shouldGiveUpWhenACommandDoesNotEnd() {
        BenchException thrown = assertThrows(
                BenchException.class, () -> Command.attempt(Duration.ofMillis(50), List.of("sleep", "60")));

        assertTrue(thrown.reason().contains("did not end"), thrown.reason());
    }

    @Test
    void shouldSayTheLastWordsWhenAChildEndsBeforeItIsReady() {
        try (ChildProcess child = start("echo cannot bind; exit 7")) {
            BenchException thrown =
                    assertThrows(BenchException.class, () -> child.awaitReady(Duration.ofSeconds(10), () -> false));

            assertEquals("child ended with 7: cannot bind", thrown.reason());
        }
    }

    @Test
    void shouldGiveUpWhenAChildIsNeverReady() {
        try (ChildProcess child = start("echo thinking; exec sleep 60")) {
            BenchException thrown =
                    assertThrows(BenchException.class, () -> child.awaitReady(Duration.ofMillis(200), () -> false));

            assertTrue(thrown.reason().startsWith("child was not ready within"), thrown.reason());
        }
    }

    @Test
    void shouldEndTheWholeFamilyWhenAChildIsClosed() {
        ChildProcess child = start("sleep 60 & echo READY; wait");
        child.awaitReady(Duration.ofSeconds(10), () -> child.output().contains("READY"));
        List<ProcessHandle> family = child.family();

        child.close();

        assertEquals(2, family.size());
        assertFalse(family.stream().anyMatch(ProcessHandle::isAlive));
    }

    private ChildProcess start(String script) {
        return ChildProcess.start("child", directory.resolve("child.log"), Map.of(), List.of("sh", "-c", script));
    }
}
