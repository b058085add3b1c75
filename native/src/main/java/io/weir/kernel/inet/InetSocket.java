package io.weir.kernel.inet;

import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * A bound and connected IPv4 or IPv6 datagram socket, closed on exec. {@link DatagramVector} never waits on it. It reports the
 * traffic class of what it receives.
 *
 * <p>It does not ask for the extended error queue (IP_RECVERR). Without that, an ICMP error about an earlier datagram fails one later
 * call and is gone; path MTUs are learned all the same, and nothing has to be drained for the descriptor to poll right.
 *
 * <p>Threading: one worker; {@link #drops()} from any thread.
 */
public final class InetSocket implements AutoCloseable {
    static final int SOL_IP = 0;
    static final int SOL_UDP = 17;
    static final int SOL_IPV6 = 41;
    static final int IP_TOS = 1;
    static final int IPV6_TCLASS = 67;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MEMINFO = 55;

    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_RECVTOS = 13;
    private static final int IP_MTU = 14;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_MTU = 24;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVTCLASS = 66;
    private static final int PMTUDISC_DONT = 0;
    private static final int PMTUDISC_DO = 2;

    private static final int MEMINFO_LENGTH = 36;
    private static final int MEMINFO_DROPS_OFFSET = 32;
    // More than the kernel's default receive buffer holds.
    private static final int DRAINED_MAX = 4096;

    private final boolean ipv6;
    private final boolean coalescing;
    private final Scratch mtu = new Scratch(2L * Integer.BYTES);
    private volatile int fd; // drops() must not read the counters of a descriptor that close() gave back

    private InetSocket(int fd, boolean ipv6, boolean coalescing) {
        this.fd = fd;
        this.ipv6 = ipv6;
        this.coalescing = coalescing;
    }

    /**
     * A UDP socket in the calling thread's network namespace. Several of one user share a local port when their remote addresses
     * differ. The kernel coalesces what it receives, where it can.
     *
     * @throws KernelException when an address is not this host's, the port is another user's, or there is no route
     */
    public static InetSocket udp(InetSocketOptions options) {
        String what = "UDP socket " + text(options);
        int fd = require(Syscall.socket(family(options), SOCK_DGRAM, 0), "create", what);
        return configured(fd, options, what, true);
    }

    /**
     * A raw socket of an IP protocol. What it receives over IPv4 starts with the IP header; what it sends does not.
     *
     * @param protocol 1 to 255
     * @throws KernelException as {@link #udp}, and without CAP_NET_RAW
     */
    public static InetSocket raw(InetSocketOptions options, int protocol) {
        String what = "raw socket of protocol " + protocol + ' ' + text(options);
        int fd = require(Syscall.socket(family(options), SOCK_RAW, protocol), "create", what);
        return configured(fd, options, what, false);
    }

    private static InetSocket configured(int fd, InetSocketOptions options, String what, boolean udp) {
        try {
            if (udp) {
                option(fd, SOL_SOCKET, SO_REUSEPORT, 1, "share the port of", what);
            }
            if (udp && options.ipv6()) {
                option(fd, SOL_IPV6, IPV6_V6ONLY, 1, "restrict to IPv6 the", what);
            }
            perFamily(fd, options, what);
            bindAndConnect(fd, options, what);
            discardForeign(fd, options.ipv6());
            buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, options, what);
            buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, options, what);
            boolean coalescing = udp && Syscall.setsockoptInt(fd, SOL_UDP, UDP_GRO, 1) == 0;
            return new InetSocket(fd, options.ipv6(), coalescing);
        } catch (KernelException e) {
            Syscall.close(fd);
            throw e;
        }
    }

    private static void perFamily(int fd, InetSocketOptions options, String what) {
        int discover = options.dontFragment() ? PMTUDISC_DO : PMTUDISC_DONT;
        if (options.ipv6()) {
            option(fd, SOL_IPV6, IPV6_RECVTCLASS, 1, "report the traffic class at", what);
            option(fd, SOL_IPV6, IPV6_MTU_DISCOVER, discover, "set path MTU discovery of", what);
        } else {
            option(fd, SOL_IP, IP_RECVTOS, 1, "report the type of service at", what);
            option(fd, SOL_IP, IP_MTU_DISCOVER, discover, "set path MTU discovery of", what);
        }
    }

    private static void bindAndConnect(int fd, InetSocketOptions options, String what) {
        try (var local = new SocketAddress(options.local(), options.port());
                var remote = new SocketAddress(options.remote(), options.port())) {
            require(Syscall.bind(fd, local.address(), local.length()), "bind", what);
            int connected = Syscall.connect(fd, remote.address(), remote.length());
            if (connected == -Errno.EACCES) {
                throw new KernelException(
                        "connect " + what, connected, "name the address of one host: this is a broadcast address");
            }
            require(connected, "connect", what);
        }
    }

    /** Throws away what came from other addresses before the socket was connected. */
    private static void discardForeign(int fd, boolean ipv6) {
        try (var one = new DatagramVector(ipv6, 1);
                var rest = new Scratch(1)) {
            one.base(0, rest.address(), rest.length());
            int count = 0;
            while (count < DRAINED_MAX && one.receive(fd, 1) > 0) {
                count++;
            }
        }
    }

    private static void buffer(int fd, int force, int option, InetSocketOptions options, String what) {
        int forced = Syscall.setsockoptInt(fd, SOL_SOCKET, force, options.bufferBytes());
        if (forced < 0) {
            // Without CAP_NET_ADMIN the kernel grants what net.core.[rw]mem_max allows.
            option(fd, SOL_SOCKET, option, options.bufferBytes(), "set the buffers of", what);
        }
    }

    private static void option(int fd, int level, int option, int value, String operation, String what) {
        require(Syscall.setsockoptInt(fd, level, option, value), operation, what);
    }

    private static int family(InetSocketOptions options) {
        return options.ipv6() ? SocketAddress.AF_INET6 : SocketAddress.AF_INET;
    }

    private static String text(InetSocketOptions options) {
        String port = options.port() == 0 ? "" : " port " + options.port();
        return "from " + options.local().getHostAddress() + " to "
                + options.remote().getHostAddress() + port;
    }

    private static int require(int result, String operation, String what) {
        String remedy = switch (-result) {
            case Errno.EPERM, Errno.EACCES -> "run as root or with CAP_NET_RAW and CAP_NET_ADMIN";
            case Errno.EADDRNOTAVAIL, Errno.ENODEV -> "give this host the local address: `ip address`";
            case Errno.EADDRINUSE -> "end the program that holds the port: `ss -lunp`, or take another port";
            case Errno.ENETUNREACH, Errno.EHOSTUNREACH -> "add a route to the remote address: `ip route`";
            case Errno.EAFNOSUPPORT -> "enable IPv6, or use IPv4 addresses";
            default -> "check the kernel log";
        };
        return Errno.require(result, operation + ' ' + what, remedy);
    }

    public int fd() {
        return fd;
    }

    public boolean ipv6() {
        return ipv6;
    }

    /** Whether the kernel hands over several datagrams of one sender as one message. */
    public boolean coalescing() {
        return coalescing;
    }

    /** Largest IP packet on the path to the remote address as the kernel knows it now, in bytes, or a negative errno. */
    public int mtu() {
        return ipv6
                ? Syscall.getsockoptInt(fd, SOL_IPV6, IPV6_MTU, mtu.address())
                : Syscall.getsockoptInt(fd, SOL_IP, IP_MTU, mtu.address());
    }

    /** Datagrams that the kernel could not queue since the socket was opened, because receiving was too slow; modulo 2^32. */
    public long drops() {
        try (var info = new Scratch(MEMINFO_LENGTH)) {
            int length = Syscall.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info.address(), MEMINFO_LENGTH);
            return length < MEMINFO_LENGTH
                    ? 0
                    : Integer.toUnsignedLong(Memory.readInt(info.address() + MEMINFO_DROPS_OFFSET));
        }
    }

    @Override
    public void close() {
        int closing = fd;
        if (closing >= 0) {
            fd = -1;
            Syscall.close(closing);
            mtu.close();
        }
    }
}
