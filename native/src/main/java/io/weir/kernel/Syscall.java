package io.weir.kernel;

import static io.weir.kernel.LibC.LIBC;

/**
 * System calls on raw addresses. Input and output calls return the count, 0 for "nothing now" (EAGAIN), or a negative
 * errno; they allocate nothing and never throw. Set-up calls return the result or a negative errno.
 *
 * <p>Addresses are trusted: a wrong one that the kernel can write to corrupts the process. EINTR is returned like any
 * other error; the caller decides whether to repeat.
 *
 * <p>Threading: any thread.
 */
public final class Syscall {
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;

    public static final int POLLIN = 0x1;
    public static final int POLLOUT = 0x4;
    public static final int POLLERR = 0x8;
    public static final int POLLHUP = 0x10;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_CLOEXEC = 0x80000;

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_NONBLOCK = 0x800;

    // The only call here that libc does not wrap; its number is the architecture's.
    private static final long SYS_BPF = CpuArchitecture.CURRENT.bpfSyscallNumber();

    private Syscall() {}

    /** Bytes read, 0 when nothing is there or at the end of a file, or a negative errno. */
    public static long read(int fd, long address, long length) {
        return ioResult(LIBC.read(fd, address, length));
    }

    /** Bytes written, 0 when the receiver is full, or a negative errno. */
    public static long write(int fd, long address, long length) {
        return ioResult(LIBC.write(fd, address, length));
    }

    /** As {@link #read}, into {@code count} iovecs {@code {u64 base, u64 length}} at {@code vector}. */
    public static long readv(int fd, long vector, int count) {
        return ioResult(LIBC.readv(fd, vector, count));
    }

    /** As {@link #write}, from {@code count} iovecs at {@code vector}. */
    public static long writev(int fd, long vector, int count) {
        return ioResult(LIBC.writev(fd, vector, count));
    }

    /** Messages received into the mmsghdr array at {@code vector}, 0 when none is there, or a negative errno. */
    public static int recvmmsg(int fd, long vector, int count, int flags) {
        return ioResult(LIBC.recvmmsg(fd, vector, count, flags, 0L));
    }

    /** Messages sent, possibly fewer than {@code count}; a negative errno only when the first one failed. */
    public static int sendmmsg(int fd, long vector, int count, int flags) {
        return ioResult(LIBC.sendmmsg(fd, vector, count, flags));
    }

    /** Bytes sent on a bound socket, 0 when its buffer is full, or a negative errno. */
    public static long sendto(int fd, long address, long length, int flags) {
        return ioResult(LIBC.send(fd, address, length, flags));
    }

    /** Bytes received, 0 when nothing is there, or a negative errno. */
    public static long recv(int fd, long address, long length, int flags) {
        return ioResult(LIBC.recv(fd, address, length, flags));
    }

    /** Asks the kernel to drive the receive side of an AF_XDP socket: receives nothing, never waits. */
    public static long recvKick(int fd) {
        return ioResult(LIBC.recv(fd, 0L, 0L, MSG_DONTWAIT));
    }

    /** Asks the kernel to drive the transmit side of an AF_XDP socket: sends nothing, never waits. */
    public static long sendKick(int fd) {
        return ioResult(LIBC.send(fd, 0L, 0L, MSG_DONTWAIT));
    }

    /** Ready descriptors among {@code count} pollfds {@code {i32 fd, u16 events, u16 revents}}, 0 after the timeout. */
    public static int poll(long fds, int count, int timeoutMs) {
        return ioResult(LIBC.poll(fds, count, timeoutMs));
    }

    public static int close(int fd) {
        return result(LIBC.close(fd));
    }

    /** A descriptor that is closed on exec, or a negative errno. */
    public static int open(String path, int flags, int mode) {
        return result(LIBC.open(path, flags | O_CLOEXEC, mode));
    }

    /** An ioctl whose argument is an address or a plain number. */
    public static int ioctl(int fd, long request, long argument) {
        return result(LIBC.ioctl(fd, request, argument));
    }

    /** An ioctl that takes a pointer to one int. */
    public static int ioctlInt(int fd, long request, int value) {
        try (var scratch = new Scratch(Integer.BYTES)) {
            Memory.writeInt(scratch.address(), value);
            return ioctl(fd, request, scratch.address());
        }
    }

    public static int nonBlocking(int fd) {
        int flags = result(LIBC.fcntl(fd, F_GETFL, 0L));
        return flags < 0 ? flags : result(LIBC.fcntl(fd, F_SETFL, (long) flags | O_NONBLOCK));
    }

    /** Another descriptor of the same open file, closed on exec, or a negative errno. */
    public static int duplicate(int fd) {
        return result(LIBC.fcntl(fd, F_DUPFD_CLOEXEC, 0L));
    }

    public static int socket(int domain, int type, int protocol) {
        return result(LIBC.socket(domain, type | O_CLOEXEC, protocol));
    }

    public static int bind(int fd, long address, int length) {
        return result(LIBC.bind(fd, address, length));
    }

    public static int connect(int fd, long address, int length) {
        return result(LIBC.connect(fd, address, length));
    }

    public static int setsockopt(int fd, int level, int option, long value, int length) {
        return result(LIBC.setsockopt(fd, level, option, value, length));
    }

    public static int setsockoptInt(int fd, int level, int option, int value) {
        try (var scratch = new Scratch(Integer.BYTES)) {
            Memory.writeInt(scratch.address(), value);
            return setsockopt(fd, level, option, scratch.address(), Integer.BYTES);
        }
    }

    /** Bytes that the kernel wrote to {@code value}, or a negative errno. */
    public static int getsockopt(int fd, int level, int option, long value, int length) {
        try (var scratch = new Scratch(Integer.BYTES)) {
            Memory.writeInt(scratch.address(), length);
            int result = result(LIBC.getsockopt(fd, level, option, value, scratch.address()));
            return result < 0 ? result : Memory.readInt(scratch.address());
        }
    }

    /** Value of an option that is a positive int, or a negative errno. Allocates nothing: {@code scratch} is room for two ints. */
    public static int getsockoptInt(int fd, int level, int option, long scratch) {
        Memory.writeInt(scratch + Integer.BYTES, Integer.BYTES);
        int result = result(LIBC.getsockopt(fd, level, option, scratch, scratch + Integer.BYTES));
        return result < 0 ? result : Memory.readInt(scratch);
    }

    /** Result of bpf(2) with the attribute union at {@code attributes}, or a negative errno. */
    public static int bpf(int command, long attributes, int length) {
        return result((int) LIBC.syscall(SYS_BPF, command, attributes, length));
    }

    /** Index of the interface in the calling thread's network namespace, or -ENODEV. */
    public static int interfaceIndex(String name) {
        int index = LIBC.if_nametoindex(name);
        return index > 0 ? index : -Errno.ENODEV;
    }

    static int result(int result) {
        return result < 0 ? -LibC.errno() : result;
    }

    private static long ioResult(long result) {
        return result < 0 ? ioError() : result;
    }

    private static int ioResult(int result) {
        return result < 0 ? ioError() : result;
    }

    private static int ioError() {
        int errno = LibC.errno();
        return errno == Errno.EAGAIN ? 0 : -errno;
    }
}
