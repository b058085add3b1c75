package io.weir.kernel.netlink;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * A NETLINK_ROUTE socket: one request, then the replies up to its acknowledgement or the end of the dump.
 *
 * <p>Threading: one thread at a time.
 */
final class NetlinkSocket implements AutoCloseable {
    /** Receives the messages of a reply; the body is positioned behind nlmsghdr and valid during the call. */
    interface MessageConsumer {
        void accept(int type, ByteBuffer body);
    }

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int SOCKADDR_LENGTH = 12;
    private static final int TIMEOUT_SECONDS = 5;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int RECEIVE_BYTES = 1 << 16;

    private final ByteBuffer received = ByteBuffer.allocateDirect(RECEIVE_BYTES).order(ByteOrder.nativeOrder());
    private final long receiveAddress = MemorySegment.ofBuffer(received).address();
    private int sequence;
    private int fd;

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    /** A socket in the namespace that hears the multicast groups; non-blocking when there are any. */
    static NetlinkSocket open(@Nullable NetworkNamespace namespace, int groups) {
        return NetworkNamespace.callIn(namespace, () -> openHere(groups));
    }

    private static NetlinkSocket openHere(int groups) {
        int type = groups == 0 ? SOCK_RAW : SOCK_RAW | SOCK_NONBLOCK;
        String remedy = "check the limit of open files (ulimit -n)";
        int fd = Errno.require(Syscall.socket(AF_NETLINK, type, NETLINK_ROUTE), "open netlink socket", remedy);
        // struct sockaddr_nl { u16 family; u16 pad; u32 port; u32 groups; }, struct timeval { i64 s; i64 us; }
        try (var address = new Scratch(SOCKADDR_LENGTH);
                var timeout = new Scratch(2 * Long.BYTES)) {
            Memory.writeShort(address.address(), AF_NETLINK);
            Memory.writeInt(address.address() + 8, groups);
            Memory.writeLong(timeout.address(), TIMEOUT_SECONDS);
            Syscall.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout.address(), 2 * Long.BYTES);
            // Optional: kernels without them answer less precisely, not differently.
            Syscall.setsockoptInt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
            Syscall.setsockoptInt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
            int bound = Syscall.bind(fd, address.address(), SOCKADDR_LENGTH);
            if (bound < 0) {
                Syscall.close(fd);
                throw new KernelException("bind netlink socket", bound, remedy);
            }
        }
        return new NetlinkSocket(fd);
    }

    int fd() {
        return fd;
    }

    /** 0 once the kernel has done what was asked, or its negative errno; -EIO when it does not answer. */
    int send(NetlinkRequest request) {
        return exchange(request, (_, _) -> {});
    }

    /** As {@link #send}, handing every message of the reply to the consumer. */
    int exchange(NetlinkRequest request, MessageConsumer consumer) {
        int expected = ++sequence;
        int sent = write(request, expected);
        if (sent < 0) {
            return sent;
        }
        while (true) {
            long count = Syscall.recv(fd, receiveAddress, RECEIVE_BYTES, 0);
            if (count == -Errno.EINTR) {
                continue;
            }
            if (count <= 0) {
                return count < 0 ? (int) count : -Errno.EIO;
            }
            Integer result = messages((int) count, expected, consumer);
            if (result != null) {
                return result;
            }
        }
    }

    private int write(NetlinkRequest request, int expected) {
        int length = request.seal(expected);
        try {
            long sent = Syscall.write(fd, request.address(), length);
            return sent == length ? 0 : sent < 0 ? (int) sent : -Errno.EIO;
        } finally {
            Reference.reachabilityFence(request);
        }
    }

    /** Result of the request when this datagram ends the reply, else null. */
    private @Nullable Integer messages(int count, int expected, MessageConsumer consumer) {
        for (int at = 0; at + NetlinkRequest.HEADER_LENGTH <= count; at = next(at)) {
            int length = received.getInt(at);
            if (length < NetlinkRequest.HEADER_LENGTH || at + length > count) {
                return -Errno.EIO;
            }
            if (received.getInt(at + 8) != expected) {
                continue; // the late answer to a request that timed out
            }
            int type = Short.toUnsignedInt(received.getShort(at + 4));
            if (type == NLMSG_DONE || type == NLMSG_ERROR) {
                return length < NetlinkRequest.HEADER_LENGTH + 4 ? 0 : received.getInt(at + 16);
            }
            consumer.accept(type, body(at, length));
        }
        return null;
    }

    /** Hands every message that is waiting to the consumer. Count, or a negative errno; -ENOBUFS when some are lost. */
    int poll(MessageConsumer consumer) {
        int messages = 0;
        while (true) {
            long count = Syscall.recv(fd, receiveAddress, RECEIVE_BYTES, Syscall.MSG_DONTWAIT);
            if (count <= 0) {
                return count < 0 ? (int) count : messages;
            }
            for (int at = 0; at + NetlinkRequest.HEADER_LENGTH <= count; at = next(at)) {
                int length = received.getInt(at);
                if (length < NetlinkRequest.HEADER_LENGTH || at + length > count) {
                    return -Errno.EIO;
                }
                consumer.accept(Short.toUnsignedInt(received.getShort(at + 4)), body(at, length));
                messages++;
            }
        }
    }

    private int next(int at) {
        return at + ((received.getInt(at) + 3) & ~3);
    }

    private ByteBuffer body(int at, int length) {
        int header = NetlinkRequest.HEADER_LENGTH;
        return received.slice(at + header, length - header).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Syscall.close(fd);
            fd = -1;
        }
    }
}
