package io.weir.identity.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import io.weir.identity.document.ProblemException;
import io.weir.identity.document.Problems;

/** Files of text that people write, up to {@link ManifestReader#MAX_LENGTH}. */
final class TextFile {
    private TextFile() {}

    /** The text of a UTF-8 file. */
    static String read(Path file, Problems problems) {
        try {
            long length = Files.size(file);
            if (length > ManifestReader.MAX_LENGTH) {
                throw tooLong(length + " bytes", problems);
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            String why =
                    Files.exists(file) ? "cannot be read as UTF-8 text: " + unreadable.getMessage() : "no such file";
            problems.add(0, "", why, "name an existing, readable file");
            throw problems.inOrder();
        }
    }

    static void refuseLong(String text, Problems problems) {
        if (text.length() > ManifestReader.MAX_LENGTH) {
            throw tooLong(text.length() + " characters", problems);
        }
    }

    private static ProblemException tooLong(String length, Problems problems) {
        String problem = "longer than " + ManifestReader.MAX_LENGTH + ": " + length;
        problems.add(0, "", problem, "split it into several files");
        return problems.inOrder();
    }
}
