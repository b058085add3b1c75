package io.weir.kernel.xdp;

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * An AF_XDP socket on one receive queue of an interface, with its four rings. It receives nothing before a
 * {@link XdpProgram} steers frames to it and its fill ring has free frames.
 *
 * <p>Threading: one worker.
 */
public final class XdpSocket implements AutoCloseable {
    static final int SOL_XDP = 283;

    private static final int XDP_MAX_TX_SKB_BUDGET = 9;
    private static final int TX_BUDGET = 256;

    private static final int AF_XDP = 44;
    private static final int SOCK_RAW = 3;
    private static final int XDP_MMAP_OFFSETS = 1;
    private static final int XDP_RX_RING = 2;
    private static final int XDP_TX_RING = 3;
    private static final int XDP_UMEM_FILL_RING = 5;
    private static final int XDP_UMEM_COMPLETION_RING = 6;
    private static final int XDP_STATISTICS = 7;
    private static final int XDP_OPTIONS = 8;
    private static final int OPTION_ZERO_COPY = 1;

    private static final int BIND_SHARED_UMEM = 1;
    private static final int BIND_COPY = 2;
    private static final int BIND_USE_NEED_WAKEUP = 8;

    private static final int OFFSETS_LENGTH = 128;
    private static final int STATISTICS_LENGTH = 48;
    private static final int SOCKADDR_LENGTH = 16;
    private static final int MAX_RING_SIZE = 1 << 16;
    private static final int BUSY_RETRIES = 250;
    private static final long BUSY_PAUSE_NS = 2_000_000;

    private final Umem umem;
    private final int queue;
    private final ReceiveRing rx;
    private final TransmitRing tx;
    private final FillRing fill;
    private final CompletionRing completion;
    private boolean zeroCopy;
    private int fd;

    private XdpSocket(Umem umem, int queue, int fd, int ringSize, long offsets) {
        this.umem = umem;
        this.queue = queue;
        this.fd = fd;
        rx = new ReceiveRing(fd, offsets, ringSize);
        tx = new TransmitRing(fd, offsets + 32, ringSize);
        fill = new FillRing(fd, offsets + 64, ringSize);
        completion = new CompletionRing(fd, offsets + 96, ringSize);
    }

    /**
     * Opens and binds a socket. The first one on a umem registers it, and its way of copying holds for all.
     *
     * @param queue receive queue of the interface, from 0
     * @param ringSize entries of each ring, a power of two up to 65536
     * @param zeroCopy whether to let the driver work on the umem directly when it can
     * @throws KernelException when the queue is still taken after half a second or does not exist, memory cannot be locked, or for lack of
     *     permission
     */
    public static XdpSocket open(
            Umem umem, @Nullable NetworkNamespace namespace, int ifIndex, int queue, int ringSize, boolean zeroCopy) {
        if (ringSize < 1 || ringSize > MAX_RING_SIZE || Integer.bitCount(ringSize) != 1) {
            throw new IllegalArgumentException("ringSize must be a power of two up to 65536: was " + ringSize);
        }
        return NetworkNamespace.callIn(namespace, () -> openHere(umem, ifIndex, queue, ringSize, zeroCopy));
    }

