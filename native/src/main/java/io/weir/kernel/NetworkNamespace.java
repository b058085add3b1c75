package io.weir.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import org.jspecify.annotations.Nullable;

import static io.weir.kernel.LibC.LIBC;

/**
 * A network namespace held open by its descriptor. Sockets and taps made inside {@link #call} belong to it for life,
 * whichever thread uses them later.
 *
 * <p>Threading: any thread. Every call runs on a platform thread of its own that ends with it, so no pooled thread can
 * be left in a foreign namespace.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final Path NAMED = Path.of("/run/netns");
    private static final int CLONE_NEWNET = 0x40000000;

    private final String name;
    private int fd;

    private NetworkNamespace(String name, int fd) {
        this.name = name;
        this.fd = fd;
    }

    /**
     * Opens a namespace by the name {@code ip netns} gave it, or by path, for example {@code /proc/4711/ns/net}.
     *
     * @throws KernelException when there is none or it may not be opened
     */
    public static NetworkNamespace open(String nameOrPath) {
        String path = nameOrPath.indexOf('/') >= 0
                ? nameOrPath
                : NAMED.resolve(nameOrPath).toString();
        int fd = Errno.require(
                Syscall.open(path, Syscall.O_RDONLY, 0),
                "open network namespace '" + nameOrPath + "' (" + path + ")",
                "create it with `ip netns add NAME`, or give the path of a running process: /proc/PID/ns/net");
        return new NetworkNamespace(nameOrPath, fd);
    }

    /** The result of {@code task}, run inside {@code namespace}, or on the calling thread when that is null. */
    public static <T> T callIn(@Nullable NetworkNamespace namespace, Callable<T> task) {
        return namespace == null ? callHere(task) : namespace.call(task);
    }

    /**
     * The result of {@code task}, run inside this namespace. What it throws unchecked is thrown here, a checked
     * exception as the cause of an {@link IllegalStateException}.
     *
     * @throws KernelException when the namespace may not be entered
     */
    public <T> T call(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(() -> {
            enter();
            return task.call();
        });
        Thread.ofPlatform().name("netns-call").daemon().start(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException _) {
                    // The call makes kernel objects that must not be lost half way; report the interrupt afterwards.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void enter() {
        Errno.require(
                Syscall.result(LIBC.setns(fd, CLONE_NEWNET)),
                "enter network namespace '" + name + "'",
                "run as root or with CAP_SYS_ADMIN; when the namespace was deleted, open it again");
    }

    private static <T> T callHere(Callable<T> task) {
        try {
            return task.call();
        } catch (Exception e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException runtime) {
            return runtime;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("call inside a network namespace failed: " + cause, cause);
    }

    /**
     * Whether the name or path still leads to this namespace. It does not when the namespace was deleted, or deleted and made
     * anew: this object then keeps the old one alive, which nobody else can reach.
     */
    public boolean reachable() {
        Path path = name.indexOf('/') >= 0 ? Path.of(name) : NAMED.resolve(name);
        try {
            return identity(path).equals(identity(Path.of("/proc/self/fd", Integer.toString(fd))));
        } catch (IOException _) {
            return false;
        }
    }

    private static Map<String, Object> identity(Path path) throws IOException {
        return Files.readAttributes(path, "unix:dev,ino");
    }

    public String name() {
        return name;
    }

    public int fd() {
        return fd;
    }

    /** Objects made inside stay valid. */
    @Override
    public void close() {
        if (fd >= 0) {
            Syscall.close(fd);
            fd = -1;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
