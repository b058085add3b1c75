package io.weir.control.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;

import io.weir.control.v1.FlowRecord;

/**
 * Reads the journal's records in the order they were written, also while it is being written. What is damaged is skipped and
 * told: a record whose checksum is wrong, or the rest of a segment that cannot be followed any further.
 *
 * <p>Threading: one thread, which must be a platform thread: Chronicle Queue keeps state by thread.
 */
public final class JournalReader implements AutoCloseable {
    /** Far more than any record needs; a longer one is damage. */
    private static final int MAX_RECORD_BYTES = 64 << 10;
    // Records are written in the order they were taken, which may differ from that of their times by a little.
    private static final Duration DISORDER = Duration.ofSeconds(10);

    private final Path folder;
    private final Instant since;
    private final List<String> damages = new ArrayList<>();
    private @Nullable SingleChronicleQueue queue;
    private @Nullable ExcerptTailer tailer;
    private long segmentMs;
    private long recordsOfSegment;

    /**
     * A reader at the oldest record of that time or later.
     *
     * @param folder where the journal's files are; may be empty yet
     */
    public JournalReader(Path folder, Instant since) {
        this.folder = folder;
        this.since = since;
    }

    /** The next record, or null when there is none yet: ask again later to follow. */
    public @Nullable FlowRecord next() {
        while (tailer != null || open()) {
            byte[] bytes = read();
            if (bytes == null) {
                if (!pass()) {
                    return null;
                }
                continue;
            }
            FlowRecord record = RecordCodec.decode(bytes);
            recordsOfSegment++;
            if (record == null) {
                damages.add(segment() + ": record " + recordsOfSegment + " is damaged and skipped");
            } else if (!JournalMessages.instant(record.getTime()).isBefore(since)) {
                return record;
            }
        }
        return null;
    }

    /** What was skipped so far, one line each, since this was asked last. */
    public List<String> damages() {
        List<String> told = List.copyOf(damages);
        damages.clear();
        return told;
    }

    /** Whether there is a segment to read. */
    private boolean open() {
        List<Path> segments = Segments.in(folder);
        if (segments.isEmpty()) {
            return false;
        }
        queue = SingleChronicleQueueBuilder.binary(folder)
                .rollCycle(LegacyRollCycles.MINUTELY)
                .readOnly(true)
                .build();
        tailer = queue.createTailer();
        int first = segments.size() - 1;
        while (first > 0 && !beganBefore(segments.get(first))) {
            first--;
        }
        move(segments.get(first));
        return true;
    }

    /** Whether the segment's first record is older than what is wanted, so that earlier segments need not be read. */
    private boolean beganBefore(Path segment) {
        move(segment);
        byte[] bytes = read();
        FlowRecord record = bytes == null ? null : RecordCodec.decode(bytes);
        return record != null
                && JournalMessages.instant(record.getTime()).plus(DISORDER).isBefore(since);
    }

    private void move(Path segment) {
        segmentMs = Segments.beginMs(segment);
        recordsOfSegment = 0;
        try {
            boolean _ = tailer().moveToCycle((int) (segmentMs / SegmentClock.STEP_MS));
        } catch (RuntimeException | InternalError damaged) {
            damages.add(segment() + ": cannot be opened and is skipped: " + damaged);
        }
    }

    private ExcerptTailer tailer() {
        ExcerptTailer open = tailer;
        if (open == null) {
            throw new IllegalStateException("closed");
        }
        return open;
    }

    /** The bytes of the next record of this segment or a later one; null at the end of what can be read. */
    private byte @Nullable [] read() {
        try (DocumentContext document = tailer().readingDocument()) {
            Wire wire = document.isPresent() ? document.wire() : null;
            if (wire == null) {
                return null;
            }
            long ms = tailer().cycle() * SegmentClock.STEP_MS;
            if (ms != segmentMs) {
                segmentMs = ms;
                recordsOfSegment = 0;
            }
            Bytes<?> bytes = wire.bytes();
            long length = bytes.readRemaining();
            byte[] record = new byte[length > MAX_RECORD_BYTES ? 0 : (int) length];
            int _ = bytes.read(record);
            return record;
        } catch (RuntimeException | InternalError damaged) {
            damages.add(segment() + ": cannot be read behind record " + recordsOfSegment + ": " + damaged);
            return null;
        }
    }

    /** Goes on to a newer segment; whether there is one. An orderly end needs none of this: the tailer goes on by itself. */
    private boolean pass() {
        for (Path segment : Segments.in(folder)) {
            if (Segments.beginMs(segment) > segmentMs) {
                byte[] bytes = peek();
                if (bytes == null) {
                    damages.add(segment() + ": ends without its end mark behind record " + recordsOfSegment
                            + "; it is damaged, or its writer was killed");
                    move(segment);
                }
                return true;
            }
        }
        return false;
    }

    /** Looks again: the writer may have ended the segment after it was read to its end, and before its successor was seen. */
    private byte @Nullable [] peek() {
        long index = tailer().index();
        byte[] bytes = read();
        if (bytes != null) {
            boolean _ = tailer().moveToIndex(index);
        }
        return bytes;
    }

    private String segment() {
        for (Path segment : Segments.in(folder)) {
            if (Segments.beginMs(segment) == segmentMs) {
                return segment.getFileName().toString();
            }
        }
        return "a segment that is gone";
    }

    @Override
    public void close() {
        SingleChronicleQueue open = queue;
        queue = null;
        tailer = null;
        if (open != null) {
            open.close();
        }
    }
}
