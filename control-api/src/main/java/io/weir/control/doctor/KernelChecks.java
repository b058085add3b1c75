package io.weir.control.doctor;

import java.util.ArrayList;
import java.util.List;

import io.weir.kernel.Capabilities;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.Syscall;

/** What the kernel offers and allows; each is tried, not looked up. */
final class KernelChecks {
    private static final int O_RDWR = 2;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int AF_PACKET = 17;
    private static final int AF_XDP = 44;

    /** linux/kvm.h: {@code _IO(KVMIO, 0x00)}, which answers 12 since 2007. */
    private static final long KVM_GET_API_VERSION = 0xAE00;

    private static final int KVM_API_VERSION = 12;

    /** linux/bpf.h; needs the same right as loading a program, and changes nothing. */
    private static final int BPF_PROG_GET_NEXT_ID = 11;

    private static final int BPF_ATTRIBUTES_LENGTH = 16;

    private KernelChecks() {}

    static List<Finding> all() {
        Capabilities capabilities = Capabilities.current();
        return List.of(
                Finding.ok("kernel", "Linux " + capabilities.kernelRelease()),
                rights(capabilities),
                tun(),
                socket("packet-socket", AF_PACKET, Finding.Level.FAIL, "grant CAP_NET_RAW, or start as root"),
                socket("xdp-socket", AF_XDP, Finding.Level.WARN, "use io: packet, or a kernel with CONFIG_XDP_SOCKETS"),
                bpf(),
                kvm(),
                hugePages(capabilities));
    }

    static Finding rights(Capabilities capabilities) {
        List<String> missing = new ArrayList<>();
        require(capabilities, Capabilities.CAP_NET_ADMIN, "CAP_NET_ADMIN", missing);
        require(capabilities, Capabilities.CAP_NET_RAW, "CAP_NET_RAW", missing);
        require(capabilities, Capabilities.CAP_SYS_ADMIN, "CAP_SYS_ADMIN", missing);
        return missing.isEmpty()
                ? Finding.ok("capabilities", "CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN")
                : Finding.fail(
                        "capabilities", "missing: " + String.join(", ", missing), "start as root, or grant them");
    }

    private static void require(Capabilities capabilities, int capability, String name, List<String> missing) {
        if (!capabilities.has(capability)) {
            missing.add(name);
        }
    }

    private static Finding tun() {
        int fd = Syscall.open("/dev/net/tun", O_RDWR, 0);
        if (fd < 0) {
            String detail = "/dev/net/tun does not open: " + Errno.describe(fd);
            return Finding.fail("tun", detail, "modprobe tun, and start as root");
        }
        Syscall.close(fd);
        return Finding.ok("tun", "/dev/net/tun opens: tap ports work");
    }

    private static Finding socket(String check, int family, Finding.Level level, String remedy) {
        int fd = Syscall.socket(family, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return new Finding(check, level, "socket is refused: " + Errno.describe(fd), remedy);
        }
        Syscall.close(fd);
        return Finding.ok(check, "socket opens");
    }

    private static Finding bpf() {
        long attributes = Memory.map(Memory.PAGE_BYTES);
        int result = Syscall.bpf(BPF_PROG_GET_NEXT_ID, attributes, BPF_ATTRIBUTES_LENGTH);
        Memory.unmap(attributes, Memory.PAGE_BYTES);
        return result >= 0 || result == -Errno.ENOENT
                ? Finding.ok("bpf", "bpf(2) answers")
                : Finding.warn(
                        "bpf",
                        "bpf(2) is refused: " + Errno.describe(result),
                        "io: xdp needs root; inside a container, its seccomp profile must allow bpf");
    }

    private static Finding kvm() {
        String remedy = "guests run under emulation, many times slower; switch virtualisation on in the firmware, "
                + "modprobe kvm_intel or kvm_amd";
        int fd = Syscall.open("/dev/kvm", O_RDWR, 0);
        if (fd < 0) {
            return Finding.warn("kvm", "/dev/kvm does not open: " + Errno.describe(fd), remedy);
        }
        int version = Syscall.ioctl(fd, KVM_GET_API_VERSION, 0);
        Syscall.close(fd);
        return version == KVM_API_VERSION
                ? Finding.ok(
                        "kvm", "API version " + version + "; a nested host may still refuse: guests are emulated then")
                : Finding.warn("kvm", "/dev/kvm answers " + version + " instead of " + KVM_API_VERSION, remedy);
    }

    static Finding hugePages(Capabilities capabilities) {
        boolean transparent = capabilities.transparentHugePages();
        String detail = capabilities.hugePages() + " of " + (capabilities.hugePageBytes() >> 10)
                + " KiB, transparent ones " + (transparent ? "on" : "off");
        return transparent || capabilities.hugePages() > 0
                ? Finding.ok("huge-pages", detail)
                : Finding.warn("huge-pages", detail, "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled");
    }
}
