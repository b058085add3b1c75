package io.weir.control.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(30)
class ConfigReferenceTest {
    private static final Path DOCUMENT = Path.of("../docs/configuration.md");

    @Test
    void shouldEqualTheCommittedReference() throws IOException {
        String printed = ConfigReference.markdown();

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(DOCUMENT, printed);
        }

        assertEquals(Files.readString(DOCUMENT), printed, "run with -Dgolden.update=true and review the diff");
    }
}
