package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Memory;

import static io.weir.datapath.wire.NetworkOrder.put48;

/**
 * Packets from the peer whose local host was asked for and has not answered yet (RFC 1122 section 2.3.2.2), so that the first packet of
 * a connection is not lost. They enter the switch when it answers, and are dropped when it has not within
 * {@link #PATIENCE_NS}.
 *
 * <p>Bounded, with a share for each level. Where a share is full the newest packet does not wait, of which the receiver still has all
 * that its account needs.
 *
 * <p>Threading: one worker.
 */
final class WaitingPackets implements AutoCloseable {
    /** As long as it takes until the host is asked for again. */
    static final long PATIENCE_NS = LocalHosts.ASK_AGAIN_NS;

    /** Packets of one share of the levels that may wait. */
    static final int SHARE = 4;

    private static final int CAPACITY = LevelShares.COUNT * SHARE;
    private static final int UNREACHABLE = DropReason.ESP_INNER_UNREACHABLE.code();

    private final OwnFrames frames;
    private final long base = Memory.map((long) CAPACITY * OwnFrames.FRAME_MAX);
    private final long[] high = new long[CAPACITY];
    private final long[] low = new long[CAPACITY];
    private final int[] label = new int[CAPACITY];
    private final int[] length = new int[CAPACITY];
    private final long[] sinceNs = new long[CAPACITY];
    // Version of IP, 0 of a place that is free.
    private final byte[] version = new byte[CAPACITY];
    private final UnsafeBuffer room = new UnsafeBuffer(0, 0);
    private int count;

    /** @param frames where they go */
    WaitingPackets(OwnFrames frames) {
        this.frames = frames;
    }

    /**
     * Keeps a copy of a frame that is whole but for its destination MAC address; false when there is no room for it.
     *
     * @param version of IP
     * @param high half of the host's address, and {@code low}
     */
    boolean keep(int version, long high, long low, UnsafeBuffer frame, int level, long nowNs) {
        int place = free(level);
        if (place < 0 || frame.capacity() > OwnFrames.FRAME_MAX) {
            return false;
        }
        Memory.copy(frame.addressOffset(), address(place), frame.capacity());
        this.version[place] = (byte) version;
        this.high[place] = high;
        this.low[place] = low;
        label[place] = level;
        length[place] = frame.capacity();
        sinceNs[place] = nowNs;
        count++;
        return true;
    }

    /** A place of the level's share, or -1. */
    private int free(int level) {
        int first = LevelShares.of(level) * SHARE;
        for (int place = first; place < first + SHARE; place++) {
            if (version[place] == 0) {
                return place;
            }
        }
        return -1;
    }

    private long address(int place) {
        return base + (long) place * OwnFrames.FRAME_MAX;
    }

    /** The host has that MAC address: what waits for it goes there, but for what has waited for too long. */
    void resolved(int version, long high, long low, long mac, long nowNs) {
        for (int place = 0; count > 0 && place < CAPACITY; place++) {
            if (this.version[place] == version && this.high[place] == high && this.low[place] == low) {
                release(place, mac, nowNs - sinceNs[place] < PATIENCE_NS ? DropReason.NONE : UNREACHABLE);
            }
        }
    }

    /** Drops what has waited for too long. */
    void expire(long nowNs) {
        for (int place = 0; count > 0 && place < CAPACITY; place++) {
            if (version[place] != 0 && nowNs - sinceNs[place] >= PATIENCE_NS) {
                release(place, 0, UNREACHABLE);
            }
        }
    }

    /** Without room among the tunnel's own frames it stays, and is dropped later. */
    private void release(int place, long mac, int reason) {
        if (frames.take(room, label[place])) {
            put48(room, 0, mac);
            Memory.copy(address(place) + 6, room.addressOffset() + 6, length[place] - 6);
            frames.add(length[place], label[place], reason);
            version[place] = 0;
            count--;
        }
    }

    @Override
    public void close() {
        Memory.unmap(base, (long) CAPACITY * OwnFrames.FRAME_MAX);
    }
}
