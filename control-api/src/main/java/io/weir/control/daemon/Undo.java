package io.weir.control.daemon;

import java.util.ArrayDeque;
import java.util.Deque;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was opened so far, to be closed in the opposite order. A failure to close one does not keep the others open.
 *
 * <p>Threading: guarded by its own lock, because a signal may close while the start is still under way.
 */
final class Undo implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private boolean closed;

    /** Will close it. When everything is closed already, it is closed at once, and the start ends. */
    synchronized <T extends AutoCloseable> T after(T opening) {
        opened.push(opening);
        if (closed) {
            close();
            throw new StartException("told to stop while starting; start again");
        }
        return opening;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!opened.isEmpty()) {
            AutoCloseable next = opened.pop();
            try {
                next.close();
            } catch (Exception failed) {
                LOG.error("closing {} failed", next.getClass().getSimpleName(), failed);
            }
        }
    }
}
