package io.weir.control.repository;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only file of frames. A frame is on the disk before {@link #append} returns.
 *
 * <pre>
 *  file   "weir-log" | version u32 | zero u32 | frames
 *  frame  length u32 | type u32 | chain u32 | check u32 | payload, length bytes | CRC32C of the payload u32
 * </pre>
 *
 * <p>{@code chain} is the CRC of the frame before (0 for the first), so that a frame lost from the middle shows; {@code check}
 * is the CRC32C of the twelve bytes before it. All numbers are big-endian.
 *
 * <p>A process that dies while it appends leaves a prefix of the frame, a machine that dies may leave zeros where blocks were
 * not written: such a tail was never acknowledged and is cut off. Every other mismatch means that acknowledged bytes changed,
 * and the file is refused.
 *
 * <p>Threading: guarded by the owner.
 */
final class LogFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);

    static final int HEADER_BYTES = 16;
    static final int FRAME_HEADER_BYTES = 16;
    static final int FRAME_TRAILER_BYTES = 4;
    static final int MAX_PAYLOAD_BYTES = 1 << 30;

    private static final byte[] MAGIC = "weir-log".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int BUFFER_BYTES = 1 << 16;

    /** Told of every frame when the file is opened, in order. */
    interface FrameHandler {
        /**
         * Takes a frame.
         *
         * @param offset where the frame begins, for {@link LogFile#read}
         * @param type what the payload is
         */
        void frame(long offset, int type, byte[] payload);
    }

    private final Path path;
    private final FileChannel channel;
    private boolean made;
    private boolean locked;
    private long end = HEADER_BYTES;
    private int chain;
    private @Nullable IOException failure;

    private LogFile(Path path, FileChannel channel, boolean made) {
        this.path = path;
        this.channel = channel;
        this.made = made;
    }

    /**
     * Opens the file, or makes it, and tells every frame in it.
     *
     * @throws RepositoryException when another process holds it, or it is broken elsewhere than at its torn end
     */
    static LogFile open(Path path, FrameHandler handler) {
        try {
            boolean made = made(path);
            Object key = key(path);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            LogFile file = new LogFile(path, channel, made);
            try {
                file.lock();
                if (!key.equals(key(path))) {
                    file.locked = false;
                    throw new RepositoryException(path + " was just removed by another daemon whose start failed;"
                            + " start again, or give each daemon its own dataDir");
                }
                // Another may have used it before it was locked here.
                file.made &= channel.size() == 0;
                file.begin();
                file.replay(handler);
                return file;
            } catch (IOException | RuntimeException refused) {
                try (channel) {
                    file.discard();
                } catch (IOException stays) {
                    refused.addSuppressed(stays);
                }
                throw refused;
            }
        } catch (IOException refused) {
            throw new RepositoryException(
                    path + " cannot be used: " + refused + "; give the daemon a dataDir that it may write", refused);
        }
    }

    private static boolean made(Path path) throws IOException {
        try {
            FileChannel.open(
                            path,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                    .close();
            return true;
        } catch (FileAlreadyExistsException before) {
            return false;
        }
    }

    /** What tells files apart that had one name after the other. */
    private static Object key(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path : key;
    }

    /** Removes the file if it was made, and takes nothing more. */
    void discard() throws IOException {
        if (made && locked) {
            Files.deleteIfExists(path);
            channel.close();
        }
    }

    private void lock() throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            // As if another process held it.
        }
        if (lock == null) {
            throw new RepositoryException(
                    path + " is held by another daemon; stop that one, or give each daemon its own dataDir");
        }
        locked = true;
    }

    /** Writes the file's header, or checks the one that is there; a header cut short is of a daemon that died at its first start. */
    private void begin() throws IOException {
        ByteBuffer header =
                ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(VERSION).putInt(0);
        byte[] present = new byte[(int) Math.min(channel.size(), HEADER_BYTES)];
        readFully(present, 0);
        if (!Arrays.equals(present, Arrays.copyOf(header.array(), present.length))) {
            throw new RepositoryException(path + " is no log of Weir's, or of another version than " + VERSION
                    + "; move it away, or start the version that wrote it");
        }
        if (present.length < HEADER_BYTES) {
            writeFully(header.flip(), 0);
            channel.force(true);
            syncFolder();
        }
    }

    /** A new file's name must be on the disk too. */
    private void syncFolder() throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    private void replay(FrameHandler handler) throws IOException {
        long size = channel.size();
        channel.position(HEADER_BYTES);
        // Not closed: that would close the channel.
        DataInputStream in =
                new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
        byte[] header = new byte[FRAME_HEADER_BYTES];
        while (end < size) {
            if (size - end < FRAME_HEADER_BYTES) {
                cut(size);
                return;
            }
            in.readFully(header);
            ByteBuffer fields = ByteBuffer.wrap(header);
            int length = fields.getInt();
            int type = fields.getInt();
            if (!sound(header, length)) {
                cutOrRefuse(size, FRAME_HEADER_BYTES, "a frame's header");
                return;
            }
            if (size - end - FRAME_HEADER_BYTES < (long) length + FRAME_TRAILER_BYTES) {
                cut(size);
                return;
            }
            byte[] payload = in.readNBytes(length);
            int crc = in.readInt();
            if (crc != crc(payload, payload.length)) {
                cutOrRefuse(size, FRAME_HEADER_BYTES + (long) length, "a frame's payload");
                return;
            }
            handler.frame(end, type, payload);
            chain = crc;
            end += FRAME_HEADER_BYTES + length + FRAME_TRAILER_BYTES;
        }
    }

    private boolean sound(byte[] header, int length) {
        ByteBuffer fields = ByteBuffer.wrap(header, 2 * Integer.BYTES, 2 * Integer.BYTES);
        boolean follows = fields.getInt() == chain;
        boolean checked = fields.getInt() == crc(header, FRAME_HEADER_BYTES - Integer.BYTES);
        return checked && follows && length >= 0 && length <= MAX_PAYLOAD_BYTES;
    }

    /** Cuts the last frame off when blocks of it were never written, else refuses; {@code length} is what its header may be trusted for. */
    private void cutOrRefuse(long size, long length, String what) throws IOException {
        byte[] tail = new byte[(int) Math.min(size - end, MAX_PAYLOAD_BYTES)];
        readFully(tail, end);
        int written = tail.length;
        while (written > 0 && tail[written - 1] == 0) {
            written--;
        }
        if (written >= length || tail.length - written < FRAME_HEADER_BYTES) {
            throw new RepositoryException(path + " is broken at byte " + end + ": " + what
                    + " does not match its checksum; restore the file from a copy, or give up what follows with truncate -s "
                    + end + ' ' + path);
        }
        cut(size);
    }

    private void cut(long size) throws IOException {
        LOG.warn(
                "{}: the last {} bytes are of a change that was never acknowledged; cut off at byte {}",
                path,
                size - end,
                end);
        channel.truncate(end);
        channel.force(true);
    }

    /**
     * Appends a frame and waits for the disk.
     *
     * @return the frame's offset
     * @throws RepositoryException when that fails; the file takes nothing more then, because nobody knows what is on the disk
     */
    long append(int type, byte[] payload) {
        if (failure != null) {
            throw new RepositoryException(
                    path + " failed before: " + failure + "; mend the disk and start the daemon again", failure);
        }
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new RepositoryException(
                    "a change must be at most " + MAX_PAYLOAD_BYTES + " bytes: was " + payload.length + "; split it");
        }
        long offset = end;
        int crc = crc(payload, payload.length);
        try {
            writeFully(frame(type, payload, crc), offset);
            channel.force(false);
        } catch (IOException failed) {
            throw giveUp(offset, failed);
        }
        chain = crc;
        end = offset + FRAME_HEADER_BYTES + payload.length + FRAME_TRAILER_BYTES;
        return offset;
    }

    private ByteBuffer frame(int type, byte[] payload, int crc) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + payload.length + FRAME_TRAILER_BYTES);
        frame.putInt(payload.length).putInt(type).putInt(chain);
        return frame.putInt(crc(frame.array(), FRAME_HEADER_BYTES - Integer.BYTES))
                .put(payload)
                .putInt(crc)
                .flip();
    }

    private RepositoryException giveUp(long offset, IOException failed) {
        failure = failed;
        try {
            channel.truncate(offset);
        } catch (IOException worse) {
            failed.addSuppressed(worse);
        }
        return new RepositoryException(
                path + " cannot be written: " + failed + "; mend the disk and start the daemon again", failed);
    }

    /** The payload of a frame that was told or appended. */
    byte[] read(long offset) {
        try {
            byte[] header = new byte[FRAME_HEADER_BYTES];
            readFully(header, offset);
            byte[] payload = new byte[ByteBuffer.wrap(header).getInt()];
            readFully(payload, offset + FRAME_HEADER_BYTES);
            byte[] trailer = new byte[FRAME_TRAILER_BYTES];
            readFully(trailer, offset + FRAME_HEADER_BYTES + payload.length);
            if (ByteBuffer.wrap(trailer).getInt() != crc(payload, payload.length)) {
                throw new RepositoryException(
                        path + " changed under the daemon at byte " + offset + "; restore the file from a copy");
            }
            return payload;
        } catch (IOException failed) {
            throw new RepositoryException(path + " cannot be read: " + failed + "; mend the disk", failed);
        }
    }

    private void readFully(byte[] into, long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new EOFException(path + " ends at byte " + (from + buffer.position()));
            }
        }
    }

    private void writeFully(ByteBuffer buffer, long at) throws IOException {
        int begin = buffer.position();
        while (buffer.hasRemaining()) {
            int _ = channel.write(buffer, at + buffer.position() - begin);
        }
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** Bytes in the file. */
    long sizeBytes() {
        return end;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException lostAnyway) {
            // Everything acknowledged is on the disk; the lock goes with the process at the latest.
        }
    }
}
