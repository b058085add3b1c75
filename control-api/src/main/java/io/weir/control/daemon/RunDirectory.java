package io.weir.control.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

/**
 * A daemon's hold on its run directory: a locked file with the process number in it. The kernel lets go of the lock when the
 * process dies, however it dies, so that a file left behind blocks nobody.
 *
 * <p>Threading: one thread.
 */
final class RunDirectory implements AutoCloseable {
    private static final String LOCK_FILE = "weir.pid";

    private final FileChannel channel;

    private RunDirectory(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes the directory if need be, and takes it.
     *
     * @throws StartException when another daemon lives there, or the directory cannot be made
     */
    static RunDirectory take(Path directory) {
        Path file = directory.resolve(LOCK_FILE);
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                String pid = Files.readString(file).strip();
                channel.close();
                throw new StartException("runDir " + directory + " belongs to the daemon with pid " + pid
                        + "; stop that one, or give each daemon its own runDir");
            }
            channel.truncate(0);
            byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(pid), 0);
            return new RunDirectory(channel);
        } catch (IOException refused) {
            throw new StartException("runDir " + directory + " cannot be used: " + refused
                    + "; start as root, or name a directory of your own");
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /** Lets go; the file stays, because removing it would let two successors lock two different files. */
    @Override
    public void close() {
        try {
            channel.truncate(0);
            channel.close();
        } catch (IOException lostAnyway) {
            // The kernel lets go of the lock with the process at the latest.
        }
    }
}
