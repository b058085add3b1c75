package io.weir.kernel.packetsocket;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * A raw AF_PACKET socket on one interface, closed on exec. It sees what the interface received, not what this host
 * sent. The kernel removes the VLAN tag of a received frame: {@link MessageVector} and {@link RxRing} report it beside
 * the frame, and whoever forwards puts it back.
 *
 * <p>It only copies: the host's own stack still gets every frame, unless an ingress drop stands behind the socket
 * ({@link io.weir.kernel.netlink.RouteNetlink#addIngressDrop}).
 *
 * <p>Threading: one worker; {@link #drops()} too.
 */
public final class PacketSocket implements AutoCloseable {
    public static final int VNET_HEADER_LENGTH = 10;

    static final int SOL_PACKET = 263;
    static final int PACKET_AUXDATA = 8;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_NONBLOCK = 3 | 0x800;
    private static final int ETH_P_ALL_BIG_ENDIAN = 0x0300;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;

    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int FANOUT_HASH = 0;

    private static final int SOCKADDR_LL_LENGTH = 20;
    private static final int MREQ_LENGTH = 16;
    private static final int STATISTICS_LENGTH = 12;
    private static final int STATISTICS_DROPS_OFFSET = 4;

    private final PacketSocketOptions options;
    private final @Nullable RxRing ring;
    private final Scratch statistics = new Scratch(STATISTICS_LENGTH);
    private long drops;
    private int fd;

    private PacketSocket(PacketSocketOptions options, int fd, @Nullable RxRing ring) {
        this.options = options;
        this.fd = fd;
        this.ring = ring;
    }

    /**
     * Opens the socket inside the namespace of the options. It is made with protocol 0, receives nothing while its
     * options are set, and is bound to interface and protocol in one step, so no frame of another interface gets in.
     *
     * @throws KernelException when the interface is gone, an option is unknown to the kernel, or for lack of permission
     */
    public static PacketSocket open(PacketSocketOptions options) {
        return NetworkNamespace.callIn(options.namespace(), () -> openHere(options));
    }

    private static PacketSocket openHere(PacketSocketOptions options) {
        int fd = require(Syscall.socket(AF_PACKET, SOCK_RAW_NONBLOCK, 0), "create", options);
        RxRing ring = null;
        try {
            configure(fd, options);
            if (options.ring() != null) {
                ring = RxRing.attach(fd, options.ring());
            }
            bind(fd, options);
            if (options.fanoutGroup() != 0) {
                // Without FANOUT_FLAG_ROLLOVER: a flow that moved to another socket under load would lose its order.
                option(fd, PACKET_FANOUT, options.fanoutGroup() | FANOUT_HASH << 16, "join fanout group of", options);
            }
            return new PacketSocket(options, fd, ring);
        } catch (KernelException e) {
            if (ring != null) {
                ring.close();
            }
            Syscall.close(fd);
            throw e;
        }
    }

    private static void configure(int fd, PacketSocketOptions options) {
        if (options.vnetHeader()) {
            option(fd, PACKET_VNET_HDR, 1, "set vnet header of", options);
        }
        if (options.qdiscBypass()) {
            option(fd, PACKET_QDISC_BYPASS, 1, "set qdisc bypass of", options);
        }
        buffer(fd, SO_SNDBUFFORCE, options.sendBufferBytes(), options);
        if (!options.receive()) {
            return;
        }
        option(fd, PACKET_IGNORE_OUTGOING, 1, "ignore outgoing frames of", options);
        option(fd, PACKET_AUXDATA, 1, "set auxdata of", options);
        buffer(fd, SO_RCVBUFFORCE, options.receiveBufferBytes(), options);
        if (options.promiscuous()) {
            promiscuous(fd, options);
        }
    }

    private static void buffer(int fd, int option, int lengthBytes, PacketSocketOptions options) {
        if (lengthBytes > 0) {
            require(Syscall.setsockoptInt(fd, SOL_SOCKET, option, lengthBytes), "set buffer size of", options);
        }
    }

    // struct packet_mreq { int ifindex; u16 type; u16 address_length; u8 address[8]; }
    private static void promiscuous(int fd, PacketSocketOptions options) {
        try (var request = new Scratch(MREQ_LENGTH)) {
            Memory.writeInt(request.address(), options.ifIndex());
            Memory.writeShort(request.address() + 4, PACKET_MR_PROMISC);
            int result = Syscall.setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request.address(), MREQ_LENGTH);
            require(result, "make promiscuous", options);
        }
    }

    // struct sockaddr_ll { u16 family; be16 protocol; int ifindex; u16 hatype; u8 pkttype; u8 halen; u8 address[8]; }
    private static void bind(int fd, PacketSocketOptions options) {
        try (var address = new Scratch(SOCKADDR_LL_LENGTH)) {
            Memory.writeShort(address.address(), AF_PACKET);
            Memory.writeShort(address.address() + 2, options.receive() ? ETH_P_ALL_BIG_ENDIAN : 0);
            Memory.writeInt(address.address() + 4, options.ifIndex());
            require(Syscall.bind(fd, address.address(), SOCKADDR_LL_LENGTH), "bind", options);
        }
    }

    private static void option(int fd, int option, int value, String what, PacketSocketOptions options) {
        require(Syscall.setsockoptInt(fd, SOL_PACKET, option, value), what, options);
    }

    private static int require(int result, String what, PacketSocketOptions options) {
        String remedy = switch (-result) {
            case Errno.EPERM, Errno.EACCES -> "run as root or with CAP_NET_RAW and CAP_NET_ADMIN";
            case Errno.ENODEV, Errno.ENXIO -> "check that the interface still exists: `ip link`";
            case Errno.ENETDOWN -> "take the interface up: `ip link set dev NAME up`";
            case Errno.ENOPROTOOPT -> "use a kernel of at least 4.20";
            default -> "check the kernel log";
        };
        return Errno.require(result, what + " packet socket on interface " + options.ifIndex(), remedy);
    }

    public int fd() {
        return fd;
    }

    public PacketSocketOptions options() {
        return options;
    }

    /** The receive ring that the options asked for, null without. */
    public @Nullable RxRing ring() {
        return ring;
    }

    /** Frames that the kernel could not queue since the socket was opened, because receiving was too slow. */
    public long drops() {
        int length = Syscall.getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, statistics.address(), STATISTICS_LENGTH);
        if (length > STATISTICS_DROPS_OFFSET) {
            // The kernel resets its counters at every read.
            drops += Integer.toUnsignedLong(Memory.readInt(statistics.address() + STATISTICS_DROPS_OFFSET));
        }
        return drops;
    }

    /** The error that the interface left on the socket, for example -ENETDOWN, and 0 afterwards. */
    public int takeError() {
        int length = Syscall.getsockopt(fd, SOL_SOCKET, SO_ERROR, statistics.address(), Integer.BYTES);
        return length < 0 ? length : -Memory.readInt(statistics.address());
    }

    @Override
    public void close() {
        if (fd >= 0) {
            if (ring != null) {
                ring.close();
            }
            Syscall.close(fd);
            fd = -1;
            statistics.close();
        }
    }
}
