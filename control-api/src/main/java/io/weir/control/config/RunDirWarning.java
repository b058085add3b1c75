package io.weir.control.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

import io.weir.identity.document.Problem;

/**
 * A {@code runDir} with a disk behind it under tunnels: the worker stores what it has received in a mapped file there, and waits for
 * the disk whenever the kernel has written the page (ADR 16).
 */
final class RunDirWarning {
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    private RunDirWarning() {}

    /** @param fileSystem type of that which the folder is on, empty when nobody can tell */
    static Optional<Problem> of(Section root, Path runDir, String fileSystem) {
        if (fileSystem.isEmpty() || IN_MEMORY.contains(fileSystem)) {
            return Optional.empty();
        }
        return Optional.of(root.warning(
                ConfigKey.RUN_DIR,
                "is on " + fileSystem
                        + " and not on tmpfs, so that packets from tunnels wait for the disk that sa.received is"
                        + " written to: was " + runDir,
                "name a folder on tmpfs (findmnt -t tmpfs lists them), or mount one there"));
    }

    /** Type of the file system that a folder is on, or will be once it is made, such as {@code tmpfs}; empty when nobody can tell. */
    static String fileSystem(Path folder) {
        Path there = folder;
        while (!Files.exists(there)) {
            Path parent = there.getParent();
            if (parent == null) {
                return "";
            }
            there = parent;
        }
        try {
            return Files.getFileStore(there).type();
        } catch (IOException unknown) {
            return "";
        }
    }
}
