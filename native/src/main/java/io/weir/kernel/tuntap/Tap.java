package io.weir.kernel.tuntap;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * A tap interface, made and owned by this process: frames that the kernel sends on it are read from {@link #fd()},
 * frames written there the kernel receives. It disappears with its last descriptor, also when the process is killed. A
 * persistent tap of the same name that nobody has open is taken over, and stays.
 *
 * <p>With a vnet header every frame starts with {@code struct virtio_net_hdr} in little endian (10 bytes, or 12 after
 * {@link #vnetHeaderLength(int)}), so that segments of up to 64 KiB and unfinished checksums pass whole.
 *
 * <p>Threading: descriptors are non-blocking and independent; each belongs to one worker. The rest by the owner.
 */
public final class Tap implements AutoCloseable {
    public static final int VNET_HEADER_LENGTH = 10;

    public static final int OFFLOAD_CHECKSUM = 0x01;
    public static final int OFFLOAD_TSO4 = 0x02;
    public static final int OFFLOAD_TSO6 = 0x04;
    public static final int OFFLOAD_TSO_ECN = 0x08;
    public static final int OFFLOAD_USO4 = 0x20;
    public static final int OFFLOAD_USO6 = 0x40;

    private static final int OFFLOAD_TCP = OFFLOAD_CHECKSUM | OFFLOAD_TSO4 | OFFLOAD_TSO6 | OFFLOAD_TSO_ECN;
    private static final int OFFLOAD_ALL = OFFLOAD_TCP | OFFLOAD_USO4 | OFFLOAD_USO6;

    private static final String DEVICE = "/dev/net/tun";
    private static final int O_RDWR_NONBLOCK = 0x802;
    private static final int MAX_NAME_LENGTH = 15; // IFNAMSIZ - 1
    private static final int MAX_QUEUES = 256;

    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final long TUNSETSNDBUF = 0x400454d4L;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8L;
    private static final long TUNSETVNETLE = 0x400454dcL;
    private static final long SIOCSIFHWADDR = 0x8924L;
    private static final int IFF_PERSIST = 0x0800;
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;

    private static final int IFREQ_LENGTH = 40;
    private static final int IFREQ_FLAGS_OFFSET = 16;
    private static final int IFREQ_ADDRESS_OFFSET = 16;
    private static final int ARPHRD_ETHER = 1;
    private static final int MAC_LENGTH = 6;

    private final String name;
    private final int ifIndex;
    private final boolean vnetHeader;
    private final int offloads;
    private final int[] fds;

    private Tap(String name, int ifIndex, boolean vnetHeader, int offloads, int[] fds) {
        this.name = name;
        this.ifIndex = ifIndex;
        this.vnetHeader = vnetHeader;
        this.offloads = offloads;
        this.fds = fds;
    }

    /** As {@link #open(String, NetworkNamespace, boolean, int)} with one queue. */
    public static Tap open(String name, @Nullable NetworkNamespace namespace, boolean vnetHeader) {
        return open(name, namespace, vnetHeader, 1);
    }

    /**
     * Makes the tap inside {@code namespace}, or the process's own when that is null.
     *
     * @param name 1 to 15 printable characters without '/'; '%d' is replaced by a number that the kernel chooses
     * @param queues 1 to 256; with more than one the kernel spreads flows over the descriptors
     * @throws KernelException with a remedy when the name is not allowed or taken, or for lack of permission
     */
    public static Tap open(String name, @Nullable NetworkNamespace namespace, boolean vnetHeader, int queues) {
        requireName(name);
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new KernelException(
                    "open tap '" + name + "' with " + queues + " queues", -Errno.EINVAL, "use 1 to 256");
        }
        return NetworkNamespace.callIn(namespace, () -> openHere(name, vnetHeader, queues));
    }

    private static void requireName(String name) {
        if (name.length() > MAX_NAME_LENGTH) {
            throw new KernelException(
                    "open tap '" + name + "'", -Errno.ENAMETOOLONG, "use a name of at most 15 characters");
        }
        boolean printable = name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != ':');
        if (name.isEmpty() || !printable || name.equals(".") || name.equals("..")) {
            throw new KernelException(
                    "open tap '" + name + "'", -Errno.EINVAL, "use 1 to 15 printable characters without '/' and ':'");
        }
    }

    private static Tap openHere(String name, boolean vnetHeader, int queues) {
        int[] fds = new int[queues];
        int opened = 0;
        try (var request = new Scratch(IFREQ_LENGTH)) {
            request.ascii(0, name);
            int flags = IFF_TAP | IFF_NO_PI | (vnetHeader ? IFF_VNET_HDR : 0) | (queues > 1 ? IFF_MULTI_QUEUE : 0);
            Memory.writeShort(request.address() + IFREQ_FLAGS_OFFSET, flags);
            int offloads = 0;
            while (opened < queues) {
                fds[opened] = attach(name, request);
                opened++;
                offloads = vnetHeader ? negotiate(name, fds[opened - 1]) : 0;
            }
            String given = request.text(0);
            int index = Errno.require(Syscall.interfaceIndex(given), "look up tap '" + given + "'", "try again");
            return new Tap(given, index, vnetHeader, offloads, fds);
        } catch (KernelException e) {
            for (int i = 0; i < opened; i++) {
                Syscall.close(fds[i]);
            }
            throw e;
        }
    }

    private static int attach(String name, Scratch request) {
        int fd = Errno.require(
                Syscall.open(DEVICE, O_RDWR_NONBLOCK, 0), "open " + DEVICE, "load the module with `modprobe tun`");
        int result = Syscall.ioctl(fd, TUNSETIFF, request.address());
        if (result < 0) {
            Syscall.close(fd);
            throw new KernelException("create tap '" + name + "'", result, remedy(result));
        }
        return fd;
    }

    private static String remedy(int negativeErrno) {
        return switch (-negativeErrno) {
            case Errno.EBUSY -> "another process has it open: stop that process or choose another name";
            case Errno.EPERM, Errno.EACCES -> "run as root or with CAP_NET_ADMIN";
            case Errno.EINVAL -> "an interface of this name exists and is no tap of the same kind: choose another name";
            default -> "check `ip link` and `dmesg`";
        };
    }

    /** Offload bits that the kernel accepted: all, or those without UDP segmentation before Linux 6.2. */
    private static int negotiate(String name, int fd) {
        int result = Syscall.ioctlInt(fd, TUNSETVNETHDRSZ, VNET_HEADER_LENGTH);
        if (result == 0) {
            result = Syscall.ioctlInt(fd, TUNSETVNETLE, 1);
        }
        int offloads = OFFLOAD_ALL;
        if (result == 0) {
            result = Syscall.ioctl(fd, TUNSETOFFLOAD, offloads);
        }
        if (result == -Errno.EINVAL) {
            offloads = OFFLOAD_TCP;
            result = Syscall.ioctl(fd, TUNSETOFFLOAD, offloads);
        }
        if (result < 0) {
            throw new KernelException("set offloads of tap '" + name + "'", result, "open it without vnet header");
        }
        return offloads;
    }

    public String name() {
        return name;
    }

    /** Index in the namespace it was made in; moving the interface elsewhere may change it. */
    public int ifIndex() {
        return ifIndex;
    }

    /** Descriptor of the first queue. */
    public int fd() {
        return fds[0];
    }

    public int fd(int queue) {
        return fds[queue];
    }

    public int queues() {
        return fds.length;
    }

    public boolean vnetHeader() {
        return vnetHeader;
    }

    /** OFFLOAD_ bits in force, 0 without vnet header. */
    public int offloads() {
        return offloads;
    }

    /** Narrows or restores what the kernel may send unfinished, on all queues. 0 or a negative errno. */
    public int limitOffloads(int bits) {
        return onEveryQueue(TUNSETOFFLOAD, bits);
    }

    /** Length of the vnet header, 10 or 12, on all queues. 0 or a negative errno. */
    public int vnetHeaderLength(int lengthBytes) {
        return onEveryQueueInt(TUNSETVNETHDRSZ, lengthBytes);
    }

    /** Bytes that written frames may occupy in the kernel before a write returns 0. 0 or a negative errno. */
    public int sendBuffer(int lengthBytes) {
        return onEveryQueueInt(TUNSETSNDBUF, lengthBytes);
    }

    /** Whether the interface was made by someone else and stays when this process closes it. */
    public boolean persistent() {
        try (var request = new Scratch(IFREQ_LENGTH)) {
            int result = Syscall.ioctl(fds[0], TUNGETIFF, request.address());
            int flags = Memory.readUnsignedShort(request.address() + IFREQ_FLAGS_OFFSET);
            return result == 0 && (flags & IFF_PERSIST) != 0;
        }
    }

    /**
     * Gives the interface, as the host sees it, this MAC address (in the low 48 bits). 0 or a negative errno; -EADDRNOTAVAIL
     * for a group address.
     */
    public int hardwareAddress(long mac) {
        // struct ifreq { char name[16]; struct sockaddr { u16 family; u8 data[14]; } address; }
        try (var request = new Scratch(IFREQ_LENGTH)) {
            request.ascii(0, name);
            long address = request.address() + IFREQ_ADDRESS_OFFSET;
            Memory.writeShort(address, ARPHRD_ETHER);
            for (int i = 0; i < MAC_LENGTH; i++) {
                Memory.writeByte(address + 2 + i, (byte) (mac >>> (8 * (MAC_LENGTH - 1 - i))));
            }
            return Syscall.ioctl(fds[0], SIOCSIFHWADDR, request.address());
        }
    }

    private int onEveryQueue(long request, long argument) {
        int result = 0;
        for (int i = 0; i < fds.length && result >= 0; i++) {
            result = Syscall.ioctl(fds[i], request, argument);
        }
        return result;
    }

    private int onEveryQueueInt(long request, int value) {
        try (var argument = new Scratch(Integer.BYTES)) {
            Memory.writeInt(argument.address(), value);
            return onEveryQueue(request, argument.address());
        }
    }

    /** Removes the interface. */
    @Override
    public void close() {
        for (int i = 0; i < fds.length; i++) {
            if (fds[i] >= 0) {
                Syscall.close(fds[i]);
                fds[i] = -1;
            }
        }
    }
}
