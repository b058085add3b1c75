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
    private static final int OWNER_READ_WRITE = 0600;
    private static final int MS_SYNC = 4;

    private final Path path;
    private final long address;
    private final long length;
    private boolean open = true;

    private MappedFile(Path path, long address, long length) {
        this.path = path;
        this.address = address;
        this.length = length;
    }

    /**
     * Maps the file, created when missing and set to {@code length} bytes; bytes that are new read 0.
     *
     * @throws KernelException when it cannot be opened, resized or mapped
     */
    public static MappedFile open(Path path, long length) {
        String remedy = "make the directory of " + path + " writable and free " + length + " bytes there";
        int fd = Errno.require(
                Syscall.open(path.toString(), Syscall.O_RDWR | Syscall.O_CREAT, OWNER_READ_WRITE),
                "open " + path,
                remedy);
        try {
            Errno.require(Syscall.result(LIBC.ftruncate(fd, length)), "resize " + path, remedy);
            // A hole that the file system cannot fill later would kill the thread that writes there.
            Errno.require(-LIBC.posix_fallocate(fd, 0, length), "reserve " + length + " bytes for " + path, remedy);
            return new MappedFile(path, Memory.mapFile(fd, length), length);
        } finally {
            Syscall.close(fd);
        }
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
