package io.weir.control.grpc;

import io.grpc.stub.ServerCallStreamObserver;

/**
 * The pace of a caller that reads a stream: a sender waits here until the transport takes more.
 *
 * <p>Threading: one sender waits; {@link #wake} is called by the transport's threads.
 */
final class ReaderPace {
    private static final long LOOK_AGAIN_MS = 500;

    private final ServerCallStreamObserver<?> observer;

    ReaderPace(ServerCallStreamObserver<?> observer) {
        this.observer = observer;
        observer.setOnReadyHandler(this::wake);
        observer.setOnCancelHandler(this::wake);
    }

    /** The caller has read, or is gone. */
    synchronized void wake() {
        notifyAll();
    }

    /**
     * Waits for the caller.
     *
     * @return whether it is still there
     */
    synchronized boolean await() throws InterruptedException {
        while (!observer.isReady() && !observer.isCancelled()) {
            wait(LOOK_AGAIN_MS);
        }
        return !observer.isCancelled();
    }

    /** Waits so long, or until the caller is gone. */
    synchronized void pause(long ms) throws InterruptedException {
        long deadlineNs = System.nanoTime() + ms * 1_000_000;
        long leftMs = ms;
        while (leftMs > 0 && !observer.isCancelled()) {
            wait(leftMs);
            leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        }
    }
}
