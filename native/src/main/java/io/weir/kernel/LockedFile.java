package io.weir.kernel;

import java.nio.file.Path;

import static io.weir.kernel.LibC.LIBC;

/**
 * A file of fixed length that one process has for itself, read and written by calls: a failing disk answers with an error, where a
 * {@link MappedFile} ends the thread that stores. What is written survives the process at once, the machine after {@link #force}.
 *
 * <p>Threading: its owner; {@link #force} any thread.
 */
public final class LockedFile implements AutoCloseable {
    private static final int OWNER_READ_WRITE = 0600;
    private static final int LOCK_EX_NB = 2 | 4;

    private final int fd;
    private final Path path;
    private final long length;

    private LockedFile(int fd, Path path, long length) {
        this.fd = fd;
        this.path = path;
        this.length = length;
    }

    /**
     * Opens the file, created when missing and set to {@code length} bytes; bytes that are new read 0.
     *
     * @param owners whose the file is, as an operator knows them: "daemon"
     * @throws KernelException when it cannot be opened or resized, or somebody else has it
     */
    public static LockedFile open(Path path, long length, String owners) {
        String remedy = "make the directory of " + path + " writable and free " + length + " bytes there";
        int fd = Errno.require(
                Syscall.open(path.toString(), Syscall.O_RDWR | Syscall.O_CREAT, OWNER_READ_WRITE),
                "open " + path,
                remedy);
        try {
            Errno.require(
                    Syscall.result(LIBC.flock(fd, LOCK_EX_NB)),
                    "lock " + path,
                    "another " + owners + " has it: stop that one, or give each " + owners + " a folder of its own");
            Errno.require(Syscall.result(LIBC.ftruncate(fd, length)), "resize " + path, remedy);
            Errno.require(-LIBC.posix_fallocate(fd, 0, length), "reserve " + length + " bytes for " + path, remedy);
            return new LockedFile(fd, path, length);
        } catch (KernelException refused) {
            Syscall.close(fd);
            throw refused;
        }
    }

    /** Reads all of it to an address. @throws KernelException when it cannot be read */
    public void read(long address) {
        for (long done = 0; done < length; ) {
            long read = LIBC.pread(fd, address + done, length - done, done);
            if (read <= 0) {
                int error = read < 0 ? -LibC.errno() : -Errno.EIO;
                throw new KernelException("read " + path, error, "see to the device it is on");
            }
            done += read;
        }
    }

    /** Writes bytes of an address to their place in the file. 0 or a negative errno. */
    public int write(long offset, long address, long bytes) {
        for (long done = 0; done < bytes; ) {
            long written = LIBC.pwrite(fd, address + done, bytes - done, offset + done);
            if (written < 0 && LibC.errno() != Errno.EINTR) {
                return -LibC.errno();
            }
            done += Math.max(0, written);
        }
        return 0;
    }

    /** Waits until what was written is on the device. 0 or a negative errno: then it may be lost, and must be written again. */
    public int force() {
        return Syscall.result(LIBC.fdatasync(fd));
    }

    /** The file is free for others. */
    @Override
    public void close() {
        Syscall.close(fd);
    }
}
