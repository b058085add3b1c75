package io.weir.datapath.session;

/**
 * How many live sessions each scope of limits has.
 *
 * <p>Threading: owned by one worker.
 */
public final class LimitCounts {
    /** Room for so many scopes with live sessions. */
    public LimitCounts(int scopes) {}

    /** Makes room for so many scopes. Not for the hot path. */
    public void reserve(int scopes) {}

    /** Live sessions of a scope. */
    public int count(int scope) {
        return 0;
    }

    /** A session of the scope has begun; false, and nothing counted, when there is no room for another scope. */
    public boolean add(int scope) {
        return true;
    }

    /** A session of the scope has ended. */
    public void remove(int scope) {}

    /** Forgets all counts. */
    public void clear() {}
}