    private static XdpSocket openHere(Umem umem, int ifIndex, int queue, int ringSize, boolean zeroCopy) {
        String where = " AF_XDP socket on interface " + ifIndex + " queue " + queue;
        int fd = require(Syscall.socket(AF_XDP, SOCK_RAW, 0), "create" + where);
        XdpSocket socket = null;
        try (var offsets = new Scratch(OFFSETS_LENGTH)) {
            int shared = umem.sharedFd();
            if (shared < 0) {
                umem.register(fd);
            }
            size(fd, XDP_UMEM_FILL_RING, ringSize, where);
            size(fd, XDP_UMEM_COMPLETION_RING, ringSize, where);
            size(fd, XDP_RX_RING, ringSize, where);
            size(fd, XDP_TX_RING, ringSize, where);
            // Since Linux 6.17; before, and when refused, a wake-up sends 32 frames when copying.
            Syscall.setsockoptInt(fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, Math.min(ringSize, TX_BUDGET));
            int length = Syscall.getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, offsets.address(), OFFSETS_LENGTH);
            require(length == OFFSETS_LENGTH ? 0 : -Errno.ENOPROTOOPT, "find the rings of" + where);
            socket = new XdpSocket(umem, queue, fd, ringSize, offsets.address());
            bind(fd, ifIndex, queue, shared, zeroCopy, where);
            socket.zeroCopy = isZeroCopy(fd);
            umem.opened(socket);
            return socket;
        } catch (KernelException e) {
            if (socket != null) {
                socket.unmap();
            }
            Syscall.close(fd);
            throw e;
        }
    }

    private static void size(int fd, int ring, int entries, String where) {
        require(Syscall.setsockoptInt(fd, SOL_XDP, ring, entries), "size ring " + ring + " of" + where);
    }

    // struct sockaddr_xdp { u16 family; u16 flags; u32 ifindex; u32 queue; u32 shared_umem_fd; }
    private static void bind(int fd, int ifIndex, int queue, int sharedFd, boolean zeroCopy, String where) {
        // A sharing socket takes over the other flags; without BIND_COPY the kernel tries zero-copy, then copies.
        int flags = sharedFd >= 0 ? BIND_SHARED_UMEM : BIND_USE_NEED_WAKEUP | (zeroCopy ? 0 : BIND_COPY);
        try (var address = new Scratch(SOCKADDR_LENGTH)) {
            Memory.writeShort(address.address(), AF_XDP);
            Memory.writeShort(address.address() + 2, flags);
            Memory.writeInt(address.address() + 4, ifIndex);
            Memory.writeInt(address.address() + 8, queue);
            Memory.writeInt(address.address() + 12, Math.max(sharedFd, 0));
            int result = Syscall.bind(fd, address.address(), SOCKADDR_LENGTH);
            for (int i = 0; result == -Errno.EBUSY && i < BUSY_RETRIES; i++) {
                // The kernel gives back the queue of a closed socket some time after its close.
                LockSupport.parkNanos(BUSY_PAUSE_NS);
                result = Syscall.bind(fd, address.address(), SOCKADDR_LENGTH);
            }
            require(result, "bind" + where);
        }
    }

    private static boolean isZeroCopy(int fd) {
        try (var options = new Scratch(Integer.BYTES)) {
            int length = Syscall.getsockopt(fd, SOL_XDP, XDP_OPTIONS, options.address(), Integer.BYTES);
            return length == Integer.BYTES && (Memory.readInt(options.address()) & OPTION_ZERO_COPY) != 0;
        }
    }

    private static int require(int result, String operation) {
        String remedy = switch (-result) {
            case Errno.EPERM -> "run as root or with CAP_NET_RAW";
            case Errno.EBUSY -> "another AF_XDP socket has this queue: stop that program";
            case Errno.ENODEV -> "check that the interface still exists: `ip link`";
            case Errno.EINVAL -> "check that the interface has this queue (`ethtool -l NAME`) and a single umem mode";
            case Errno.EAFNOSUPPORT -> "use a kernel with CONFIG_XDP_SOCKETS, or `io: packet`";
            case Errno.ENOPROTOOPT -> "use a kernel of at least 5.10, or `io: packet`";
            default -> "use `io: packet` for this port";
        };
        return Errno.require(result, operation, remedy);
    }

    public int fd() {
        return fd;
    }

    public int queue() {
        return queue;
    }

    /** Whether the driver works on the umem directly; else the kernel copies every frame once. */
    public boolean zeroCopy() {
        return zeroCopy;
    }

    public ReceiveRing rx() {
        return rx;
    }

    public TransmitRing tx() {
        return tx;
    }

    public FillRing fill() {
        return fill;
    }

    public CompletionRing completion() {
        return completion;
    }

    /** Lets the kernel receive when it asked for it. 0 or a negative errno. */
    public int wakeReceive() {
        return fill.needsWakeup() ? (int) Syscall.recvKick(fd) : 0;
    }

    /**
     * Lets the kernel send when it asked for it, when copying up to 32 frames a call; repeat while {@code
     * tx().pending()} falls. 0 or a negative errno; -ENOBUFS or -EBUSY when the driver's queue is full.
     */
    public int wakeTransmit() {
        return tx.needsWakeup() ? (int) Syscall.sendKick(fd) : 0;
    }

    /** The kernel's counters, all 0 when it does not tell. */
    public XdpStatistics statistics() {
        try (var counters = new Scratch(STATISTICS_LENGTH)) {
            long at = counters.address();
            int ignored = Syscall.getsockopt(fd, SOL_XDP, XDP_STATISTICS, at, STATISTICS_LENGTH);
            return new XdpStatistics(
                    Memory.readLong(at),
                    Memory.readLong(at + 8),
                    Memory.readLong(at + 16),
                    Memory.readLong(at + 24),
                    Memory.readLong(at + 32),
                    Memory.readLong(at + 40));
        }
    }

    private void unmap() {
        rx.unmap();
        tx.unmap();
        fill.unmap();
        completion.unmap();
    }

    /** Its program entry disappears with it; frames in its rings are the owner's again. */
    @Override
    public void close() {
        if (fd >= 0) {
            umem.closed(this);
            unmap();
            Syscall.close(fd);
            fd = -1;
        }
    }
}
