package io.weir.datapath.session;

/**
 * Finds sessions by their ends and by their security level. Between the same ends there may be many, each at a level of its own:
 * they are different flows, and no packet may get from one to another.
 *
 * <h2>Whose a packet is</h2>
 *
 * A packet that proves a level is of the session at that level. One that proves none is, in the direction in which the session
 * began, of the session that such packets have begun. As a reply it is of the only session between these ends; where there are
 * several nothing tells whose reply it is, and it is of none.
 *
 * <h2>How it is found</h2>
 *
 * The index has one of them, the <em>head</em>, under the hash of the ends: so one look-up is enough for whoever has no twin at
 * another level, and that is nearly everybody. The others, the <em>peers</em>, are indexed under a hash of ends and level, each in
 * buckets of its own, so that a thousand levels are no more work than two. All of them make a ring, for the next one to become the
 * head when the head ends. A session that packets without level have begun is always the head, so there is one at most.
 *
 * <p>Threading: the worker that owns the table.
 */
final class SessionLookup implements AutoCloseable {
    private static final int MISS = SessionTable.MISS;
    private static final int LINE_SHIFT = SessionFields.LINE_SHIFT;
    private static final int ANY_LEVEL = -1;

    private final SessionFields fields;
    private final SessionLines hot;
    private final SessionLines cold;
    private final SessionIndex index;
    private final SessionRings rings;

    @SuppressWarnings("UnusedVariable") // written so that the reads are not left out
    private long prefetched;

    SessionLookup(SessionFields fields, int capacity, long seed) {
        this.fields = fields;
        this.hot = fields.hot;
        this.cold = fields.cold;
        this.index = new SessionIndex(capacity, seed);
        this.rings = new SessionRings(capacity);
    }

    SessionIndex index() {
        return index;
    }

    long hash(SessionKey key) {
        return index.hash(key);
    }

    /** See {@link SessionTable#readAhead}. */
    void readAhead(long[] hashes, int[] guesses, int count) {
        long read = 0;
        for (int i = 0; i < count; i++) {
            read += index.candidates(index.first(hashes[i]), 0, 0);
        }
        for (int i = 0; i < count; i++) {
            int session = guess(hashes[i]);
            guesses[i] = session;
            read += session == MISS ? 0 : hot.getLong(session << LINE_SHIFT) + cold.getLong(session << LINE_SHIFT);
        }
        prefetched = read;
    }

    private int guess(long hash) {
        int bucket = index.first(hash);
        long candidates = index.candidates(bucket, 0, SessionIndex.tag(hash));
        return candidates == 0 ? MISS : index.session(bucket, 0, candidates);
    }

    /** The session that a packet with that key is of, or {@link SessionTable#MISS}. */
    int find(SessionKey key, long hash, int guess) {
        if (guess != MISS
                && fields.state(guess) != SessionState.NONE
                && matches(guess, key, key.scope())
                && admits(guess, key)) {
            return guess;
        }
        int head = head(key, hash);
        if (head == MISS || admits(head, key)) {
            return head;
        }
        return key.level() != 0 && fields.crowded(head) ? peer(key, hash, key.level()) : MISS;
    }

    /** The session between the key's ends at a level, whatever its packets prove, or {@link SessionTable#MISS}. */
    int atLevel(SessionKey key, long hash, int level) {
        int head = head(key, hash);
        if (head == MISS || fields.label(head) == level) {
            return head;
        }
        return fields.crowded(head) ? peer(key, hash, level) : MISS;
    }

    /** The session between the key's ends whose packets prove no level, or {@link SessionTable#MISS}. */
    int unproven(SessionKey key, long hash) {
        int head = head(key, hash);
        return head != MISS && fields.unproven(head) ? head : MISS;
    }

    private boolean admits(int session, SessionKey key) {
        return admits(session, key.level(), fields.isReply(session, key) != key.back());
    }

    /** Whether a packet between the session's ends is of it, by the level that it proves and its direction. */
    boolean admits(int session, int level, boolean reply) {
        if (level != 0) {
            return fields.label(session) == level;
        }
        int status = fields.status(session);
        return reply ? (status & SessionFields.CROWDED) == 0 : (status & SessionFields.UNPROVEN) != 0;
    }

