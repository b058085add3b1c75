package io.weir.datapath.session;

import io.weir.datapath.packet.PortSet;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.WireLevel;

/**
 * The sessions under way: who talks to whom, since when, how far, and under which verdict.
 *
 * <h2>What</h2>
 *
 * A fixed number of sessions of 144 bytes each in memory that the caller may map from a file, so that they outlive the process;
 * {@link SessionFields} has their layout, and {@link SessionLookup}, whose index is built anew at every start, finds them, in
 * another 8 bytes. With both a session takes {@link #bytesPerSession}, 152 bytes: two lines of 64, the MAC addresses of its ends
 * and what is seldom asked in 16, and two slots of the index in 8; 8 more where others are between the same ends at other
 * levels. One look-up serves both directions, for a {@link SessionKey} has its ends in a fixed order.
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
    private final SessionLookup lookup;
    private final SessionIndex index;
    private final SessionFile file;
    private final int capacity;
    private final int[] timeoutMs;
    private final SessionEvents events;
    private final SessionKey key = new SessionKey();
    private final WireLevel wireLevel = new WireLevel();

    private final int[] stamps = new int[PortSet.MAX_PORTS]; // [port] number and generation
    private final int[] countByPort = new int[PortSet.MAX_PORTS]; // [port] sessions that began there
    private int portShare;

    private int free = SessionIndex.NONE; // first of the chain of vacated entries
    private int fresh; // entries from here on were never used
    private int count;
    private int sweepAt;

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
        this.lookup = new SessionLookup(fields, capacity, seed);
        this.index = lookup.index();
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
        for (int session = capacity - 1; session >= 0; session--) {
            boolean usable = file.usable(session, nowMs) && !stale(session) && !expired(session, nowMs);
            if (usable) {
                fields.key(session, key);
                usable = takeOver(session, key);
            }
            if (usable) {
                count++;
                countByPort[fields.ingressPort(session)]++;
            } else {
                vacate(session);
            }
        }
    }

    private boolean takeOver(int session, SessionKey key) {
        long hash = lookup.hash(key);
        fields.peer(session, false);
        fields.crowded(session, false);
        int twin = lookup.atLevel(key, hash, fields.label(session));
        boolean alone = twin == MISS && (!fields.unproven(session) || lookup.unproven(key, hash) == MISS);
        return alone && lookup.enter(session, key, hash);
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
        return find(key, lookup.hash(key), MISS, nowMs);
    }

    /**
     * As the other, with the key's {@link #hash}.
     *
     * @param guess what {@link #readAhead} said, since when anything may have happened, or {@link #MISS}
     */
    public int find(SessionKey key, long hash, int guess, int nowMs) {
        return met(lookup.find(key, hash, guess), nowMs);
    }

    /** As {@link #find}: the session between the key's ends at a level, whatever the packet proves. */
    public int atLevel(SessionKey key, int level, int nowMs) {
        return met(lookup.atLevel(key, lookup.hash(key), level), nowMs);
    }

    /** Keeps what a level's number means, for the process that comes after this one. */
    public void keepLevel(int number, Levels levels) {
        if (number < SessionLevels.KEPT && !file.levels().has(number)) {
            levels.read(number, wireLevel);
            file.levels().write(number, wireLevel);
        }
    }

    /**
     * Gives the sessions that a former process has left, and whose packets prove a level, the numbers that this process has for
     * their levels; those of which no level is known end. Before that they must not be asked for.
     */
    public void translateLevels(Levels levels) {
        boolean known = file.levelsValid();
        file.levelsValid(false);
        for (int session = 0; session < fresh; session++) {
            if (fields.state(session) != SessionState.NONE && !fields.unproven(session)) {
                boolean means = known && file.levels().read(fields.label(session), wireLevel);
                relabel(session, means ? levels.number(wireLevel) : 0);
            }
        }
        file.levels().clear();
        for (int session = 0; session < fresh; session++) {
            if (fields.state(session) != SessionState.NONE && !fields.unproven(session)) {
                enterAgain(session, levels);
            }
        }
        file.levelsValid(true);
    }

    private void relabel(int session, int level) {
        if (level <= 0 || level > Levels.MAX_NUMBER) {
            remove(session, SessionEvents.ENDED);
        } else {
            lookup.leave(session);
            fields.label(session, level);
        }
    }

    private void enterAgain(int session, Levels levels) {
        fields.key(session, key);
        if (lookup.enter(session, key, lookup.hash(key))) {
            keepLevel(fields.label(session), levels);
        } else {
            remove(session, SessionEvents.EVICTED);
        }
    }

    /**
     * Whether a packet that is between a session's ends is of that session.
     *
     * @param level number of the security level that it proves, 0 for none
     * @param reply whether it goes the other way than the session's first packet
     */
    public boolean admits(int session, int level, boolean reply) {
        return lookup.admits(session, level, reply);
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

    /** The hash by which a key is found. */
    public long hash(SessionKey key) {
        return lookup.hash(key);
    }

    /**
     * Reads the lines that look-ups of so many hashes will ask for, so that they come from memory at once and not one after the
     * other: first those of the index, then those of the sessions. Each loop does little else, for a core looks ahead by
     * instructions, and the fewer there are for one look-up the more look-ups wait at the same time.
     *
     * @param guesses where to write, for each, the session that the look-up would try first, or {@link #MISS}; it says nothing
     *     about who the session is
     */
    public void readAhead(long[] hashes, int[] guesses, int count) {
        lookup.readAhead(hashes, guesses, count);
    }

    /**
     * Begins a session with the packet of that key, for which {@link #find} has just missed. What {@link SessionFields#judged}
     * and the TCP tracker keep is all zero.
     *
     * <p>It is one {@link SessionFields#unproven} when the key proves no level, and takes the place of one that was.
     *
     * @param level number of its level, 0 to {@link Levels#MAX_NUMBER}, at which there is no session between the same ends
     * @param ingressPort switch number of the port it came by, which answers for the session's room
     * @param egressPort switch number of the port it leaves by
     * @return the session, or {@link #FULL}
     */
    public int begin(SessionKey key, int level, int ingressPort, int egressPort, int nowMs) {
        long hash = lookup.hash(key);
        int former = key.level() == 0 ? lookup.unproven(key, hash) : MISS;
        if (former != MISS) {
            end(former);
        }
        boolean shareFull = countByPort[ingressPort] >= portShare;
        if ((shareFull || count >= capacity) && !makeRoom(hash, ingressPort, shareFull)) {
            return FULL;
        }
        int session = free != SessionIndex.NONE ? free : fresh;
        int next = fields.seenMs(session); // of the vacant entries, where it is one of those
        write(session, key, SessionFields.way(stamps[ingressPort], stamps[egressPort], level), nowMs);
        if (!lookup.enter(session, key, hash)) {
            hot.putInt((session << LINE_SHIFT) + SessionFields.SEEN, next);
            return FULL;
        }
        if (session == free) {
            free = next;
        } else {
            fresh++;
        }
        // Last, for it makes the entry one that a later process takes over.
        hot.putIntOrdered(
                (session << LINE_SHIFT) + SessionFields.STATUS,
                fields.status(session) | SessionState.first(key.protocol()));
        count++;
        countByPort[ingressPort]++;
        return session;
    }

    /** As the other, at the level that the key proves. */
    public int begin(SessionKey key, int ingressPort, int egressPort, int nowMs) {
        return begin(key, key.level(), ingressPort, egressPort, nowMs);
    }

    private void write(int session, SessionKey key, long way, int nowMs) {
        int at = session << LINE_SHIFT;
        hot.putLong(at + SessionFields.FIRST_HIGH, key.firstHigh());
        hot.putLong(at + SessionFields.FIRST_LOW, key.firstLow());
        hot.putLong(at + SessionFields.SECOND_HIGH, key.secondHigh());
        hot.putLong(at + SessionFields.SECOND_LOW, key.secondLow());
        hot.putLong(at + SessionFields.SCOPE, key.scope());
        hot.putLong(at + SessionFields.WAY, way);
        hot.putInt(at + SessionFields.EPOCH, 0);
        hot.putInt(at + SessionFields.SEEN, nowMs);
        hot.putInt(at + SessionFields.DIGEST, 0);
        for (int i = 0; i < SessionFields.LINE_LENGTH; i += Long.BYTES) {
            cold.putLong(at + i, 0);
        }
        cold.putInt(at + SessionFields.BEGUN, nowMs);
        fields.noPorts(session);
        fields.status(
                session, (key.swapped() ? SessionFields.SWAPPED : 0) | (key.level() == 0 ? SessionFields.UNPROVEN : 0));
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
        return ((int) fields.way(session) & SessionFields.STAMP_MASK) == stamps[port];
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
        int ingress = (int) fields.way(session) & SessionFields.STAMP_MASK;
        fields.way(session, SessionFields.way(ingress, stamps[port], fields.label(session)));
    }

    /** The session, one {@link SessionFields#unproven}, travels at another level from now on; there is none at it between its ends. */
    public void label(int session, int level) {
        fields.label(session, level);
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
        stamps[port] = SessionFields.stamped(port, SessionFields.generation(stamps[port]) + 1);
        file.generation(port, SessionFields.generation(stamps[port]));
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
     * others to the visitor. Called once per duty cycle; a port must not be flushed 16,384 times in a round.
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
        long way = fields.way(session);
        int ingress = (int) way & SessionFields.STAMP_MASK;
        int egress = (int) (way >>> SessionFields.STAMP_BITS) & SessionFields.STAMP_MASK;
        return ingress != stamps[SessionFields.portOf(ingress)] || egress != stamps[SessionFields.portOf(egress)];
    }

    private boolean expired(int session, int nowMs) {
        return nowMs - fields.seenMs(session) >= timeoutMs[fields.state(session)];
    }

    private void remove(int session, int cause) {
        events.ended(session, cause);
        lookup.leave(session);
        int ingress = (int) fields.way(session) & SessionFields.STAMP_MASK;
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
        lookup.close();
        file.close();
    }
}
