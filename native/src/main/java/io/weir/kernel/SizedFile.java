package io.weir.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static io.weir.kernel.LibC.LIBC;

/**
 * A file that is opened, or made, and brought to a length, and what it was before, so that a failure leaves it so.
 *
 * <p>Threading: its owner.
 */
final class SizedFile {
    private static final int OWNER_READ_WRITE = 0600;
    private static final int SEEK_END = 2;
    private static final int ATTEMPTS = 3;

    private final Path path;
    private final int fd;
    private boolean made;
    private long lengthBefore;

    private SizedFile(Path path, int fd, boolean made) {
        this.path = path;
        this.fd = fd;
        this.made = made;
        this.lengthBefore = made ? 0 : LIBC.lseek(fd, 0, SEEK_END);
    }

    /** @throws KernelException when it can be neither opened nor made */
    static SizedFile open(Path path, String remedy) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int fd = Syscall.open(path.toString(), Syscall.O_RDWR | Syscall.O_CREAT | Syscall.O_EXCL, OWNER_READ_WRITE);
            boolean made = fd >= 0;
            if (fd == -Errno.EEXIST) {
                fd = Syscall.open(path.toString(), Syscall.O_RDWR, OWNER_READ_WRITE);
            }
            // Gone again meanwhile.
            if (fd != -Errno.ENOENT || !Files.isDirectory(folder(path))) {
                return new SizedFile(path, Errno.require(fd, "open " + path, remedy), made);
            }
        }
        // A link to nothing, which is made.
        int flags = Syscall.O_RDWR | Syscall.O_CREAT;
        int fd = Errno.require(Syscall.open(path.toString(), flags, OWNER_READ_WRITE), "open " + path, remedy);
        return new SizedFile(path, fd, false);
    }

    private static Path folder(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        return folder == null ? path : folder;
    }

    /** To be told when it is locked: another may have used it since it was opened. */
    void locked() {
        lengthBefore = LIBC.lseek(fd, 0, SEEK_END);
        made &= lengthBefore == 0;
    }

    /** Not shorter than that, with blocks for all of it. @throws KernelException when there is no room */
    void extend(long length, String remedy) {
        if (lengthBefore < length) {
            Errno.require(Syscall.result(LIBC.ftruncate(fd, length)), "resize " + path, remedy);
        }
        // A hole that the file system cannot fill later would kill the thread that writes there, or lose what is
        // written.
        Errno.require(-LIBC.posix_fallocate(fd, 0, length), "reserve " + length + " bytes for " + path, remedy);
    }

    /** Cuts off what is behind that length. */
    void cut(long length, String remedy) {
        if (lengthBefore > length) {
            Errno.require(Syscall.result(LIBC.ftruncate(fd, length)), "resize " + path, remedy);
        }
    }

    int fd() {
        return fd;
    }

    /** Whether there was no such file before. */
    boolean made() {
        return made;
    }

    /** Whether the path still leads to this file, which its owner may have removed before it was locked. */
    boolean present() {
        try {
            return Files.isSameFile(path, Path.of("/proc/self/fd/" + fd));
        } catch (IOException gone) {
            return false;
        }
    }

    /** Removes it if it was made, else gives it the length it had. As far as that can be. */
    void undo() {
        if (made) {
            remove(path);
        } else {
            int ignored = LIBC.ftruncate(fd, lengthBefore);
        }
    }

    /** Removes a file, as far as that can be. */
    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException stays) {
            // It is empty or unused, and the next to open it takes it.
        }
    }

    void close() {
        Syscall.close(fd);
    }
}
