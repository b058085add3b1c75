package io.weir.control.daemon;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Folders that were not there before a start, and files of a folder that were not.
 *
 * <p>Threading: one thread at a time.
 */
final class FreshPaths {
    // No more than these: dataDir, with its sa.state, may be the same folder.
    private static final String TABLES = "{fdb-*,sessions-*,ports}.state";

    // Each before those inside it.
    private final List<Path> missing = new ArrayList<>();
    private final @Nullable Path tables;
    private final Set<Path> tablesBefore = new HashSet<>();

    private FreshPaths(@Nullable Path tables) {
        this.tables = tables;
    }

    /** @param tables a folder whose files belong to the daemon that starts */
    static FreshPaths before(List<Path> folders, @Nullable Path tables) throws IOException {
        FreshPaths fresh = new FreshPaths(tables);
        folders.forEach(fresh::note);
        if (tables != null) {
            fresh.note(tables);
            fresh.tablesBefore.addAll(files(tables));
        }
        return fresh;
    }

    private void note(Path folder) {
        Path path = folder.toAbsolutePath();
        int at = missing.size();
        while (path != null && !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            missing.add(at, path);
            path = path.getParent();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, TABLES)) {
                files.forEach(found::add);
            }
        }
        return found;
    }

    /** Removes the tables that are new, and then what is empty of the folders that are. */
    void remove() throws IOException {
        if (tables != null) {
            for (Path file : files(tables)) {
                if (!tablesBefore.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        for (Path folder : missing.reversed()) {
            try {
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException used) {
                // By somebody else, or of a use that must be kept.
            }
        }
    }
}
