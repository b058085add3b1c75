package io.weir.kernel.netlink;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.NetworkNamespace;

/**
 * Hears of interfaces that appear, change and disappear in one network namespace. It reports from its opening on; who
 * needs the state before lists the links after opening it.
 *
 * <p>Threading: one thread waits on {@link #fd()} and polls.
 */
public final class LinkMonitor implements AutoCloseable {
    /** Called on the polling thread. */
    public interface Handler {
        /** A new or changed interface. */
        void changed(Link link);

        void removed(int ifIndex, String name);

        /** Messages were lost for lack of buffer: list the links again. */
        void overrun();
    }

    private static final int RTMGRP_LINK = 1;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int AF_UNSPEC = 0;

    private final NetlinkSocket socket;

    private LinkMonitor(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** For the namespace, null for the process's own. @throws io.weir.kernel.KernelException when refused */
    public static LinkMonitor open(@Nullable NetworkNamespace namespace) {
        return new LinkMonitor(NetlinkSocket.open(namespace, RTMGRP_LINK));
    }

    /** Readable when something has happened. */
    public int fd() {
        return socket.fd();
    }

    /** Messages handled, without waiting; 0 for none; a negative errno. */
    public int poll(Handler handler) {
        int messages = socket.poll((type, body) -> dispatch(handler, type, body));
        if (messages == -Errno.ENOBUFS) {
            handler.overrun();
            return 1;
        }
        return messages;
    }

    private static void dispatch(Handler handler, int type, ByteBuffer body) {
        if (body.get(0) != AF_UNSPEC) {
            return; // a bridge or IPv6 speaking of the same interface: its removal there is not the link's
        }
        if (type == RTM_NEWLINK) {
            handler.changed(Link.decode(body));
        } else if (type == RTM_DELLINK) {
            Link link = Link.decode(body);
            handler.removed(link.index(), link.name());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
