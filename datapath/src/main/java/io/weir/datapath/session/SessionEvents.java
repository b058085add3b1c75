package io.weir.datapath.session;

/**
 * What the owner of a table hears. Called on the worker's thread, within the operation that caused it.
 *
 * <p>Threading: the worker that owns the table.
 */
public interface SessionEvents {
    /** Its time was over. */
    int EXPIRED = 1;
    /** It gave way to a new session. */
    int EVICTED = 2;
    /** One of its ports was flushed. */
    int FLUSHED = 3;
    /** {@link SessionTable#end} was called. */
    int ENDED = 4;

    /** For tables that nobody listens to. */
    SessionEvents NONE = (session, cause) -> {};

    /**
     * A session ends. Its fields can still be read; it must not be ended again, nor another one be begun.
     *
     * @param cause {@link #EXPIRED} to {@link #ENDED}
     */
    void ended(int session, int cause);
}
