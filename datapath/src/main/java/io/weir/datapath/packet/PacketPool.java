package io.weir.datapath.packet;

import io.weir.kernel.Memory;

/**
 * A worker's packet memory: one off-heap region of equal slots, each large enough for a super-frame with its headroom.
 *
 * <p>The first {@link PacketBatch#CAPACITY} slots belong to the batch under way: slot {@code i} takes the frame that a port
 * receives as packet {@code i}. The others are spares for copies (a flooded frame that leaves tagged here and untagged
 * there), handed out in order and all taken back when the batch is done. So no free list is needed.
 *
 * <p>Threading: owned by one worker.
 */
public final class PacketPool implements AutoCloseable {
    /**
     * Writable bytes in front of the virtio-net header: two VLAN tags, the longest label option of IPv6 (144 bytes), and more
     * than a cache line for what comes later; a multiple that puts the network header of an untagged frame on a 16-byte boundary.
     */
    public static final int HEADROOM = 232;

    /** Largest frame: 65,535 bytes of IP packet, Ethernet header and two tags, rounded up. */
    public static final int MAX_FRAME_LENGTH = 65_560;

    /** Bytes a receiving port may write from {@link #receiveAddress} on: header, frame, and one more to see truncation. */
    public static final int RECEIVE_CAPACITY = VirtioNetHeader.LENGTH + MAX_FRAME_LENGTH + 1;

    // 17 pages and three cache lines: an odd number of lines, so that the headers of a batch spread over the cache's
    // sets.
    private static final int STRIDE = 17 * 4096 + 3 * 64;
    private static final int SPARES = 192;
    private static final int SLOTS = PacketBatch.CAPACITY + SPARES + 1;

    private final long base;
    private int sparesUsed;

    public PacketPool() {
        base = Memory.map((long) STRIDE * SLOTS);
    }

    /** Where the virtio-net header of batch slot {@code i} starts; the frame follows it. */
    public long receiveAddress(int i) {
        return base + (long) i * STRIDE + HEADROOM;
    }

    /** Address of the frame (behind its virtio-net header) in a spare slot, or 0 when none is left. */
    public long takeSpare() {
        if (sparesUsed == SPARES) {
            return 0;
        }
        return receiveAddress(PacketBatch.CAPACITY + sparesUsed++) + VirtioNetHeader.LENGTH;
    }

    /** Address of a frame's room that belongs to nobody for longer than one call. */
    public long scratch() {
        return receiveAddress(PacketBatch.CAPACITY + SPARES) + VirtioNetHeader.LENGTH;
    }

    /** Takes all spares back; the frames in them have left. */
    public void releaseSpares() {
        sparesUsed = 0;
    }

    @Override
    public void close() {
        Memory.unmap(base, (long) STRIDE * SLOTS);
    }
}
