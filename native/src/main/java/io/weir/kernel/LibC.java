package io.weir.kernel;

import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.types.intptr_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import jnr.ffi.types.u_int64_t;

/**
 * libc as JNR-FFI binds it: pointers are plain addresses, -1 means "ask {@link #errno()}".
 *
 * <p>No method is {@code @IgnoreError}: JNR-FFI then saves errno right after the call, before the virtual machine can
 * overwrite it at the transition back to Java.
 *
 * <p>Public only because JNR-FFI implements it in a class loader of its own; use {@link Syscall}.
 *
 * <p>Threading: any thread; errno belongs to the calling thread.
 */
public interface LibC {
    LibC LIBC = LibraryLoader.create(LibC.class).load("c");

    Runtime RUNTIME = Runtime.getRuntime(LIBC);

    /** Errno of this thread's last call, positive. */
    static int errno() {
        return LastError.getLastError(RUNTIME);
    }

    int open(String path, int flags, int mode);

    int close(int fd);

    @ssize_t
    long read(int fd, @intptr_t long address, @size_t long length);

    @ssize_t
    long write(int fd, @intptr_t long address, @size_t long length);

    @ssize_t
    long readv(int fd, @intptr_t long vector, int count);

    @ssize_t
    long writev(int fd, @intptr_t long vector, int count);

    @ssize_t
    long send(int fd, @intptr_t long data, @size_t long length, int flags);

    @ssize_t
    long recv(int fd, @intptr_t long data, @size_t long length, int flags);

    int recvmmsg(int fd, @intptr_t long vector, int count, int flags, @intptr_t long timeout);

    int sendmmsg(int fd, @intptr_t long vector, int count, int flags);

    int ioctl(int fd, @u_int64_t long request, @intptr_t long argument);

    int fcntl(int fd, int command, @intptr_t long argument);

    int ftruncate(int fd, @intptr_t long length);

    @intptr_t
    long lseek(int fd, @intptr_t long offset, int whence);

    /** Answers a positive errno, and leaves errno as it was. */
    int posix_fallocate(int fd, @intptr_t long offset, @intptr_t long length);

    int fsync(int fd);

    int fdatasync(int fd);

    int flock(int fd, int operation);

    @ssize_t
    long pread(int fd, @intptr_t long address, @size_t long length, @intptr_t long offset);

    @ssize_t
    long pwrite(int fd, @intptr_t long address, @size_t long length, @intptr_t long offset);

    /**
     * The seventh argument is not mmap's, and both calling conventions ignore it: JNR-FFI 2.3.4 passes a wrong sixth
     * argument to functions of exactly six (its x86_64 stub reads the wrong stack slot), but not with seven.
     */
    @intptr_t
    long mmap(
            @intptr_t long address,
            @size_t long length,
            int protection,
            int flags,
            int fd,
            @intptr_t long offset,
            int ignored);

    int munmap(@intptr_t long address, @size_t long length);

    int madvise(@intptr_t long address, @size_t long length, int advice);

    int msync(@intptr_t long address, @size_t long length, int flags);

    int socket(int domain, int type, int protocol);

    int bind(int fd, @intptr_t long address, int length);

    int connect(int fd, @intptr_t long address, int length);

    int setsockopt(int fd, int level, int option, @intptr_t long value, int length);

    int getsockopt(int fd, int level, int option, @intptr_t long value, @intptr_t long length);

    int poll(@intptr_t long fds, @size_t long count, int timeoutMs);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, @intptr_t long event);

    int epoll_wait(int epoll, @intptr_t long events, int capacity, int timeoutMs);

    int eventfd(int initial, int flags);

    int setns(int fd, int type);

    int prctl(int option, @intptr_t long second, @intptr_t long third, @intptr_t long fourth, @intptr_t long fifth);

    int sched_setaffinity(int thread, @size_t long length, @intptr_t long mask);

    int sched_getaffinity(int thread, @size_t long length, @intptr_t long mask);

    int if_nametoindex(String name);

    int geteuid();

    /** Address of a struct passwd that the next such call overwrites, or 0. */
    @intptr_t
    long getpwnam(String name);

    @intptr_t
    long getpwuid(int uid);

    /** Address of a struct group that the next such call overwrites, or 0. */
    @intptr_t
    long getgrnam(String name);

    @intptr_t
    long getgrgid(int gid);

    String strerror(int errno);

    long syscall(@intptr_t long number, @intptr_t long first, @intptr_t long second, @intptr_t long third);
}
