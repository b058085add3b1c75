package io.weir.ipsec.esp;

import io.weir.kernel.Memory;

/**
 * The bytes behind an inner packet, which its padding and trailer borrow while it is sealed. They are another's: the next segment of a
 * super-frame, or the padding of a frame that other ports get, too.
 *
 * <p>Only bytes in the page of the packet's last one are borrowed: they are mapped, and of no other frame of a shared memory, such as
 * AF_XDP's, whose frames are pages.
 *
 * <p>Threading: one worker.
 */
final class TrailerRoom {
    /** The longest padding and trailer of a cipher: blocks of 16 bytes need 17. */
    private static final int LENGTH = 3 * Long.BYTES;

    private long address;
    private long first;
    private long second;
    private long third;

    /**
     * Keeps what stands behind a packet, unless there is no room.
     *
     * @param end address behind the packet's last byte
     * @param length bytes that will be written there
     * @return whether they may be, until {@link #giveBack}
     */
    boolean borrow(long end, int length) {
        long offsetOfLast = (end - 1) & (Memory.PAGE_BYTES - 1);
        if (length > LENGTH || offsetOfLast + LENGTH >= Memory.PAGE_BYTES) {
            return false;
        }
        address = end;
        first = Memory.readLong(end);
        second = Memory.readLong(end + Long.BYTES);
        third = Memory.readLong(end + 2 * Long.BYTES);
        return true;
    }

    /** Makes them what they were. */
    void giveBack() {
        Memory.writeLong(address, first);
        Memory.writeLong(address + Long.BYTES, second);
        Memory.writeLong(address + 2 * Long.BYTES, third);
    }
}
