package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Memory;

/**
 * Frames that the tunnel has made itself, or kept, and that enter the switch with its next batch: ICMP errors, ARP, neighbour discovery,
 * packets that have waited for their host.
 *
 * <p>Threading: one worker, which transmits and receives.
 */
final class OwnFrames implements AutoCloseable {
    /** Bytes of a frame at most. */
    static final int FRAME_MAX = 1536;

    /** Frames of one share of the levels that may wait. */
    static final int SHARE = 16;

    // A power of two.
    private static final int CAPACITY = LevelShares.COUNT * SHARE;

    private final long base = Memory.map((long) CAPACITY * FRAME_MAX);
    private final int[] length = new int[CAPACITY];
    private final int[] label = new int[CAPACITY];
    private final int[] dropReason = new int[CAPACITY];
    private final boolean[] fromSwitch = new boolean[CAPACITY];
    private final int[] waiting = new int[LevelShares.COUNT];
    private int head;
    private int tail;

    /** Whether frames wait. */
    boolean waiting() {
        return head != tail;
    }

    /** Lets the view see room for a frame; false when too many of that level's share wait already. */
    boolean take(UnsafeBuffer room, int level) {
        if (waiting[LevelShares.of(level)] == SHARE) {
            return false;
        }
        room.wrap(address(tail), FRAME_MAX);
        return true;
    }

    private long address(int index) {
        return base + (long) (index & CAPACITY - 1) * FRAME_MAX;
    }

    /** The frame in the room taken last is complete. */
    void add(int lengthBytes, int level) {
        add(lengthBytes, level, DropReason.NONE);
    }

    /** As {@link #add(int, int)}, of a frame that enters the switch dropped for a reason; {@link DropReason#NONE} for one that is not. */
    void add(int lengthBytes, int level, int reason) {
        int slot = tail & CAPACITY - 1;
        fromSwitch[slot] = false;
        length[slot] = lengthBytes;
        label[slot] = level;
        dropReason[slot] = reason;
        waiting[LevelShares.of(level)]++;
        tail++;
    }

    /** As {@link #add(int, int)}, of a frame whose source address is behind no port. */
    void addFromSwitch(int lengthBytes, int level) {
        int slot = tail & CAPACITY - 1;
        add(lengthBytes, level);
        fromSwitch[slot] = true;
    }

    /** Adds what waits to the batch, as far as it has room. */
    void receive(PacketBatch batch, PacketPool pool) {
        while (head != tail && batch.count() < PacketBatch.CAPACITY) {
            int i = batch.count();
            int slot = head & CAPACITY - 1;
            long address = pool.receiveAddress(i);
            Memory.writeLong(address, 0);
            Memory.writeShort(address + Long.BYTES, 0);
            Memory.copy(address(head), address + VirtioNetHeader.LENGTH, length[slot]);
            batch.add(address + VirtioNetHeader.LENGTH, length[slot], i);
            batch.label(i, label[slot]);
            if (fromSwitch[slot]) {
                batch.markFromSwitch(i);
            }
            if (dropReason[slot] != DropReason.NONE) {
                batch.drop(i, dropReason[slot]);
            }
            waiting[LevelShares.of(label[slot])]--;
            head++;
        }
    }

    @Override
    public void close() {
        Memory.unmap(base, (long) CAPACITY * FRAME_MAX);
    }
}
