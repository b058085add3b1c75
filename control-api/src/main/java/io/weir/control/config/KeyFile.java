package io.weir.control.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

import io.weir.ipsec.sa.SaKey;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.Syscall;

/**
 * Keys of security associations by SPI, from a file that belongs to root and that nobody else may open: a line for each,
 * {@code 0x1001: 64 hex digits}, and comments after {@code #}. Owner and mode are those of the file that was opened, whatever
 * happens to its name meanwhile. No message tells anything of a line but its number.
 *
 * <p>Threading: one reader, which closes it.
 */
public final class KeyFile implements AutoCloseable {
    /** Far more than a peer has keys. */
    static final int MAX_BYTES = 1 << 20;

    private static final int O_NONBLOCK = 0x800; // a pipe must not hold up the daemon
    private static final int O_CLOEXEC = 0x80000;
    private static final int GROUP_AND_OTHERS = 0077;
    private static final int PERMISSIONS = 07777;

    private final Path file;
    private final Map<Integer, SaKey> keys;

    private KeyFile(Path file, Map<Integer, SaKey> keys) {
        this.file = file;
        this.keys = keys;
    }

    /**
     * Reads the file.
     *
     * @throws KeyFileException when it is not there, not root's alone, or has a line that is none
     */
    public static KeyFile read(Path file) {
        int fd = Syscall.open(file.toString(), O_NONBLOCK | O_CLOEXEC, 0);
        if (fd < 0) {
            throw new KeyFileException(
                    file + " cannot be opened: " + Errno.describe(fd), "name an existing file, and start as root");
        }
        try {
            requirePrivate(file, fd);
            return new KeyFile(file, contents(file, fd));
        } finally {
            Syscall.close(fd);
        }
    }

    /** What is wrong with who may open the file; empty when only root may. */
    public static Optional<String> exposure(Path file) {
        int fd = Syscall.open(file.toString(), O_NONBLOCK | O_CLOEXEC, 0);
        if (fd < 0) {
            return Optional.of(file + " cannot be opened: " + Errno.describe(fd));
        }
        try {
            requirePrivate(file, fd);
            return Optional.empty();
        } catch (KeyFileException exposed) {
            return Optional.of(exposed.problem());
        } finally {
            Syscall.close(fd);
        }
    }

    private static void requirePrivate(Path file, int fd) {
        Map<String, Object> attributes = attributes(file, fd);
        if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
            throw new KeyFileException(file + " is no regular file", "name a file, no folder, pipe or device");
        }
        if (!Integer.valueOf(0).equals(attributes.get("uid"))) {
            throw new KeyFileException(
                    file + " must belong to root: was user " + attributes.get("uid"), "chown root " + file);
        }
        int mode = attributes.get("mode") instanceof Integer bits ? bits & PERMISSIONS : PERMISSIONS;
        if ((mode & GROUP_AND_OTHERS) != 0) {
            throw new KeyFileException(
                    file + " may be used by others than root: mode was 0" + Integer.toOctalString(mode),
                    "chmod 600 " + file + ", and think of its keys as known");
        }
    }

    /** Of the open file, which its entry under /proc is, not of what has the name now. */
    private static Map<String, Object> attributes(Path file, int fd) {
        try {
            return Files.readAttributes(Path.of("/proc/self/fd/" + fd), "unix:uid,mode,isRegularFile");
        } catch (IOException unreadable) {
            throw new KeyFileException(file + " cannot be looked at: " + unreadable.getMessage(), "mount /proc");
        }
    }

    private static Map<Integer, SaKey> contents(Path file, int fd) {
        long buffer = Memory.map(MAX_BYTES);
        try {
            int length = fill(file, fd, buffer);
            return new KeyLines(file, buffer, length).read();
        } finally {
            for (int at = 0; at < MAX_BYTES; at += Long.BYTES) {
                Memory.writeLong(buffer + at, 0);
            }
            Memory.unmap(buffer, MAX_BYTES);
        }
    }

    private static int fill(Path file, int fd, long buffer) {
        int length = 0;
        while (length < MAX_BYTES) {
            long got = Syscall.read(fd, buffer + length, MAX_BYTES - length);
            if (got == 0) {
                return length;
            }
            if (got < 0) {
                throw new KeyFileException(
                        file + " cannot be read: " + Errno.describe((int) got), "look at its file system");
            }
            length += (int) got;
        }
        throw new KeyFileException(
                file + " is longer than " + (MAX_BYTES - 1) + " bytes",
                "keep the keys of each peer in a file of its own");
    }

    /**
     * The key of an SA, a copy.
     *
     * @param lengthBytes what its cipher needs
     * @throws KeyFileException when there is none, or it has another length
     */
    public SaKey key(int spi, int lengthBytes) {
        SaKey key = keys.get(spi);
        String name = SpiText.of(spi);
        if (key == null) {
            throw new KeyFileException(
                    file + " has no key for SPI " + name,
                    "add a line " + name + ": with " + 2 * lengthBytes + " hex digits");
        }
        if (key.length() != lengthBytes) {
            throw new KeyFileException(
                    file + " has a key of " + key.length() + " bytes for SPI " + name + ", its cipher takes "
                            + lengthBytes,
                    "write " + 2 * lengthBytes + " hex digits: key, then salt or authentication key");
        }
        byte[] material = key.material();
        try {
            return new SaKey(material);
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    /** Overwrites the keys. */
    @Override
    public void close() {
        keys.values().forEach(SaKey::destroy);
        keys.clear();
    }
}
