package io.weir.control.grpc;

import java.time.Instant;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.grpc.stub.ServerCallStreamObserver;

import io.weir.control.flow.FlowRecorder;
import io.weir.control.flow.RecordFeed;
import io.weir.control.journal.FlowJournal;
import io.weir.control.journal.JournalMessages;
import io.weir.control.journal.JournalReader;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowsRequest;

/**
 * One caller of {@code Flows}: what the journal holds, then what comes. New records are collected while the journal is read,
 * so that none falls between; a caller that stalls holds this thread and no other, and is told how many records it missed.
 *
 * <p>Threading: runs on a platform thread of its own, as {@link JournalReader} needs.
 */
final class FlowsCall implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowsCall.class);
    private static final long WRITTEN_TIMEOUT_MS = 2_000;
    private static final long POLL_MS = 250;

    private final FlowRecorder recorder;
    private final FlowsRequest request;
    private final ServerCallStreamObserver<FlowRecord> observer;
    private final FlowFilter filter;
    private final ReaderPace pace;

    FlowsCall(FlowRecorder recorder, FlowsRequest request, ServerCallStreamObserver<FlowRecord> observer) {
        this.recorder = recorder;
        this.request = request;
        this.observer = observer;
        this.filter = new FlowFilter(request);
        this.pace = new ReaderPace(observer);
    }

    @Override
    public void run() {
        try (RecordFeed.Watcher watcher = recorder.feed().watch()) {
            long begun = recorder.journal().sequence();
            boolean past = request.hasSince() || !request.getFollow();
            if ((!past || history(begun)) && request.getFollow()) {
                follow(watcher, past ? begun : 0);
            }
            if (!observer.isCancelled()) {
                observer.onCompleted();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            if (!observer.isCancelled()) {
                observer.onError(Answers.status(failed));
            }
        }
    }

    /** Sends what the journal holds up to that record; whether the caller is still there. */
    private boolean history(long last) throws InterruptedException {
        FlowJournal journal = recorder.journal();
        boolean written = journal.awaitWritten(last, WRITTEN_TIMEOUT_MS);
        Instant since = request.hasSince() ? JournalMessages.instant(request.getSince()) : Instant.EPOCH;
        try (JournalReader reader = new JournalReader(journal.folder(), since)) {
            FlowRecord record = reader.next();
            while (record != null && record.getSequence() <= last) {
                if (filter.test(record) && !send(record)) {
                    return false;
                }
                tell(reader);
                record = reader.next();
            }
            tell(reader);
        }
        return written
                || send(JournalMessages.shed(Instant.now(), 0, "journal: " + journal.problem())
                        .build());
    }

    private void tell(JournalReader reader) throws InterruptedException {
        for (String damage : reader.damages()) {
            LOG.warn("journal: {}", damage);
            boolean _ = send(
                    JournalMessages.shed(Instant.now(), 0, "journal: " + damage).build());
        }
    }

    private void follow(RecordFeed.Watcher watcher, long after) throws InterruptedException {
        while (!observer.isCancelled()) {
            FlowRecord record = watcher.poll(POLL_MS);
            long shed = watcher.takeShed();
            if (record != null && record.getSequence() > after && filter.test(record) && !send(record)) {
                return;
            }
            if (shed > 0
                    && !send(JournalMessages.shed(Instant.now(), shed, "this stream: it is read too slowly")
                            .build())) {
                return;
            }
        }
    }

    private boolean send(FlowRecord record) throws InterruptedException {
        if (!pace.await()) {
            return false;
        }
        observer.onNext(record);
        return true;
    }
}
