package io.weir.datapath.session;

import io.weir.datapath.packet.PortSet;

/**
 * The sessions under way: who talks to whom, since when, how far, and under which verdict.
 *
 * <h2>What</h2>
 *
 * A fixed number of sessions of 144 bytes each in memory that the caller may map from a file, so that they outlive the process;
 * {@link SessionFields} has their layout, and {@link SessionIndex}, which is built anew at every start, finds them, in another
 * 8 bytes. With both a session takes {@link #bytesPerSession}, 152 bytes: two lines of 64, the MAC addresses of its ends and what
 * is seldom asked in 16,
 * and two slots of the index in 8. One look-up serves both directions, for a {@link SessionKey} has its ends in a fixed order.
 *
 * <h2>Bounded work</h2>
 *
 * Every operation reads and writes a fixed number of cache lines, whatever is sent. Packets only store when they came: there
 * are no lists, and {@link #sweep} ends the sessions whose time is over, so many slots a call. {@link #flushPort} counts up the
 * port's generation; a session remembers those it began under, and is gone when they differ. So a new guest with the address of
 * a former one never meets its sessions.
 *
 * <h2>Room</h2>
 *
 * Ports have a share: one that begins sessions without end harms itself only. When the share or the table is full, a session
 * gives way that nobody has answered or that is over, of the same port if one is near; when the table is full, else of
 * another port that has more. A session whose two ends have talked never gives way.
 *
 * <p>Threading: one writer, the owning worker, which alone reads.
 */
public final class SessionTable implements AutoCloseable {
    /** {@link #find}: there is no such session. */
    public static final int MISS = -1;
    /** {@link #begin}: there is no room. */
    public static final int FULL = -1;

    public static final int MIN_CAPACITY = 64;
    public static final int DEFAULT_CAPACITY = 1 << 18;
    public static final int MAX_CAPACITY = 1 << 24;

    private static final int LINE_SHIFT = SessionFields.LINE_SHIFT;
    private static final int SHARE_DIVISOR = 4;
    /** Sessions looked at for one that gives way, besides those that share a bucket with the new one. */
    private static final int VICTIM_PROBES = 32;

    private final SessionFields fields;
    private final SessionLines hot;
    private final SessionLines cold;
    private final SessionIndex index;
    private final SessionFile file;
    private final int capacity;
    private final int[] timeoutMs;
    private final SessionEvents events;

    private final int[] stamps = new int[PortSet.MAX_PORTS]; // [port] number and generation
    private final int[] countByPort = new int[PortSet.MAX_PORTS]; // [port] sessions that began there
    private int portShare;

    private int free = SessionIndex.NONE; // first of the chain of vacated entries
    private int fresh; // entries from here on were never used
    private int count;
    private int sweepAt;

    @SuppressWarnings("UnusedVariable") // written so that the reads are not left out
    private long prefetched;

    private int victimAt;

    /** Looks at a live session; it may end it. */
    public interface Visitor {
        /** For sweeps that only expire. */
        Visitor NONE = session -> {};

        void session(int session);
    }

    /** Bytes that a session takes, whether or not it is in use: its entry, and its share of the index. */
    public static int bytesPerSession() {
        return SessionFields.ENTRY_LENGTH + SessionIndex.BYTES_PER_SESSION;
    }

    /** Bytes that a table of so many sessions needs in a file. */
    public static long lengthBytes(int capacity) {
        return SessionFile.lengthBytes(capacity);
    }

    /** An empty table in memory of its own. The parameters are those of {@link #open}. */
    public static SessionTable create(int capacity, long seed, SessionTimeouts timeouts, SessionEvents events) {
        SessionFile file = SessionFile.inMemory(capacity);
        file.format(0);
        return new SessionTable(file, seed, timeouts, events);
    }

