package io.weir.kernel;

import static io.weir.kernel.LibC.LIBC;

/**
 * An epoll instance: waits for many descriptors, and names the ready ones by the token they were added with.
 *
 * <p>Threading: one thread waits and reads the results; descriptors may be added and removed from any thread.
 */
public final class Epoll implements AutoCloseable {
    public static final int IN = 0x1;
    public static final int OUT = 0x4;
    public static final int ERROR = 0x8;
    public static final int HANG_UP = 0x10;
    public static final int EDGE_TRIGGERED = 1 << 31;

    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int CTL_ADD = 1;
    private static final int CTL_REMOVE = 2;
    private static final int CTL_MODIFY = 3;
    private static final int EVENT_LENGTH = CpuArchitecture.CURRENT.epollEventLength();
    private static final int TOKEN_OFFSET = CpuArchitecture.CURRENT.epollDataOffset();

    private final int capacity;
    private final Scratch ready; // epoll_event[capacity]
    private int fd;

    private Epoll(int fd, int capacity) {
        this.fd = fd;
        this.capacity = capacity;
        this.ready = new Scratch((long) capacity * EVENT_LENGTH);
    }

    /** An instance that reports up to {@code capacity} ready descriptors a wait. @throws KernelException if refused */
    public static Epoll create(int capacity) {
        int fd = Syscall.result(LIBC.epoll_create1(EPOLL_CLOEXEC));
        return new Epoll(Errno.require(fd, "epoll_create1", "raise the limit of open files (ulimit -n)"), capacity);
    }

    /** 0 or a negative errno; -EEXIST when the descriptor is there already. */
    public int add(int descriptor, int events, long token) {
        return control(CTL_ADD, descriptor, events, token);
    }

    /** 0 or a negative errno; -ENOENT when the descriptor was not added. */
    public int modify(int descriptor, int events, long token) {
        return control(CTL_MODIFY, descriptor, events, token);
    }

    /** 0 or a negative errno; closing a descriptor removes it too. */
    public int remove(int descriptor) {
        return control(CTL_REMOVE, descriptor, 0, 0L);
    }

    private int control(int operation, int descriptor, int events, long token) {
        try (var event = new Scratch(EVENT_LENGTH)) {
            Memory.writeInt(event.address(), events);
            Memory.writeLong(event.address() + TOKEN_OFFSET, token);
            return Syscall.result(LIBC.epoll_ctl(fd, operation, descriptor, event.address()));
        }
    }

    /** Ready descriptors; 0 after the timeout or a signal; a negative errno. A timeout of -1 waits for ever. */
    public int wait(int timeoutMs) {
        int count = Syscall.result(LIBC.epoll_wait(fd, ready.address(), capacity, timeoutMs));
        return count == -Errno.EINTR ? 0 : count;
    }

    /** Token of the i-th ready descriptor of the last wait. */
    public long token(int i) {
        return Memory.readLong(ready.address() + (long) i * EVENT_LENGTH + TOKEN_OFFSET);
    }

    /** Event bits of the i-th ready descriptor of the last wait. */
    public int events(int i) {
        return Memory.readInt(ready.address() + (long) i * EVENT_LENGTH);
    }

    public int fd() {
        return fd;
    }

    /** By the waiting thread, or after it has ended. */
    @Override
    public void close() {
        if (fd >= 0) {
            Syscall.close(fd);
            fd = -1;
            ready.close();
        }
    }
}
