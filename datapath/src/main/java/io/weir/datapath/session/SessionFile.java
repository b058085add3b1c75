package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.kernel.Memory;

/**
 * The memory of a {@link SessionTable}, which may hold what a former process left: checked header, generations of the ports,
 * all hot lines, all cold lines, all link lines, what the numbers of levels mean.
 *
 * <pre>
 *  0        8         12         16        24           32       2048          4096
 *  +--------+---------+----------+---------+------------+--------+-------------+-----------+------------+------------+--------+
 *  | magic  | version | capacity | boot id | last alive | levels | generations | hot lines | cold lines | link lines | levels |
 *  |        |         |          |         |            | valid  |             |           |            |            |        |
 *  +--------+---------+----------+---------+------------+--------+-------------+-----------+------------+------------+--------+
 * </pre>
 *
 * <p>Threading: the worker that owns the table.
 */
final class SessionFile implements AutoCloseable {
    private static final long MAGIC = 0x5745_4952_5345_5331L; // "WEIRSES1"
    private static final int VERSION = 3;

    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int CAPACITY_OFFSET = 12;
    private static final int BOOT_OFFSET = 16;
    private static final int ALIVE_OFFSET = 24;
    private static final int LEVELS_VALID_OFFSET = 32;
    private static final int GENERATIONS_OFFSET = 2048;
    private static final int HEADER_LENGTH = 4096;

    private static final int MIN_VLAN = 1;
    private static final int MAX_VLAN = 4094;

    /** Sessions of a process that has stopped for so long are forgotten: their times may have come round since. */
    private static final long MAX_PAUSE_NS = SessionTimeouts.MAX_MS * 1_000_000L;

    private static final long NO_ADDRESS = 0;

    private final long address;
    private final boolean owned;
    private final int capacity;
    private final UnsafeBuffer header;
    private final SessionLines hot;
    private final SessionLines cold;
    private final SessionLines link;
    private final SessionLevels levels;

    static SessionFile inMemory(int capacity) {
        return new SessionFile(NO_ADDRESS, capacity);
    }

    static SessionFile at(long address, int capacity) {
        return new SessionFile(address, capacity);
    }

    private SessionFile(long givenAddress, int capacity) {
        if (Integer.bitCount(capacity) != 1
                || capacity < SessionTable.MIN_CAPACITY
                || capacity > SessionTable.MAX_CAPACITY) {
            throw new IllegalArgumentException("session table capacity must be a power of two from "
                    + SessionTable.MIN_CAPACITY + " to " + SessionTable.MAX_CAPACITY + ": was " + capacity);
        }
        int linesLength = capacity << SessionFields.LINE_SHIFT;
        this.owned = givenAddress == NO_ADDRESS;
        this.address = owned ? Memory.map(lengthBytes(capacity), true) : givenAddress;
        this.capacity = capacity;
        header = new UnsafeBuffer(address, HEADER_LENGTH);
        hot = new SessionLines(address + HEADER_LENGTH);
        cold = new SessionLines(address + HEADER_LENGTH + linesLength);
        link = new SessionLines(address + HEADER_LENGTH + 2L * linesLength);
        levels = new SessionLevels(address + lengthBytes(capacity) - SessionLevels.LENGTH);
    }

    static long lengthBytes(int capacity) {
        return HEADER_LENGTH + (long) SessionFields.ENTRY_LENGTH * capacity + SessionLevels.LENGTH;
    }

    SessionLines hot() {
        return hot;
    }

    SessionLines cold() {
        return cold;
    }

    SessionLines link() {
        return link;
    }

    SessionLevels levels() {
        return levels;
    }

    /** Whether the levels of sessions are what {@link #levels} says: not while they are being changed. */
    boolean levelsValid() {
        return header.getInt(LEVELS_VALID_OFFSET) != 0;
    }

    void levelsValid(boolean valid) {
        header.putIntOrdered(LEVELS_VALID_OFFSET, valid ? 1 : 0);
    }

    int capacity() {
        return capacity;
    }

    /** Whether the header says that a table of this format, capacity and boot lies here, and was in use of late. */
    boolean matches(long bootId, long nowNs) {
        long pauseNs = nowNs - header.getLong(ALIVE_OFFSET);
        return header.getLong(MAGIC_OFFSET) == MAGIC
                && header.getInt(VERSION_OFFSET) == VERSION
                && header.getInt(CAPACITY_OFFSET) == capacity
                && header.getLong(BOOT_OFFSET) == bootId
                && pauseNs >= 0
                && pauseNs < MAX_PAUSE_NS;
    }

    /** Writes a header and empties all entries; in memory of its own they are. The magic comes last, so that a half-written header is none. */
    void format(long bootId) {
        header.setMemory(0, HEADER_LENGTH, (byte) 0);
        if (!owned) {
            hot.clear(capacity << SessionFields.LINE_SHIFT);
            levels.clear();
        }
        header.putInt(VERSION_OFFSET, VERSION);
        header.putInt(CAPACITY_OFFSET, capacity);
        levelsValid(true);
        header.putLong(BOOT_OFFSET, bootId);
        header.putLongOrdered(MAGIC_OFFSET, MAGIC);
    }

    /** Notes that the table is in use. */
    void alive(long nowNs) {
        header.putLong(ALIVE_OFFSET, nowNs);
    }

    /** How often a port was flushed, modulo {@link SessionFields#GENERATIONS}. */
    int generation(int port) {
        return header.getShort(GENERATIONS_OFFSET + port * Short.BYTES) & 0xFFFF;
    }

    void generation(int port, int generation) {
        header.putShort(GENERATIONS_OFFSET + port * Short.BYTES, (short) generation);
    }

    /** Whether an entry is that of a session, with fields that can be. */
    boolean usable(int session, int nowMs) {
        int at = session << SessionFields.LINE_SHIFT;
        int state = hot.getInt(at + SessionFields.STATUS) & SessionFields.STATE_MASK;
        int vlan = (int) (hot.getLong(at + SessionFields.SCOPE) >>> SessionKey.VLAN_SHIFT);
        return state != SessionState.NONE
                && state < SessionState.STATES
                && vlan >= MIN_VLAN
                && vlan <= MAX_VLAN
                && nowMs - hot.getInt(at + SessionFields.SEEN) >= 0;
    }

    @Override
    public void close() {
        if (owned) {
            Memory.unmap(address, lengthBytes(capacity));
        }
    }
}