    /**
     * Opens the table that lies at an address, or an empty one where no usable table lies there: another format, capacity or
     * boot (times of the monotonic clock mean nothing after a reboot). Damaged sessions are left out, and those whose time
     * is over or whose port was flushed. The events are not told of them. Ports must have the numbers that they had.
     *
     * @param address of {@link #lengthBytes} bytes, page-aligned; the table's alone until it is closed
     * @param capacity most sessions, a power of two, {@link #MIN_CAPACITY} to {@link #MAX_CAPACITY}
     * @param seed fresh random bits
     * @param bootId hash of the kernel's boot id
     */
    public static SessionTable open(
            long address,
            int capacity,
            long seed,
            long bootId,
            SessionTimeouts timeouts,
            SessionEvents events,
            long nowNs) {
        SessionFile file = SessionFile.at(address, capacity);
        boolean kept = file.matches(bootId, nowNs);
        if (!kept) {
            file.format(bootId);
        }
        file.alive(nowNs);
        SessionTable table = new SessionTable(file, seed, timeouts, events);
        if (kept) {
            table.adopt(nowNs);
        }
        return table;
    }

    private SessionTable(SessionFile file, long seed, SessionTimeouts timeouts, SessionEvents events) {
        this.file = file;
        this.fields = new SessionFields(file.hot(), file.cold(), file.link());
        this.hot = fields.hot;
        this.cold = fields.cold;
        this.capacity = file.capacity();
        this.index = new SessionIndex(capacity, seed);
        this.timeoutMs = timeouts.byState();
        this.events = events;
        this.portShare = capacity / SHARE_DIVISOR;
        for (int port = 0; port < stamps.length; port++) {
            stamps[port] = SessionFields.stamped(port, file.generation(port));
        }
    }

    // Entries that are of no use become vacant ones; what is left is indexed and counted.
    private void adopt(long nowNs) {
        fresh = capacity;
        int nowMs = SessionFields.ms(nowNs);
        SessionKey key = new SessionKey();
        for (int session = capacity - 1; session >= 0; session--) {
            boolean usable = file.usable(session, nowMs) && !stale(session) && !expired(session, nowMs);
            if (usable) {
                fields.key(session, key);
                usable = lookup(key, index.hash(key)) == MISS && index.insert(index.hash(key), session);
            }
            if (usable) {
                count++;
                countByPort[fields.ingressPort(session)]++;
            } else {
                vacate(session);
            }
        }
    }

    /** The accessors to the sessions' fields. */
    public SessionFields fields() {
        return fields;
    }

    /** Most sessions that may have begun at one port: 1 to the capacity, from the start a quarter of it. */
    public void portShare(int sessions) {
        portShare = Math.clamp(sessions, 1, capacity);
    }

    /** The session of that key, or {@link #MISS}: also when its time is over or one of its ports was flushed; it ends then. */
    public int find(SessionKey key, int nowMs) {
        return met(lookup(key, index.hash(key)), nowMs);
    }

    /**
     * As the other, with the key's {@link #hash}.
     *
     * @param guess what {@link #prefetch} said, since when anything may have happened, or {@link #MISS}
     */
    public int find(SessionKey key, long hash, int guess, int nowMs) {
        boolean guessed = guess != MISS && fields.state(guess) != SessionState.NONE && matches(guess, key);
        return met(guessed ? guess : lookup(key, hash), nowMs);
    }

    private int met(int session, int nowMs) {
        if (session == MISS) {
            return MISS;
        }
        if (stale(session)) {
            remove(session, SessionEvents.FLUSHED);
            return MISS;
        }
        if (expired(session, nowMs)) {
            remove(session, SessionEvents.EXPIRED);
            return MISS;
        }
        return session;
    }

    /**
     * The hash by which a key is found. It reads the line of the index that a look-up begins with, so that this comes from memory
     * while the hashes of other keys are computed.
     */
    public long hash(SessionKey key) {
        long hash = index.hash(key);
        prefetched += index.candidates(index.first(hash), 0, 0);
        return hash;
    }

