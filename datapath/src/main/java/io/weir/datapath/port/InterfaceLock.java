package io.weir.datapath.port;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.NetworkNamespace;

/**
 * The right to serve an interface: one switch a time, whatever its configuration says. Two would forward each frame twice,
 * and the first to stop would unseal the interface under the other. The kernel takes the lock back from a killed process.
 *
 * <p>Threading: the control thread.
 */
final class InterfaceLock implements AutoCloseable {
    private static final Path FOLDER = Path.of("/run/lock");

    private final Path file;
    private final FileChannel channel;

    private InterfaceLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock of an interface.
     *
     * @throws PortException when another switch has it
     */
    static InterfaceLock take(PortSettings settings, @Nullable NetworkNamespace namespace, int ifIndex) {
        Path file = FOLDER.resolve("weir-" + namespaceId(namespace) + "-" + ifIndex + ".lock");
        try {
            Files.createDirectories(FOLDER);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new PortException(
                        "port \"" + settings.name() + "\": interface " + settings.device()
                                + " is served by another switch",
                        "stop that one, or take the port out of its configuration");
            }
            return new InterfaceLock(file, channel);
        } catch (IOException e) {
            throw new PortException(
                    "port \"" + settings.name() + "\": lock file " + file + " cannot be made: " + e.getMessage(),
                    "make " + FOLDER + " writable, or run as root");
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /** The number in {@code net:[4026531840]}. */
    private static String namespaceId(@Nullable NetworkNamespace namespace) {
        return NetworkNamespace.callIn(
                namespace,
                () -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"))
                        .toString()
                        .replaceAll("\\D", ""));
    }

    /** The file goes while the lock is held, so that nobody else's is taken away. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // The lock is free all the same; an empty file in /run/lock hurts nobody.
        }
    }
}
