package io.weir.control.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.weir.control.audit.AuditException;
import io.weir.control.audit.AuditSink;

/**
 * Entries about what has happened already. What the sink refuses waits, in order, and is offered again before the next.
 *
 * <p>Threading: guarded by its own lock.
 */
final class AuditQueue {
    private static final Logger LOG = LoggerFactory.getLogger(AuditQueue.class);

    private final AuditSink sink;
    private final Deque<Consumer<AuditSink>> waiting = new ArrayDeque<>();

    AuditQueue(AuditSink sink) {
        this.sink = sink;
    }

    synchronized void offer(Consumer<AuditSink> entry) {
        waiting.add(entry);
        retry();
    }

    /** Offers again what waits. */
    synchronized void retry() {
        try {
            while (!waiting.isEmpty()) {
                waiting.getFirst().accept(sink);
                waiting.removeFirst();
            }
        } catch (AuditException refused) {
            LOG.error("{} cannot record a change, {} wait: {}", sink.name(), waiting.size(), refused.getMessage());
        }
    }
}
