package io.weir.control.daemon;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was opened so far, to be closed in the opposite order. A failure to close one does not keep the others open. When the start has
 * failed, what it made is removed too, where everything that could still use it has been closed.
 *
 * <p>Threading: guarded by its own lock, because a signal may close while the start is still under way.
 */
final class Undo implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final Deque<Step> steps = new ArrayDeque<>();
    private boolean kept;
    private boolean closed;

    /** Removes what a start made. */
    @FunctionalInterface
    interface Removal {
        void remove() throws IOException;
    }

    private record Step(AutoCloseable action, boolean removal) {}

    /** Will close it. When everything is closed already, it is closed at once, and the start ends. */
    synchronized <T extends AutoCloseable> T after(T opening) {
        steps.push(new Step(opening, false));
        endWhenClosed();
        return opening;
    }

    /** Will close it, and remove what it made before that if the start fails. */
    synchronized <T extends AutoCloseable> T after(T opening, Removal removal) {
        steps.push(new Step(opening, false));
        steps.push(new Step(removal::remove, true));
        endWhenClosed();
        return opening;
    }

    /** Will remove that, if the start fails. */
    synchronized void made(Removal removal) {
        steps.push(new Step(removal::remove, true));
        endWhenClosed();
    }

    private void endWhenClosed() {
        if (closed) {
            close();
            throw new StartException("told to stop while starting; start again");
        }
    }

    /** The start has succeeded: nothing is removed any more. */
    synchronized void keep() {
        kept = true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!steps.isEmpty()) {
            Step next = steps.pop();
            if (next.removal() && kept) {
                continue;
            }
            try {
                next.action().close();
            } catch (Exception | Error failed) {
                // What did not close may still use what was made.
                kept = true;
                LOG.error("closing {} failed", next.action().getClass().getSimpleName(), failed);
            }
        }
    }
}
