package io.weir.control.repository;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A real process that writes, and {@code kill -9} in the middle of it, again and again over the same file. */
@Timeout(120)
class RepositoryKillTest {
    private static final int KILLS = 8;
    private static final long SEED = 0x5E55101DL;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @Test
    void shouldHoldEverythingAcknowledgedWhenTheWriterIsKilled() throws Exception {
        Random random = new Random(SEED);
        int acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged = writeAndKill(1 + random.nextInt(60));

            try (EmbeddedRepository repository = new EmbeddedRepository(folder)) {
                int head = repository.head();
                assertTrue(head >= acknowledged, "acknowledged " + acknowledged + ", found " + head);
                int about = Integer.parseInt(repository.record("about").orElseThrow());
                assertTrue(about == head || about == head + 1, "about " + about + ", head " + head);
                for (int number = Math.max(1, head - 5); number <= head; number++) {
                    checkRevision(repository, number);
                }
            }
        }
        assertTrue(acknowledged > KILLS);
    }

    /** The last number that the writer printed before it was killed; more may be on the way. */
    private int writeAndKill(int lines) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int last = 0;
        try (BufferedReader out = writer.inputReader()) {
            for (int i = 0; i < lines; i++) {
                last = Integer.parseInt(out.readLine());
            }
            // Through its handle, because the process itself would close its output too.
            boolean _ = writer.toHandle().destroyForcibly();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                last = Integer.parseInt(line);
            }
        }
        assertTrue(writer.waitFor(20, TimeUnit.SECONDS));
        return last;
    }

    private static void checkRevision(Repository repository, int number) {
        Revision revision = repository.read(number).orElseThrow();
        for (StoredDocument document : KilledWriter.changed(number)) {
            assertEquals(
                    1, revision.documents().stream().filter(document::equals).count(), document.id());
        }
    }
}