    private int head(SessionKey key, long hash) {
        return search(key, key.scope(), ANY_LEVEL, hash);
    }

    private int peer(SessionKey key, long hash, int level) {
        return search(key, key.scope() | SessionKey.IS_PEER, level, index.hash(hash, level));
    }

    private int search(SessionKey key, long scope, int level, long hash) {
        int session = search(index.first(hash), key, scope, level, hash);
        return session != MISS ? session : search(index.second(hash), key, scope, level, hash);
    }

    private int search(int bucket, SessionKey key, long scope, int level, long hash) {
        int session = search(bucket, 0, key, scope, level, hash);
        return session != MISS ? session : search(bucket, 1, key, scope, level, hash);
    }

    private int search(int bucket, int half, SessionKey key, long scope, int level, long hash) {
        long left = index.candidates(bucket, half, SessionIndex.tag(hash));
        while (left != 0) {
            int session = index.session(bucket, half, left);
            if (matches(session, key, scope) && (level == ANY_LEVEL || fields.label(session) == level)) {
                return session;
            }
            left &= left - 1;
        }
        return MISS;
    }

    private boolean matches(int session, SessionKey key, long scope) {
        int at = session << LINE_SHIFT;
        return hot.getLong(at + SessionFields.SCOPE) == scope
                && hot.getLong(at + SessionFields.FIRST_LOW) == key.firstLow()
                && hot.getLong(at + SessionFields.SECOND_LOW) == key.secondLow()
                && hot.getLong(at + SessionFields.FIRST_HIGH) == key.firstHigh()
                && hot.getLong(at + SessionFields.SECOND_HIGH) == key.secondHigh();
    }

    /**
     * Lets a session be found whose fields are written, but for its state: as the head where there is none or its packets prove no
     * level, else as a peer. There is none between these ends at its level, and no other whose packets prove none.
     *
     * @return whether there was room
     */
    boolean enter(int session, SessionKey key, long hash) {
        int head = head(key, hash);
        if (head == MISS) {
            return index.insert(hash, session);
        }
        boolean entered = fields.unproven(session) ? replaceHead(head, session, hash) : enterPeer(session, hash);
        if (entered) {
            rings.link(head, session);
            fields.crowded(head, true);
            fields.crowded(session, true);
        }
        return entered;
    }

    private boolean replaceHead(int head, int session, long hash) {
        index.remove(hash, head);
        if (enterPeer(head, hash)) {
            if (index.insert(hash, session)) {
                return true;
            }
            // The former head has taken the slot that it had left, being a peer in the same bucket.
            leavePeer(head, hash);
        }
        index.insert(hash, head);
        return false;
    }

    private boolean enterPeer(int session, long hash) {
        boolean room = index.insert(index.hash(hash, fields.label(session)), session);
        fields.peer(session, room);
        return room;
    }

    /** Lets a session be found no more. */
    void leave(int session) {
        long hash = hashOf(session);
        int other = rings.next(session);
        rings.unlink(session);
        if (fields.peer(session)) {
            leavePeer(session, hash);
        } else {
            index.remove(hash, session);
            if (other != session) {
                promote(other, hash);
            }
        }
        if (other != session && rings.next(other) == other) {
            fields.crowded(other, false);
        }
    }

    private void leavePeer(int session, long hash) {
        index.remove(index.hash(hash, fields.label(session)), session);
        fields.peer(session, false);
    }

    private void promote(int session, long hash) {
        leavePeer(session, hash);
        // There is room: the former head's slot is free.
        index.insert(hash, session);
    }

    private long hashOf(int session) {
        int at = session << LINE_SHIFT;
        return index.hash(
                hot.getLong(at + SessionFields.FIRST_HIGH),
                hot.getLong(at + SessionFields.FIRST_LOW),
                hot.getLong(at + SessionFields.SECOND_HIGH),
                hot.getLong(at + SessionFields.SECOND_LOW),
                hot.getLong(at + SessionFields.SCOPE) & ~SessionKey.IS_PEER);
    }

    @Override
    public void close() {
        index.close();
        rings.close();
    }
}
