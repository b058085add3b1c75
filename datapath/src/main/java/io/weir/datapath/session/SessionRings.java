package io.weir.datapath.session;

import io.weir.kernel.Memory;

/**
 * Rings of sessions, each of which is in one; of most it is a ring of its own. 8 bytes a session that the kernel gives pages for only
 * where sessions have company.
 *
 * <p>Threading: the worker that owns the table.
 */
final class SessionRings implements AutoCloseable {
    private static final int ENTRY_SHIFT = 3;
    private static final int PREVIOUS = Integer.BYTES;

    private final long address;
    private final long lengthBytes;
    private final SessionLines links; // next and previous, as differences from the session itself: 0 is alone

    SessionRings(int capacity) {
        lengthBytes = (long) capacity << ENTRY_SHIFT;
        address = Memory.map(lengthBytes);
        links = new SessionLines(address);
    }

    /** The session behind it: itself when it is alone. */
    int next(int session) {
        return session + links.getInt(session << ENTRY_SHIFT);
    }

    private int previous(int session) {
        return session + links.getInt((session << ENTRY_SHIFT) + PREVIOUS);
    }

    /** Puts a session that is alone behind another. */
    void link(int before, int session) {
        int after = next(before);
        join(before, session);
        join(session, after);
    }

    /** Takes a session out of its ring. */
    void unlink(int session) {
        int after = next(session);
        if (after != session) {
            join(previous(session), after);
            join(session, session);
        }
    }

    private void join(int before, int after) {
        links.putInt(before << ENTRY_SHIFT, after - before);
        links.putInt((after << ENTRY_SHIFT) + PREVIOUS, before - after);
    }

    @Override
    public void close() {
        Memory.unmap(address, lengthBytes);
    }
}
