package io.weir.control.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;

import io.weir.control.v1.FlowRecord;

/**
 * Appends records to segments, begins a new one when the current is large or old enough, and removes what is too much.
 *
 * <p>Threading: one thread.
 */
final class SegmentWriter implements AutoCloseable {
    private static final long MIN_BLOCK_BYTES = 64 << 10;
    private static final long MAX_BLOCK_BYTES = 4 << 20;
    private static final int INDEX_COUNT = 512;
    private static final int INDEX_SPACING = 64;
    // Header, alignment and the record's share of the index.
    private static final int OVERHEAD_BYTES = 8;
    private static final int ROOM_CHECK_RECORDS = 256;

    private final JournalSettings settings;
    private final Clock wallClock;
    private final LongSupplier freeBytes;
    private final SegmentClock segmentClock;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private long segmentBytes;
    private Instant segmentBegan;
    private int untilRoomCheck;

    /** @param freeBytes free bytes of the file system */
    SegmentWriter(JournalSettings settings, Clock wallClock, LongSupplier freeBytes) throws IOException {
        this.settings = settings;
        this.wallClock = wallClock;
        this.freeBytes = freeBytes;
        Files.createDirectories(settings.folder());
        long newestMs = Segments.newestMs(settings.folder());
        segmentClock = new SegmentClock(newestMs, wallClock.millis());
        if (segmentClock.currentTimeMillis() == newestMs) {
            // What another process left is not written to: it may be damaged.
            segmentClock.advance(wallClock.millis());
        }
        segmentBegan = wallClock.instant();
        requireRoom();
        queue = open(settings, segmentClock);
        appender = queue.createAppender();
        trim();
    }

    static SingleChronicleQueue open(JournalSettings settings, SegmentClock clock) {
        return SingleChronicleQueueBuilder.binary(settings.folder())
                .rollCycle(LegacyRollCycles.MINUTELY)
                .timeProvider(clock)
                .blockSize(Math.clamp(settings.segmentBytes() / 4, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES))
                .indexCount(INDEX_COUNT)
                .indexSpacing(INDEX_SPACING)
                .build();
    }

    /**
     * Appends a record.
     *
     * @throws IOException when the file system has no room or refuses; nothing was appended
     */
    void append(FlowRecord record) throws IOException {
        if (--untilRoomCheck <= 0) {
            requireRoom();
        }
        rollWhenDue();
        byte[] bytes = RecordCodec.encode(record);
        appender.writeBytes(out -> out.write(bytes));
        segmentBytes += bytes.length + OVERHEAD_BYTES;
    }

    private void requireRoom() throws IOException {
        long free = freeBytes.getAsLong();
        if (free < settings.reserveBytes()) {
            untilRoomCheck = 0;
            throw new IOException("the file system of " + settings.folder() + " has " + (free >> 20)
                    + " MiB free, less than the " + (settings.reserveBytes() >> 20)
                    + " MiB that the journal leaves; free some");
        }
        untilRoomCheck = ROOM_CHECK_RECORDS;
    }

    /** Begins a new segment when it is time to; also when nothing is written. */
    void rollWhenDue() throws IOException {
        Instant now = wallClock.instant();
        boolean aged = segmentBytes > 0 && !now.isBefore(segmentBegan.plus(settings.segmentAge()));
        if (segmentBytes >= settings.segmentBytes() || aged) {
            segmentClock.advance(now.toEpochMilli());
            segmentBytes = 0;
            segmentBegan = now;
            trim();
        }
    }

    /** Removes segments beyond size and age; room for the next segment is kept. */
    void trim() throws IOException {
        long most = settings.maxBytes() - settings.segmentBytes();
        Instant oldest = wallClock.instant().minus(settings.maxAge());
        if (Segments.trim(settings.folder(), most, oldest) > 0) {
            queue.refreshDirectoryListing();
        }
    }

    @Override
    public void close() {
        appender.close();
        queue.close();
    }
}
