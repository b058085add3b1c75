package io.weir.datapath.session;

/**
 * How many live sessions each scope of {@link io.weir.datapath.policy.Limits} has. Open addressing with linear probing, no more
 * than half full; a scope without sessions takes no room.
 *
 * <p>Threading: owned by one worker.
 */
public final class LimitCounts {
    private static final int MAX_SCOPES = 1 << 24;

    private int[] scopes; // [slot] scope, 0 when empty
    private int[] counts; // [slot] live sessions of the scope
    private int mask;
    private int used;
    private int room;

    /** Room for so many scopes with live sessions, 1 to 2^24. */
    public LimitCounts(int room) {
        if (room < 1 || room > MAX_SCOPES) {
            throw new IllegalArgumentException("room for limit scopes must be 1 to " + MAX_SCOPES + ": was " + room);
        }
        int slots = slotsFor(room);
        this.room = room;
        scopes = new int[slots];
        counts = new int[slots];
        mask = slots - 1;
    }

    private static int slotsFor(int room) {
        return Integer.highestOneBit(room) << 2;
    }

    /** Makes room for so many scopes with live sessions, as before a policy with that many takes over. Not for the hot path. */
    public void reserve(int moreRoom) {
        if (moreRoom <= room) {
            return;
        }
        LimitCounts larger = new LimitCounts(moreRoom);
        for (int slot = 0; slot < scopes.length; slot++) {
            if (scopes[slot] != 0) {
                int at = larger.slot(scopes[slot]);
                larger.scopes[at] = scopes[slot];
                larger.counts[at] = counts[slot];
            }
        }
        scopes = larger.scopes;
        counts = larger.counts;
        mask = larger.mask;
        room = moreRoom;
    }

    /** Live sessions of a scope, which is not 0. */
    public int count(int scope) {
        int slot = slot(scope);
        return scopes[slot] == 0 ? 0 : counts[slot];
    }

    /** A session of the scope has begun; false, and nothing counted, when there is no room for another scope. */
    public boolean add(int scope) {
        int slot = slot(scope);
        if (scopes[slot] == 0) {
            if (used == room) {
                return false;
            }
            scopes[slot] = scope;
            counts[slot] = 0;
            used++;
        }
        counts[slot]++;
        return true;
    }

    /** A session of the scope has ended; nothing when it has none. */
    public void remove(int scope) {
        int slot = slot(scope);
        if (scopes[slot] == 0) {
            return;
        }
        counts[slot]--;
        if (counts[slot] == 0) {
            used--;
            close(slot);
        }
    }

    // Moves later scopes back into the gap, so that a search may end at the first empty slot.
    private void close(int vacated) {
        int gap = vacated;
        for (int next = gap + 1 & mask; scopes[next] != 0; next = next + 1 & mask) {
            if ((next - home(scopes[next]) & mask) >= (next - gap & mask)) {
                scopes[gap] = scopes[next];
                counts[gap] = counts[next];
                gap = next;
            }
        }
        scopes[gap] = 0;
    }

    /** Forgets all counts. */
    public void clear() {
        java.util.Arrays.fill(scopes, 0);
        used = 0;
    }

    /** Scopes with live sessions. */
    public int scopes() {
        return used;
    }

    private int slot(int scope) {
        int slot = home(scope);
        while (scopes[slot] != 0 && scopes[slot] != scope) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private int home(int scope) {
        int hash = scope * 0x9E37_79B9;
        return (hash ^ hash >>> 16) & mask;
    }
}
