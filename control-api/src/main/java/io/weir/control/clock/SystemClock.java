package io.weir.control.clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The clocks of the machine. On Linux {@link System#nanoTime} is CLOCK_MONOTONIC, clock_gettime(2), whose zero is the same
 * for all processes of a boot.
 *
 * <p>Threading: immutable.
 */
public final class SystemClock implements HostClock {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final String bootId;

    /** Reads the boot's id; where it cannot be read, every start counts as a reboot, which never makes time longer. */
    public SystemClock() {
        this.bootId = readBootId();
    }

    private static String readBootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException unreadable) {
            return "process " + ProcessHandle.current().pid() + " at " + Instant.now();
        }
    }

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public String bootId() {
        return bootId;
    }
}
