package io.weir.control.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.control.v1.FlowRecord;

/**
 * New records, for whoever watches. Each watcher has a bounded queue of its own; what does not fit is counted and told to it,
 * and nobody waits.
 *
 * <p>Threading: any thread; guarded by its own lock. {@link #publish} does not block.
 */
public final class RecordFeed {
    /** Records that wait for a watcher, at most. */
    public static final int CAPACITY = 4096;

    private final List<Watcher> watchers = new ArrayList<>();

    /** Hands a record to every watcher that has room. */
    public synchronized void publish(FlowRecord record) {
        for (Watcher watcher : watchers) {
            if (watcher.waiting.size() < CAPACITY) {
                watcher.waiting.add(record);
            } else {
                watcher.shed++;
            }
        }
        if (!watchers.isEmpty()) {
            notifyAll();
        }
    }

    /** Begins to collect records. */
    public synchronized Watcher watch() {
        Watcher watcher = new Watcher();
        watchers.add(watcher);
        return watcher;
    }

    /** Whoever watches; closed when it no longer does. */
    public final class Watcher implements AutoCloseable {
        private final Deque<FlowRecord> waiting = new ArrayDeque<>();
        private long shed;

        /** The next record, waiting for it for that long at most; null when there is none. */
        public @Nullable FlowRecord poll(long timeoutMs) throws InterruptedException {
            synchronized (RecordFeed.this) {
                if (waiting.isEmpty() && timeoutMs > 0) {
                    RecordFeed.this.wait(timeoutMs);
                }
                return waiting.poll();
            }
        }

        /** Records that did not fit since this was asked last. */
        public long takeShed() {
            synchronized (RecordFeed.this) {
                long taken = shed;
                shed = 0;
                return taken;
            }
        }

        @Override
        public void close() {
            synchronized (RecordFeed.this) {
                watchers.remove(this);
            }
        }
    }
}
