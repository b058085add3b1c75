package io.weir.control.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(30)
class FreshPathsTest {
    @TempDir
    private Path folder;

    @Test
    void shouldRemoveNewTablesOnlyEvenWhereDataDirIsTheirFolder() throws IOException {
        Files.createFile(folder.resolve("fdb-0.state"));
        FreshPaths fresh = FreshPaths.before(List.of(), folder);
        for (String name : List.of("fdb-1.state", "sessions-0.state", "ports.state", "sa.state")) {
            Files.createFile(folder.resolve(name));
        }

        fresh.remove();

        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of("fdb-0.state", "sa.state"),
                    left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }
}
