package io.weir.identity.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.identity.document.ProblemException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Text that is made to hurt is refused before it does. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ManifestLimitsTest {
    private static ProblemException refusal(String yaml) {
        return assertThrows(ProblemException.class, () -> ManifestReader.read("f", yaml));
    }

    @Test
    void shouldRefuseTenMegabytesBeforeReadingThem() {
        String yaml = "a: b\n".repeat(2_000_000);

        assertEquals(
                "f: longer than 4194304: 10000000 characters; split it into several files",
                refusal(yaml).getMessage());
    }

    @Test
    void shouldRefuseALargeFileBeforeReadingIt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("large.yaml"), " ".repeat(ManifestReader.MAX_LENGTH + 1));

        ProblemException refusal = assertThrows(ProblemException.class, () -> ManifestReader.read(file));

        assertEquals(file + ": longer than 4194304: 4194305 bytes; split it into several files", refusal.getMessage());
    }

    @Test
    void shouldRefuseAFileThatIsNotThereOrNoText(@TempDir Path folder) throws IOException {
        Path none = folder.resolve("none.yaml");
        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xFF, 0});

        assertEquals(
                none + ": no such file; name an existing, readable file",
                assertThrows(ProblemException.class, () -> ManifestReader.read(none))
                        .getMessage());
        assertTrue(String.valueOf(assertThrows(ProblemException.class, () -> ManifestReader.read(binary))
                        .getMessage())
                .startsWith(binary + ": cannot be read as UTF-8 text"));
    }

    @Test
    void shouldRefuseAnAliasBomb() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }

        assertEquals(
                "f:2: aliases are refused: was *a0; write the value out",
                refusal(bomb.toString()).getMessage());
    }

    @Test
    void shouldRefuseAnAliasOfItself() {
        assertEquals(
                "f:1: aliases are refused: was *a; write the value out",
                refusal("&a [*a]").getMessage());
    }

    @Test
    void shouldRefuseDeepNesting() {
        String expected = "nested deeper than 32; no manifest needs that";

        assertEquals(
                "f:1: " + expected,
                refusal("[".repeat(ManifestReader.MAX_LENGTH)).getMessage());
        assertEquals("f:1: " + expected, refusal("{a: ".repeat(1_000_000)).getMessage());
        assertEquals("f:1: " + expected, refusal("- ".repeat(2_000_000)).getMessage());
    }

    @Test
    void shouldRefuseTags() {
        assertEquals(
                "f:1: tags are refused: was tag:yaml.org,2002:binary; leave the tag out",
                refusal("a: !!binary aGk=").getMessage());
    }

    @Test
    void shouldRefuseTooManyDocuments() {
        ProblemException refusal = refusal("--- 1\n".repeat(ManifestReader.MAX_DOCUMENTS + 10));

        assertEquals("f:200001: more than 200000 documents; split it into several files", refusal.getMessage());
    }

    @Test
    void shouldTellAThousandMistakesAndCountTheOthers() {
        ProblemException refusal = refusal("x: 1\n".repeat(800_000));

        assertEquals(1001, refusal.errors().size());
        assertEquals(
                "f: 799002 more mistakes are not shown; mend those above first",
                refusal.errors().getLast().toString());
    }
}
