package io.weir.control.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A daemon's hold on its run directory: a locked file with the process number in it. The kernel lets go of the lock when the
 * process dies, however it dies, so that a file left behind blocks nobody.
 *
 * <p>Threading: one thread.
 */
final class RunDirectory implements AutoCloseable {
    private static final String LOCK_FILE = "weir.pid";
    private static final int ATTEMPTS = 3;

    private final FileChannel channel;
    private final Path file;
    private final boolean made;
    private final FreshPaths folders;

    private RunDirectory(FileChannel channel, Path file, boolean made, FreshPaths folders) {
        this.channel = channel;
        this.file = file;
        this.made = made;
        this.folders = folders;
    }

    /**
     * Makes the directory if need be, and takes it.
     *
     * @throws StartException when another daemon lives there, or the directory cannot be made
     */
    static RunDirectory take(Path directory) {
        Path file = directory.resolve(LOCK_FILE);
        try {
            FreshPaths folders = FreshPaths.before(List.of(directory), null);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Files.createDirectories(directory);
                Optional<RunDirectory> taken = take(file, made(file), folders);
                if (taken.isPresent()) {
                    return taken.get();
                }
            }
            throw new StartException("runDir " + directory + " is being used by other daemons that start and stop;"
                    + " give each daemon its own runDir");
        } catch (IOException refused) {
            throw new StartException("runDir " + directory + " cannot be used: " + refused
                    + "; start as root, or name a directory of your own");
        }
    }

    private static boolean made(Path file) throws IOException {
        try {
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    .close();
            return true;
        } catch (FileAlreadyExistsException other) {
            return false;
        }
    }

    /** Nothing when the file that was locked is not the directory's any more: its owner has removed it. */
    private static Optional<RunDirectory> take(Path file, boolean made, FreshPaths folders) throws IOException {
        Object key = key(file);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException removed) {
            return Optional.empty();
        }
        RunDirectory directory = new RunDirectory(channel, file, made, folders);
        boolean held = false;
        try {
            if (lock(channel) == null) {
                String pid = Files.readString(file).strip();
                channel.close();
                throw new StartException("runDir " + file.getParent() + " belongs to the daemon with pid " + pid
                        + "; stop that one, or give each daemon its own runDir");
            }
            if (!key.equals(key(file))) {
                channel.close();
                return Optional.empty();
            }
            held = true;
            channel.truncate(0);
            byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(pid), 0);
            return Optional.of(directory);
        } catch (IOException refused) {
            if (held) {
                directory.remove();
            }
            channel.close();
            throw refused;
        }
    }

    /** What tells files apart that had one name after the other. */
    private static Object key(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (NoSuchFileException removed) {
            return new Object();
        }
    }

    /** After a start that failed, while it is held: removes the file and the folders that were made. */
    void remove() throws IOException {
        if (made) {
            Files.deleteIfExists(file);
        }
        folders.remove();
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /** Lets go; the file stays for the next daemon. */
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