    /**
     * The session that a look-up of that hash would try first, or {@link #MISS}; reads its two lines, so that those of many sessions come from
     * memory at once. It says nothing about who the session is.
     */
    public int prefetch(long hash) {
        int bucket = index.first(hash);
        long candidates = index.candidates(bucket, 0, SessionIndex.tag(hash));
        if (candidates == 0) {
            return MISS;
        }
        int session = index.session(bucket, 0, candidates);
        int at = session << LINE_SHIFT;
        prefetched += hot.getLong(at) + cold.getLong(at);
        return session;
    }

    private int lookup(SessionKey key, long hash) {
        int session = search(index.first(hash), key, hash);
        return session != MISS ? session : search(index.second(hash), key, hash);
    }

    private int search(int bucket, SessionKey key, long hash) {
        int session = search(bucket, 0, key, hash);
        return session != MISS ? session : search(bucket, 1, key, hash);
    }

    private int search(int bucket, int half, SessionKey key, long hash) {
        long left = index.candidates(bucket, half, SessionIndex.tag(hash));
        while (left != 0) {
            int session = index.session(bucket, half, left);
            if (matches(session, key)) {
                return session;
            }
            left &= left - 1;
        }
        return MISS;
    }

    private boolean matches(int session, SessionKey key) {
        int at = session << LINE_SHIFT;
        return hot.getLong(at + SessionFields.SCOPE) == key.scope()
                && hot.getLong(at + SessionFields.FIRST_LOW) == key.firstLow()
                && hot.getLong(at + SessionFields.SECOND_LOW) == key.secondLow()
                && hot.getLong(at + SessionFields.FIRST_HIGH) == key.firstHigh()
                && hot.getLong(at + SessionFields.SECOND_HIGH) == key.secondHigh();
    }

    /**
     * Begins a session with the packet of that key, for which {@link #find} has just missed. What {@link SessionFields#judged}
     * and the TCP tracker keep is all zero.
     *
     * @param ingressPort switch number of the port it came by, which answers for the session's room
     * @param egressPort switch number of the port it leaves by
     * @return the session, or {@link #FULL}
     */
    public int begin(SessionKey key, int ingressPort, int egressPort, int nowMs) {
        long hash = index.hash(key);
        boolean shareFull = countByPort[ingressPort] >= portShare;
        if ((shareFull || count >= capacity) && !makeRoom(hash, ingressPort, shareFull)) {
            return FULL;
        }
        int session = free != SessionIndex.NONE ? free : fresh;
        if (!index.insert(hash, session)) {
            return FULL;
        }
        if (session == free) {
            free = hot.getInt((session << LINE_SHIFT) + SessionFields.SEEN);
        } else {
            fresh++;
        }
        write(session, key, ingressPort, egressPort, nowMs);
        count++;
        countByPort[ingressPort]++;
        return session;
    }

    private void write(int session, SessionKey key, int ingressPort, int egressPort, int nowMs) {
        int at = session << LINE_SHIFT;
        hot.putLong(at + SessionFields.FIRST_HIGH, key.firstHigh());
        hot.putLong(at + SessionFields.FIRST_LOW, key.firstLow());
        hot.putLong(at + SessionFields.SECOND_HIGH, key.secondHigh());
        hot.putLong(at + SessionFields.SECOND_LOW, key.secondLow());
        hot.putLong(at + SessionFields.SCOPE, key.scope());
        hot.putInt(at + SessionFields.INGRESS, stamps[ingressPort]);
        hot.putInt(at + SessionFields.EGRESS, stamps[egressPort]);
        hot.putInt(at + SessionFields.EPOCH, 0);
        hot.putInt(at + SessionFields.SEEN, nowMs);
        hot.putInt(at + SessionFields.DIGEST, 0);
        for (int i = 0; i < SessionFields.LINE_LENGTH; i += Long.BYTES) {
            cold.putLong(at + i, 0);
        }
        cold.putInt(at + SessionFields.BEGUN, nowMs);
        fields.noPorts(session);
        int status = SessionState.first(key.protocol()) | (key.swapped() ? SessionFields.SWAPPED : 0);
        // Last, for it makes the entry one that a later process takes over.
        hot.putIntOrdered(at + SessionFields.STATUS, status);
    }

