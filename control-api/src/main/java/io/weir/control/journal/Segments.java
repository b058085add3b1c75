package io.weir.control.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The journal's files. A segment's name is the minute it began, UTC, so that names sort by time.
 *
 * <p>Threading: one thread.
 */
final class Segments {
    static final String SUFFIX = ".cq4";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmm", Locale.ROOT);
    private static final String NAME_PATTERN = "\\d{8}-\\d{4}\\.cq4";

    private Segments() {}

    /** Oldest first. */
    static List<Path> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(NAME_PATTERN))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** When a segment began, in ms since 1970. */
    static long beginMs(Path segment) {
        String name = segment.getFileName().toString();
        return LocalDateTime.parse(name.substring(0, name.length() - SUFFIX.length()), NAME)
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
    }

    /** Begin of the newest segment, 0 for none. */
    static long newestMs(Path folder) {
        List<Path> segments = in(folder);
        return segments.isEmpty() ? 0 : beginMs(segments.getLast());
    }

    /**
     * Removes the oldest segments, never the newest, until what is left fits.
     *
     * @return how many were removed
     */
    static int trim(Path folder, long maxBytes, Instant oldest) throws IOException {
        List<Path> segments = in(folder);
        long bytes = 0;
        for (Path segment : segments) {
            bytes += Files.size(segment);
        }
        int removed = 0;
        while (removed < segments.size() - 1) {
            Path eldest = segments.get(removed);
            boolean aged = Files.getLastModifiedTime(eldest).toInstant().isBefore(oldest);
            if (!aged && bytes <= maxBytes) {
                break;
            }
            bytes -= Files.size(eldest);
            Files.delete(eldest);
            removed++;
        }
        return removed;
    }
}
