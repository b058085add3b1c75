package io.weir.kernel;

import java.nio.file.Path;

import static io.weir.kernel.LibC.LIBC;

/**
 * A file mapped shared into memory: what is written survives the process, also when it is killed. It survives the
 * machine only after {@link #force()}.
 *
 * <p>Threading: opened and closed by its owner; the memory follows the rules of what lies in it.
 */
public final class MappedFile implements AutoCloseable {
    private static final int MS_SYNC = 4;

    private final Path path;
    private final long address;
    private final long length;
    private final boolean made;
    private boolean open = true;

    private MappedFile(Path path, long address, long length, boolean made) {
        this.path = path;
        this.address = address;
        this.length = length;
        this.made = made;
    }

    /**
     * Maps the file, created when missing and set to {@code length} bytes; bytes that are new read 0. When that fails, the file is as
     * it was, or none.
     *
     * @throws KernelException when it cannot be opened, resized or mapped
     */
    public static MappedFile open(Path path, long length) {
        String remedy = "make the directory of " + path + " writable and free " + length + " bytes there";
        SizedFile file = SizedFile.open(path, remedy);
        try {
            file.extend(length, remedy);
            long address = Memory.mapFile(file.fd(), length);
            cut(file, length, address, remedy);
            return new MappedFile(path, address, length, file.made());
        } catch (KernelException refused) {
            file.undo();
            throw refused;
        } finally {
            file.close();
        }
    }

    private static void cut(SizedFile file, long length, long address, String remedy) {
        try {
            file.cut(length, remedy);
        } catch (KernelException refused) {
            Memory.unmap(address, length);
            throw refused;
        }
    }

    /** Whether there was no such file before. */
    public boolean made() {
        return made;
    }

    /** Removes the file, as far as that can be; the memory stays. */
    public void remove() {
        SizedFile.remove(path);
    }

    public Path path() {
        return path;
    }

    public long address() {
        return address;
    }

    public long length() {
        return length;
    }

    /** Waits until the bytes are on the device. 0 or a negative errno. */
    public int force() {
        return Syscall.result(LIBC.msync(address, length, MS_SYNC));
    }

    /** Unmaps; addresses inside are invalid from here on. */
    @Override
    public void close() {
        if (open) {
            open = false;
            Memory.unmap(address, length);
        }
    }
}
