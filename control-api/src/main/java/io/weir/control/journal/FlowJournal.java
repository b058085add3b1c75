package io.weir.control.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.control.audit.AuditException;
import io.weir.control.audit.AuditSink;
import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.DenyEntry;
import io.weir.control.audit.GrantEntry;
import io.weir.control.audit.QuarantineEntry;
import io.weir.control.v1.FlowRecord;

/**
 * The flow journal: takes records at once, and writes them from a thread of its own.
 *
 * <p>Only telemetry of flows ({@link #telemetry}) may be shed, when the disk is slower than the flows; how many were is
 * counted and becomes a record. Everything else is refused rather than lost when there is no room, so that it stays with
 * whoever offers it: denies wait, summed up, in the aggregator.
 *
 * <p>Threading: any thread offers and none waits; the writer's thread alone touches files. Guarded by its own lock.
 */
public final class FlowJournal implements AuditSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowJournal.class);

    /** Records that wait for the writer, at most. */
    static final int CAPACITY = 131_072;
    /** Of them telemetry fills so many at most: the rest is for what must not be lost. */
    static final int TELEMETRY_CAPACITY = CAPACITY / 2;

    private static final int BATCH = 512;
    private static final long PAUSE_NS = 20_000_000;
    private static final long RETRY_NS = 1_000_000_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;
    private static final long MICROS_PER_MS = 1_000;

    private final JournalSettings settings;
    private final Clock wallClock;
    private final LongSupplier freeBytes;
    private final Consumer<FlowRecord> listener;
    private final Thread thread;
    private final Deque<FlowRecord> waiting = new ArrayDeque<>();
    private @Nullable SegmentWriter writer;
    private long sequence;
    private long writtenSequence;
    private long shed;
    private long shedTold;
    private String problem = "";
    private boolean closing;

    /**
     * Opens the journal; a folder that cannot be used shows in {@link #problem}, and is tried again.
     *
     * @param listener gets every record in the order of their numbers, under the journal's lock; must not block
     */
    public static FlowJournal open(JournalSettings settings, Consumer<FlowRecord> listener) {
        FlowJournal journal =
                new FlowJournal(settings, Clock.systemUTC(), () -> freeBytes(settings.folder()), listener);
        journal.start();
        return journal;
    }

    FlowJournal(JournalSettings settings, Clock wallClock, LongSupplier freeBytes, Consumer<FlowRecord> listener) {
        this.settings = settings;
        this.wallClock = wallClock;
        this.freeBytes = freeBytes;
        this.listener = listener;
        // Numbers of a later daemon are higher than those of an earlier one.
        sequence = wallClock.millis() * MICROS_PER_MS;
        writtenSequence = sequence;
        thread = Thread.ofPlatform().name("weir-journal").daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private static long freeBytes(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException unknown) {
            return 0;
        }
    }

    @Override
    public String name() {
        return "journal";
    }

    @Override
    public void denies(DenyEntry entry) {
        require(JournalMessages.denies(entry));
    }

    @Override
    public void change(ChangeEntry entry) {
        require(JournalMessages.change(entry));
    }

    @Override
    public void grant(GrantEntry entry) {
        require(JournalMessages.grant(entry));
    }

    @Override
    public void quarantine(QuarantineEntry entry) {
        require(JournalMessages.quarantine(entry));
    }

    private synchronized void require(FlowRecord.Builder record) {
        if (closing || waiting.size() >= CAPACITY || (!problem.isEmpty() && waiting.size() >= TELEMETRY_CAPACITY)) {
            throw new AuditException(
                    closing ? "is closing" : problem.isEmpty() ? "the disk is slower than the records" : problem);
        }
        enqueue(record);
    }

    /**
     * Takes a record of a flow, or sheds it; listeners get it either way.
     *
     * @return whether it was taken
     */
    public synchronized boolean telemetry(FlowRecord.Builder record) {
        if (closing || waiting.size() >= TELEMETRY_CAPACITY || !problem.isEmpty()) {
            shed++;
            listener.accept(record.setSequence(++sequence).build());
            return false;
        }
        enqueue(record);
        return true;
    }

    /** Telemetry that was lost before it came here, by the datapath's own count. */
    public synchronized void shed(long records) {
        shed += records;
    }

    private void enqueue(FlowRecord.Builder record) {
        FlowRecord numbered = record.setSequence(++sequence).build();
        waiting.add(numbered);
        listener.accept(numbered);
    }

    /** Records of flows that are missing in the journal since the start. */
    public synchronized long shed() {
        return shed;
    }

    /** Why records cannot be written, one line; empty when they are. */
    public synchronized String problem() {
        return problem;
    }

    /** Number of the latest record. */
    public synchronized long sequence() {
        return sequence;
    }

    /** Where its files are. */
    public Path folder() {
        return settings.folder();
    }

    /**
     * Waits until the record of that number is in the files, or cannot be.
     *
     * @return whether it is
     */
    public synchronized boolean awaitWritten(long number, long timeoutMs) throws InterruptedException {
        long deadlineNs = System.nanoTime() + timeoutMs * 1_000_000;
        while (writtenSequence < number && !closing) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return writtenSequence >= number;
    }

    private void run() {
        while (true) {
            List<FlowRecord> batch = next();
            if (batch.isEmpty() && isClosing()) {
                break;
            }
            if (!write(batch)) {
                if (isClosing()) {
                    break;
                }
                LockSupport.parkNanos(RETRY_NS);
            } else if (batch.isEmpty()) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
        closeWriter();
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    /** The records to write next; they stay in the queue until they are written. */
    private synchronized List<FlowRecord> next() {
        List<FlowRecord> batch = new ArrayList<>(Math.min(BATCH, waiting.size()));
        for (FlowRecord record : waiting) {
            if (batch.size() == BATCH) {
                break;
            }
            batch.add(record);
        }
        return batch;
    }

    /** Whether the files are in order and the whole batch is in them. */
    private boolean write(List<FlowRecord> batch) {
        if (batch.isEmpty() && writer == null && idle()) {
            // A switch without policy has nothing to record, and needs no files.
            return true;
        }
        int written = 0;
        String failure = "";
        try {
            SegmentWriter target = writer();
            target.rollWhenDue();
            writeShed(target);
            for (FlowRecord record : batch) {
                target.append(record);
                written++;
            }
        } catch (IOException | RuntimeException | InternalError failed) {
            // InternalError is what a mapped file throws when its disk is full or gone.
            failure = failed instanceof IOException ? String.valueOf(failed.getMessage()) : failed.toString();
            closeWriter();
        }
        done(written, failure);
        return failure.isEmpty();
    }

    private synchronized boolean idle() {
        return problem.isEmpty() && shed == shedTold;
    }

    private SegmentWriter writer() throws IOException {
        SegmentWriter open = writer;
        if (open == null) {
            Files.createDirectories(settings.folder());
            open = new SegmentWriter(settings, wallClock, freeBytes);
            writer = open;
        }
        return open;
    }

    /** What was shed since it was told last becomes a record of its own. */
    private void writeShed(SegmentWriter target) throws IOException {
        FlowRecord told;
        long records;
        synchronized (this) {
            records = shed;
            if (records == shedTold) {
                return;
            }
            told = JournalMessages.shed(wallClock.instant(), records - shedTold, "the journal")
                    .setSequence(++sequence)
                    .build();
        }
        target.append(told);
        synchronized (this) {
            shedTold = records;
            listener.accept(told);
        }
    }

    private synchronized void done(int written, String failure) {
        for (int i = 0; i < written; i++) {
            writtenSequence = waiting.remove().getSequence();
        }
        if (waiting.isEmpty() && failure.isEmpty()) {
            writtenSequence = sequence;
        }
        if (!failure.isEmpty() && problem.isEmpty()) {
            LOG.error("the journal cannot be written; records of flows are shed and counted, denies wait: {}", failure);
        } else if (failure.isEmpty() && !problem.isEmpty()) {
            LOG.info("the journal is written again; {} records of flows were shed so far", shed);
        }
        problem = failure;
        notifyAll();
    }

    private void closeWriter() {
        SegmentWriter open = writer;
        writer = null;
        if (open != null) {
            try {
                open.close();
            } catch (RuntimeException | InternalError failed) {
                LOG.error("closing the journal failed", failed);
            }
        }
    }

    /** Writes what waits, for some seconds at most, and closes the files. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
