package io.weir.control.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.netty.channel.uring.IoUring;

import io.weir.control.config.KeyFile;
import io.weir.crypto.CryptoLibrary;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.Syscall;

/** What tunnels need; each is tried, not looked up. None of it keeps a switch without tunnels from working. */
final class TunnelChecks {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_ESP = 50;

    /** linux/udp.h. */
    private static final int UDP_SEGMENT = 103;

    private static final int UDP_GRO = 104;

    private TunnelChecks() {}

    /** @param keyFiles those that running daemons have */
    static List<Finding> all(Collection<Path> keyFiles) {
        return List.of(crypto(CryptoLibrary.fallbackReason()), rawSocket(), offload(), uring(), keys(keyFiles));
    }

    static Finding crypto(String fallbackReason) {
        return fallbackReason.isEmpty()
                ? Finding.ok("libcrypto", CryptoLibrary.best().name())
                : Finding.warn("libcrypto", fallbackReason + ": ESP is slow", "apt-get install libssl3");
    }

    private static Finding rawSocket() {
        int fd = Syscall.socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ESP);
        if (fd < 0) {
            return Finding.warn(
                    "raw-socket",
                    "is refused: " + Errno.describe(fd) + ": peers with encapsulation: raw do not work",
                    "grant CAP_NET_RAW, or start as root");
        }
        Syscall.close(fd);
        return Finding.ok("raw-socket", "opens for ESP: encapsulation: raw works");
    }

    private static Finding offload() {
        int fd = Syscall.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return Finding.warn(
                    "udp-offload", "no UDP socket: " + Errno.describe(fd), "look at the limits of the process");
        }
        long value = Memory.map(Memory.PAGE_BYTES);
        try {
            Memory.writeInt(value, 1);
            int gro = Syscall.setsockopt(fd, IPPROTO_UDP, UDP_GRO, value, Integer.BYTES);
            Memory.writeInt(value, 0);
            int gso = Syscall.setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, value, Integer.BYTES);
            return gro < 0 || gso < 0
                    ? Finding.warn(
                            "udp-offload",
                            "UDP_SEGMENT " + word(gso) + ", UDP_GRO " + word(gro) + ": a datagram a system call",
                            "use Linux 5.0 or later")
                    : Finding.ok("udp-offload", "UDP_SEGMENT and UDP_GRO are there");
        } finally {
            Memory.unmap(value, Memory.PAGE_BYTES);
            Syscall.close(fd);
        }
    }

    private static String word(int result) {
        return result < 0 ? Errno.describe(result) : "is there";
    }

    private static Finding uring() {
        Throwable why = IoUring.unavailabilityCause();
        return why == null
                ? Finding.ok("io-uring", "rings open")
                : Finding.warn(
                        "io-uring",
                        "is not there: " + why.getMessage(),
                        "transport: auto takes another; sysctl kernel.io_uring_disabled=0, or allow it in the container");
    }

    static Finding keys(Collection<Path> keyFiles) {
        List<String> exposed = new ArrayList<>();
        keyFiles.forEach(file -> KeyFile.exposure(file).ifPresent(exposed::add));
        return exposed.isEmpty()
                ? Finding.ok("key-files", keyFiles.size() + " in use, only root may open them")
                : Finding.warn(
                        "key-files",
                        String.join("; ", exposed),
                        "chmod 600 and chown root, then change the keys: docs/operations.md");
    }
}
