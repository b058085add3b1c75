package io.weir.control.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.LibC;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

/**
 * A socket whose callers appear to the daemon as another user: what arrives is passed on over a connection that a thread
 * with that user's credentials has opened. On Linux credentials belong to the thread (credentials(7)), and the kernel notes
 * those of the thread that calls connect(2); only libc's wrappers change all threads at once, so that the calls here go to
 * the kernel directly.
 *
 * <p>Threading: two threads a connection, which end with it.
 */
final class ForeignUser implements AutoCloseable {
    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
    private static final int SYS_SETGROUPS = ARM ? 159 : 116;
    private static final int SYS_SETRESUID = ARM ? 147 : 117;
    private static final int SYS_SETRESGID = ARM ? 149 : 119;

    private final int uid;
    private final int gid;
    private final int[] groups;
    private final Path daemon;
    private final ServerSocketChannel relay;

    /** Listens at {@code path}. */
    ForeignUser(Path path, Path daemon, int uid, int gid, int... groups) throws IOException {
        this.uid = uid;
        this.gid = gid;
        this.groups = groups.clone();
        this.daemon = daemon;
        relay = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        relay.bind(UnixDomainSocketAddress.of(path));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** A connection to the daemon as that user. @throws IOException when the kernel does not let him */
    SocketChannel connect() throws IOException {
        FutureTask<SocketChannel> task = new FutureTask<>(() -> {
            become();
            return SocketChannel.open(UnixDomainSocketAddress.of(daemon));
        });
        Thread.ofPlatform().daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException refused) {
            throw new IOException(refused.getCause());
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private void become() {
        try (Scratch list = new Scratch(Math.max(1, groups.length) * (long) Integer.BYTES)) {
            for (int i = 0; i < groups.length; i++) {
                Memory.writeInt(list.address() + (long) i * Integer.BYTES, groups[i]);
            }
            require(LibC.LIBC.syscall(SYS_SETGROUPS, groups.length, list.address(), 0));
        }
        require(LibC.LIBC.syscall(SYS_SETRESGID, gid, gid, gid));
        require(LibC.LIBC.syscall(SYS_SETRESUID, uid, uid, uid));
    }

    private static void require(long result) {
        if (result != 0) {
            throw new IllegalStateException("cannot become another user: errno " + LibC.errno());
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel caller = relay.accept();
                SocketChannel upstream = connectOrHangUp(caller);
                if (upstream != null) {
                    Thread.ofPlatform().daemon().start(() -> pump(caller, upstream));
                    Thread.ofPlatform().daemon().start(() -> pump(upstream, caller));
                }
            }
        } catch (IOException closed) {
            // close() ends it
        }
    }

    private @Nullable SocketChannel connectOrHangUp(SocketChannel caller) throws IOException {
        try {
            return connect();
        } catch (IOException refused) {
            caller.close();
            return null;
        }
    }

    private static void pump(SocketChannel from, SocketChannel to) {
        try (from;
                to;
                InputStream in = Channels.newInputStream(from);
                OutputStream out = Channels.newOutputStream(to)) {
            in.transferTo(out);
        } catch (IOException ended) {
            // the other side has hung up
        }
    }

    @Override
    public void close() throws IOException {
        relay.close();
    }
}
