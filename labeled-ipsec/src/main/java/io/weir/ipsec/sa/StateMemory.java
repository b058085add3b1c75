package io.weir.ipsec.sa;

import java.nio.file.Path;
import java.util.BitSet;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.KernelException;
import io.weir.kernel.LockedFile;
import io.weir.kernel.Memory;

/**
 * Units of memory that a file follows: what was changed is written when {@link #write} is called, and survives the process from there
 * on, the machine from {@link #force} on. Errors of the disk are numbers here; a mapping of the file would raise them as signals.
 *
 * <p>Threading: the control thread; {@link #force} any thread.
 */
final class StateMemory implements AutoCloseable {
    /** Bytes of a unit, each of which reaches the disk as a whole. */
    static final int UNIT = 128;

    private final @Nullable LockedFile file;
    private final long length;
    private final long base;
    private final BitSet changed = new BitSet();
    // After a failed force nobody knows what is on the disk. Guarded by this.
    private boolean lost;

    private StateMemory(@Nullable LockedFile file, long length) {
        this.file = file;
        this.length = length;
        this.base = Memory.map(length);
    }

    /** What the file has. @throws KernelException when it cannot be opened or read, or another process has it */
    static StateMemory open(Path path, long length) {
        LockedFile file = LockedFile.open(path, length, "daemon");
        @Nullable StateMemory opened = null;
        try {
            opened = new StateMemory(file, length);
            file.read(opened.base);
            return opened;
        } catch (KernelException refused) {
            file.undo();
            if (opened == null) {
                file.close();
            } else {
                opened.release();
            }
            throw refused;
        }
    }

    /** Without a file. */
    static StateMemory unkept(long length) {
        return new StateMemory(null, length);
    }

    int getInt(long at) {
        return Memory.readInt(base + at);
    }

    long getLong(long at) {
        return Memory.readLong(base + at);
    }

    void putInt(long at, int value) {
        if (getInt(at) != value) {
            Memory.writeInt(base + at, value);
            changed.set((int) (at / UNIT));
        }
    }

    void putLong(long at, long value) {
        if (getLong(at) != value) {
            Memory.writeLong(base + at, value);
            changed.set((int) (at / UNIT));
        }
    }

    /** Writes what was changed. 0 or a negative errno: then the rest is written the next time. */
    synchronized int write() {
        if (file == null) {
            return 0;
        }
        if (lost) {
            changed.set(0, (int) (length / UNIT));
            lost = false;
        }
        for (int from = changed.nextSetBit(0); from >= 0; from = changed.nextSetBit(from)) {
            int end = changed.nextClearBit(from);
            long at = (long) from * UNIT;
            int result = file.write(at, base + at, (long) (end - from) * UNIT);
            if (result < 0) {
                return result;
            }
            changed.clear(from, end);
        }
        return 0;
    }

    /** Waits until what was written is on the disk. 0 or a negative errno: then everything is written again the next time. */
    synchronized int force() {
        int result = file == null ? 0 : file.force();
        lost |= result < 0;
        return result;
    }

    /** Writes what was changed, and waits until it is on the disk. 0 or a negative errno. */
    synchronized int save() {
        int result = write();
        return result < 0 ? result : force();
    }

    /** Whether there was no such file before. */
    boolean made() {
        return file != null && file.made();
    }

    /** For who has written nothing, or nothing that is needed: removes a file that was made, gives another the length it had. */
    void undo() {
        if (file != null) {
            file.undo();
        }
    }

    /** Saves as far as it can be. */
    @Override
    public void close() {
        int ignored = save();
        release();
    }

    /** Saves nothing. */
    void release() {
        if (file != null) {
            file.close();
        }
        Memory.unmap(base, length);
    }
}
