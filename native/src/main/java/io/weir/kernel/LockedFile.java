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
    private static final int LOCK_EX_NB = 2 | 4;
    private static final int ATTEMPTS = 3;

    private final SizedFile file;
    private final int fd;
    private final Path path;
    private final long length;

    private LockedFile(SizedFile file, Path path, long length) {
        this.file = file;
        this.fd = file.fd();
        this.path = path;
        this.length = length;
    }

    /**
     * Opens the file, created when missing and extended to {@code length} bytes; bytes that are new read 0. What is behind them in a
     * longer file stays. When opening fails, the file is as it was, or none.
     *
     * @param owners whose the file is, as an operator knows them: "daemon"
     * @throws KernelException when it cannot be opened or resized, or somebody else has it
     */
    public static LockedFile open(Path path, long length, String owners) {
        String remedy = "make the directory of " + path + " writable and free " + length + " bytes there";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            SizedFile file = SizedFile.open(path, remedy);
            if (lock(file, path, owners)) {
                file.locked();
                return extended(file, path, length, remedy);
            }
        }
        throw new KernelException("lock " + path, -Errno.EAGAIN, another(owners));
    }

    /** False when who had it before has removed it meanwhile. */
    private static boolean lock(SizedFile file, Path path, String owners) {
        int result = Syscall.result(LIBC.flock(file.fd(), LOCK_EX_NB));
        boolean present = result == 0 && file.present();
        if (!present) {
            file.close();
        }
        Errno.require(result, "lock " + path, another(owners));
        return present;
    }

    private static String another(String owners) {
        return "another " + owners + " has it: stop that one, or give each " + owners + " a folder of its own";
    }

    private static LockedFile extended(SizedFile file, Path path, long length, String remedy) {
        try {
            file.extend(length, remedy);
            return new LockedFile(file, path, length);
        } catch (KernelException refused) {
            file.undo();
            file.close();
            throw refused;
        }
    }

    /** Whether there was no such file before. */
    public boolean made() {
        return file.made();
    }

    /** For who has written nothing to it: removes it if there was none before, else gives it the length it had. */
    public void undo() {
        file.undo();
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
        file.close();
    }
}
