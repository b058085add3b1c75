package io.weir.datapath.session;

import java.lang.invoke.VarHandle;

import org.agrona.UnsafeApi;

/**
 * One line of 64 bytes for each session, read and written by offset in native byte order. Nothing checks offsets: a hit on a
 * session reads some thirty fields, and the checks took a third of its time; that of java.lang.foreign, whether an address is in
 * the whole address space, alone a fifth. So whoever calls makes offsets from numbers of sessions below the table's capacity.
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
        return UnsafeApi.getLong(address + offset);
    }

    void putLong(int offset, long value) {
        UnsafeApi.putLong(address + offset, value);
    }

    int getInt(int offset) {
        return UnsafeApi.getInt(address + offset);
    }

    void putInt(int offset, int value) {
        UnsafeApi.putInt(address + offset, value);
    }

    /** After everything that was written before. */
    void putIntOrdered(int offset, int value) {
        VarHandle.releaseFence();
        UnsafeApi.putInt(address + offset, value);
    }

    short getShort(int offset) {
        return UnsafeApi.getShort(address + offset);
    }

    void putShort(int offset, short value) {
        UnsafeApi.putShort(address + offset, value);
    }

    byte getByte(int offset) {
        return UnsafeApi.getByte(address + offset);
    }

    void putByte(int offset, byte value) {
        UnsafeApi.putByte(address + offset, value);
    }
}