    // Stale sessions first, then those that give way: of this port, else, when the table is full, of one that has more.
    private boolean makeRoom(long hash, int port, boolean shareFull) {
        int victim = victim(index.first(hash), port, victim(index.second(hash), port, MISS));
        for (int i = 0; i < VICTIM_PROBES && !(victim != MISS && isFrom(victim, port)); i++) {
            victim = better(victimAt, port, victim);
            victimAt = victimAt + 1 & capacity - 1;
        }
        boolean stale = victim != MISS && stale(victim);
        boolean helps = victim != MISS && (isFrom(victim, port) || (!shareFull && mayTake(victim, port, stale)));
        if (helps) {
            remove(victim, stale ? SessionEvents.FLUSHED : SessionEvents.EVICTED);
        }
        return helps;
    }

    private int victim(int bucket, int port, int victim) {
        int best = victim;
        for (int slot = 0; slot < SessionIndex.BUCKET_SLOTS; slot++) {
            int session = index.sessionAt(bucket, slot);
            best = session == SessionIndex.NONE ? best : better(session, port, best);
        }
        return best;
    }

    // Of two that may go, one of the port itself, then one of the port that has more.
    private int better(int session, int port, int victim) {
        boolean may = (fields.state(session) != SessionState.NONE && stale(session))
                || SessionState.givesWay(fields.state(session));
        if (!may || victim == MISS) {
            return may ? session : victim;
        }
        return weight(session, port) > weight(victim, port) ? session : victim;
    }

    private int weight(int session, int port) {
        return isFrom(session, port) ? Integer.MAX_VALUE : countByPort[fields.ingressPort(session)];
    }

    private boolean mayTake(int victim, int port, boolean stale) {
        return stale || countByPort[fields.ingressPort(victim)] > countByPort[port] + 1;
    }

    private boolean isFrom(int session, int port) {
        return hot.getInt((session << LINE_SHIFT) + SessionFields.INGRESS) == stamps[port];
    }

    /** Counts a packet of the session, and remembers when it came; a session that was reset ends all the same. */
    public void touch(int session, boolean reply, int lengthBytes, int nowMs) {
        int status = fields.status(session);
        int state = status & SessionFields.STATE_MASK;
        if (reply && (status & SessionFields.REPLIED) == 0) {
            int next = SessionState.replied(state);
            fields.status(session, (status & ~SessionFields.STATE_MASK) | next | SessionFields.REPLIED);
        }
        if (fields.seenMs(session) != nowMs && state != SessionState.CLOSED) {
            hot.putInt((session << LINE_SHIFT) + SessionFields.SEEN, nowMs);
        }
        fields.count(session, reply, lengthBytes);
    }

    /** The session leaves by another port from now on, as when its destination has moved. */
    public void egress(int session, int port) {
        hot.putInt((session << LINE_SHIFT) + SessionFields.EGRESS, stamps[port]);
    }

    /** Ends a session. */
    public void end(int session) {
        remove(session, SessionEvents.ENDED);
    }

    /**
     * Ends all sessions that began or leave by a port, at once: their entries are vacated as they are met. Their number counts
     * no longer against the port's share.
     */
    public void flushPort(int port) {
        int generation = (stamps[port] >>> Short.SIZE) + 1 & 0xFFFF;
        stamps[port] = SessionFields.stamped(port, generation);
        file.generation(port, generation);
        countByPort[port] = 0;
    }

    /** As {@link #flushPort}, of every port. */
    public void flush() {
        for (int port = 0; port < stamps.length; port++) {
            flushPort(port);
        }
    }

