package io.weir.datapath;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A document that code writes: compared with what is committed, or with {@code -Ddocs.update=true} written anew. */
final class GeneratedDocument {
    private GeneratedDocument() {}

    static void verify(Path committed, String generated) throws IOException {
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(committed, generated);
        }
        String text = Files.exists(committed) ? Files.readString(committed) : "";
        assertEquals(generated, text, () -> committed + " is out of date: run with -Ddocs.update=true, read the diff");
    }
}
