package io.weir.control.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;

import io.weir.identity.document.Problem;
import io.weir.identity.document.Problems;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Labels of SAs when all numbers of levels are given: an SA with a label must not become one without. */
@Timeout(30)
class SaLabelTest {
    private static final int CATEGORIES = 1024;
    private static final LevelNumbers FULL = full();

    private static LevelNumbers full() {
        LevelNumbers numbers = new LevelNumbers(new Random(1));
        for (int high = 1; numbers.highest() < LevelNumbers.CAPACITY; high++) {
            for (int low = 0; low < high && high < CATEGORIES; low++) {
                int _ = numbers.number(Level.parse("s0:c" + low + ",c" + high));
            }
        }
        return numbers;
    }

    @Test
    void shouldRefuseALevelThatGetsNoNumber() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> SaLabel.parse("u:r:t:s5").number(FULL));

        assertTrue(String.valueOf(refused.getMessage()).contains(": was s5; restart the daemon"), refused.getMessage());
        assertEquals(
                FULL.find(Level.parse("s0:c0,c1")), SaLabel.parse("s0:c0,c1").number(FULL), "known ones stay usable");
    }

    @Test
    void shouldRefuseAnSaOfTheConfigurationWhoseLevelGetsNoNumber(@TempDir Path folder) throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "key files belong to root");
        Path file = Files.writeString(folder.resolve("keys"), "0x1001: " + "a1".repeat(36) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Problems problems = new Problems("weir.yaml");
        var node = new Compose(LoadSettings.builder().build())
                .composeString("{direction: out, spi: 0x1001, label: s5}")
                .orElseThrow();
        Section section = new Section(problems, "peers[0].sas[0]", (MappingNode) node);

        try (KeyFile keys = KeyFile.read(file)) {
            assertTrue(new SaConfig(LevelRange.ALL, keys, FULL).read(section).isEmpty());
        }

        List<String> said =
                problems.inOrder().errors().stream().map(Problem::toString).toList();
        assertEquals(1, said.size(), said::toString);
        assertTrue(said.getFirst().contains("peers[0].sas[0].label: no more than 65535 levels"), said::toString);
    }
}
