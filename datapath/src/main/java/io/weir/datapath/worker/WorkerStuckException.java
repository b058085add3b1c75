package io.weir.datapath.worker;

/** A worker that does not answer: nothing that it may still hold can be taken away. */
final class WorkerStuckException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    WorkerStuckException(String message) {
        super(message);
    }
}
