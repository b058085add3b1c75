package io.weir.datapath.session;

import java.lang.invoke.VarHandle;

import io.weir.kernel.Memory;

/**
 * One line of 64 bytes for each session, read and written by offset in native byte order. Nothing checks offsets: a hit on a
 * session reads some thirty fields, and the checks took a third of its time. So whoever calls makes offsets from numbers of
 * sessions below the table's capacity.
 *
 * <p>Threading: the worker that owns the table.
 */
final class SessionLines {
    private final long address;

    /** @param address of the first line */
    SessionLines(long address) {
        this.address = address;
    }

    /** Sets the first bytes, a multiple of eight, to zero. */
    void clear(int length) {
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            putLong(offset, 0);
        }
    }

    long getLong(int offset) {
        return Memory.readLong(address + offset);
    }

    void putLong(int offset, long value) {
        Memory.writeLong(address + offset, value);
    }

    int getInt(int offset) {
        return Memory.readInt(address + offset);
    }

    void putInt(int offset, int value) {
        Memory.writeInt(address + offset, value);
    }

    /** After everything that was written before. */
    void putIntOrdered(int offset, int value) {
        VarHandle.releaseFence();
        Memory.writeInt(address + offset, value);
    }

    short getShort(int offset) {
        return Memory.readShort(address + offset);
    }

    void putShort(int offset, short value) {
        Memory.writeShort(address + offset, value);
    }

    byte getByte(int offset) {
        return Memory.readByte(address + offset);
    }

    void putByte(int offset, byte value) {
        Memory.writeByte(address + offset, value);
    }
}