    /**
     * Looks at the next {@code slots} entries and ends the sessions whose time is over or whose port was flushed; shows the
     * others to the visitor. Called once per duty cycle; a port must not be flushed 65,536 times in a round.
     *
     * @return how many ended for those two reasons
     */
    public int sweep(long nowNs, int slots, Visitor visitor) {
        file.alive(nowNs);
        int nowMs = SessionFields.ms(nowNs);
        int ended = 0;
        for (int i = 0; i < slots && fresh > 0; i++) {
            int session = sweepAt;
            sweepAt = sweepAt + 1 < fresh ? sweepAt + 1 : 0;
            if (fields.state(session) != SessionState.NONE) {
                ended += meet(session, nowMs, visitor);
            }
        }
        return ended;
    }

    private int meet(int session, int nowMs, Visitor visitor) {
        if (stale(session)) {
            remove(session, SessionEvents.FLUSHED);
            return 1;
        }
        if (expired(session, nowMs)) {
            remove(session, SessionEvents.EXPIRED);
            return 1;
        }
        visitor.session(session);
        return 0;
    }

    /** Shows every session that is neither past its time nor of a flushed port. Not for the hot path. */
    public void forEach(long nowNs, Visitor visitor) {
        int nowMs = SessionFields.ms(nowNs);
        for (int session = 0; session < fresh; session++) {
            boolean live = fields.state(session) != SessionState.NONE;
            if (live && !stale(session) && !expired(session, nowMs)) {
                visitor.session(session);
            }
        }
    }

    /**
     * As {@link #forEach(long, Visitor)}, of so many entries from one on.
     *
     * @return the entry to go on with, or {@link #MISS} at the end
     */
    public int forEach(long nowNs, int from, int entries, Visitor visitor) {
        int nowMs = SessionFields.ms(nowNs);
        int limit = Math.min(fresh, from + entries);
        for (int session = from; session < limit; session++) {
            if (live(session, nowMs)) {
                visitor.session(session);
            }
        }
        return limit < fresh ? limit : MISS;
    }

    /** Whether there is a session of that number, neither past its time nor of a flushed port. */
    public boolean live(int session, int nowMs) {
        return session < fresh
                && fields.state(session) != SessionState.NONE
                && !stale(session)
                && !expired(session, nowMs);
    }

    /** Sessions in the table, those included that wait for a sweep. */
    public int count() {
        return count;
    }

    /** Sessions that began at a port since it was flushed, those included that wait for a sweep. */
    public int count(int port) {
        return countByPort[port];
    }

    public int capacity() {
        return capacity;
    }

    private boolean stale(int session) {
        int at = session << LINE_SHIFT;
        int ingress = hot.getInt(at + SessionFields.INGRESS);
        int egress = hot.getInt(at + SessionFields.EGRESS);
        return ingress != stamps[SessionFields.portOf(ingress)] || egress != stamps[SessionFields.portOf(egress)];
    }

    private boolean expired(int session, int nowMs) {
        return nowMs - fields.seenMs(session) >= timeoutMs[fields.state(session)];
    }

    private void remove(int session, int cause) {
        events.ended(session, cause);
        int at = session << LINE_SHIFT;
        long hash = index.hash(
                hot.getLong(at + SessionFields.FIRST_HIGH),
                hot.getLong(at + SessionFields.FIRST_LOW),
                hot.getLong(at + SessionFields.SECOND_HIGH),
                hot.getLong(at + SessionFields.SECOND_LOW),
                hot.getLong(at + SessionFields.SCOPE));
        index.remove(hash, session);
        int ingress = hot.getInt(at + SessionFields.INGRESS);
        if (stamps[SessionFields.portOf(ingress)] == ingress) {
            countByPort[SessionFields.portOf(ingress)]--;
        }
        count--;
        vacate(session);
    }

    private void vacate(int session) {
        int at = session << LINE_SHIFT;
        hot.putIntOrdered(at + SessionFields.STATUS, SessionState.NONE);
        hot.putInt(at + SessionFields.SEEN, free);
        free = session;
    }

    @Override
    public void close() {
        index.close();
        file.close();
    }
}
