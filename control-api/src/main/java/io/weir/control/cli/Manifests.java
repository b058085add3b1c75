package io.weir.control.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.weir.control.v1.Manifest;

/** Manifest files as the daemon takes them; it reads them, so that mistakes are told once and the same everywhere. */
final class Manifests {
    private Manifests() {}

    static List<Manifest> read(List<Path> files) {
        return files.stream().map(Manifests::read).toList();
    }

    static Manifest read(Path file) {
        try {
            return Manifest.newBuilder()
                    .setSource(file.toString())
                    .setText(Files.readString(file, StandardCharsets.UTF_8))
                    .build();
        } catch (IOException unreadable) {
            String why =
                    Files.exists(file) ? "cannot be read as UTF-8 text: " + unreadable.getMessage() : "no such file";
            throw new CommandException(ExitCode.BAD_INPUT, file + ": " + why + "; name an existing, readable file");
        }
    }
}
