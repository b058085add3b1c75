package io.weir.datapath.port;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The MAC address of a tap that Weir makes: always the same for a port name on a host, so that a restart leaves what others
 * have learned valid, and another on each host.
 *
 * <p>Threading: stateless.
 */
final class TapAddress {
    /** First byte 02: locally administered, not a group (IEEE 802-2014 clause 8.4). */
    private static final long PREFIX = 0x02L << 40;

    private static final Path MACHINE_ID = Path.of("/etc/machine-id");
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private TapAddress() {}

    /** The address for the port name on this host, in the low 48 bits. */
    static long of(String portName) {
        return of(portName, host());
    }

    /** 02 and the first 40 bits of a hash over host and name: among a thousand taps two collide in one of two million networks. */
    static long of(String portName, String host) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest((host + '\n' + portName).getBytes(UTF_8));
            return PREFIX | ByteBuffer.wrap(hash).getLong() >>> 24;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String host() {
        for (Path file : new Path[] {MACHINE_ID, HOST_NAME}) {
            String text = read(file);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException _) {
            return "";
        }
    }
}
