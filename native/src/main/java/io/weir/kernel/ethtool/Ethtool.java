package io.weir.kernel.ethtool;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Scratch;
import io.weir.kernel.Syscall;

/**
 * Asks and changes what a driver does, in one network namespace. Results are negative errnos: -ENODEV when the
 * interface is gone, -EOPNOTSUPP when its driver does not know the question, -EPERM without CAP_NET_ADMIN.
 *
 * <p>Threading: one thread at a time.
 */
public final class Ethtool implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int IFREQ_LENGTH = 40;
    private static final int IFREQ_DATA_OFFSET = 16;
    private static final int MAX_NAME_LENGTH = 15;

    private static final int GET_DRIVER_INFO = 0x3;
    private static final int DRIVER_INFO_LENGTH = 196;
    private static final int DRIVER_NAME_OFFSET = 4;
    private static final int VALUE_LENGTH = 8;

    private int fd;

    private Ethtool(int fd) {
        this.fd = fd;
    }

    /** For the namespace, null for the process's own. @throws io.weir.kernel.KernelException when refused */
    public static Ethtool open(@Nullable NetworkNamespace namespace) {
        return new Ethtool(NetworkNamespace.callIn(
                namespace,
                () -> Errno.require(
                        Syscall.socket(AF_INET, SOCK_DGRAM, 0),
                        "open socket for ethtool",
                        "raise the limit of open files (ulimit -n)")));
    }

    /** Driver name, for example {@code veth}; empty when the interface is gone or its driver does not say. */
    public String driver(String link) {
        try (var info = new Scratch(DRIVER_INFO_LENGTH)) {
            Memory.writeInt(info.address(), GET_DRIVER_INFO);
            return call(link, info.address()) < 0 ? "" : info.text(DRIVER_NAME_OFFSET);
        }
    }

    /** 1 when the offload is on, 0 when it is off, or a negative errno. */
    public int offload(String link, Offload offload) {
        try (var value = new Scratch(VALUE_LENGTH)) {
            int result = read(link, offload, value.address());
            return result < 0 ? result : offload.isOn(Memory.readInt(value.address() + 4)) ? 1 : 0;
        }
    }

    /** Switches the offload. 0, also when the driver keeps it as it is (read it back), or a negative errno. */
    public int offload(String link, Offload offload, boolean on) {
        try (var value = new Scratch(VALUE_LENGTH)) {
            int result = read(link, offload, value.address());
            if (result < 0) {
                return result;
            }
            Memory.writeInt(value.address(), offload.changeCommand());
            Memory.writeInt(value.address() + 4, offload.changed(Memory.readInt(value.address() + 4), on));
            return call(link, value.address());
        }
    }

    // struct ethtool_value { u32 command; u32 data; }
    private int read(String link, Offload offload, long value) {
        Memory.writeInt(value, offload.readCommand());
        return call(link, value);
    }

    // struct ifreq { char name[16]; void *data; }
    private int call(String link, long command) {
        if (link.length() > MAX_NAME_LENGTH) {
            return -Errno.ENODEV;
        }
        try (var request = new Scratch(IFREQ_LENGTH)) {
            request.ascii(0, link);
            Memory.writeLong(request.address() + IFREQ_DATA_OFFSET, command);
            return Syscall.ioctl(fd, SIOCETHTOOL, request.address());
        }
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Syscall.close(fd);
            fd = -1;
        }
    }
}
