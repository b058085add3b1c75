package io.weir.kernel;

import static io.weir.kernel.LibC.LIBC;

/**
 * A wake-up for a thread that sleeps in {@link Epoll#wait}.
 *
 * <p>Threading: any thread signals, the waiting thread drains. Close it only when nobody signals any more.
 */
public final class EventFd implements AutoCloseable {
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;

    private final Scratch one = new Scratch(Long.BYTES);
    private final Scratch count = new Scratch(Long.BYTES);
    // Volatile: signallers must not write to a descriptor number that close() gave back to the kernel.
    private volatile int fd;

    private EventFd(int fd) {
        this.fd = fd;
        Memory.writeLong(one.address(), 1L);
    }

    /** A wake-up that is not signalled. @throws KernelException when the process has no descriptor left */
    public static EventFd create() {
        int fd = Syscall.result(LIBC.eventfd(0, EFD_CLOEXEC_NONBLOCK));
        return new EventFd(Errno.require(fd, "eventfd", "raise the limit of open files (ulimit -n)"));
    }

    /** Makes the descriptor readable. 0 or a negative errno. */
    public int signal() {
        long written = Syscall.write(fd, one.address(), Long.BYTES);
        return written < 0 ? (int) written : 0;
    }

    /** Signals since the last drain, 0 when there was none, or a negative errno; not readable afterwards. */
    public long drain() {
        long length = Syscall.read(fd, count.address(), Long.BYTES);
        return length > 0 ? Memory.readLong(count.address()) : length;
    }

    public int fd() {
        return fd;
    }

    @Override
    public void close() {
        int closing = fd;
        if (closing >= 0) {
            fd = -1;
            Syscall.close(closing);
            one.close();
            count.close();
        }
    }
}
