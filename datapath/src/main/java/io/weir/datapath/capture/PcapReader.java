package io.weir.datapath.capture;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Reads the Ethernet frames of a capture file: pcap (draft-ietf-opsawg-pcap) with microseconds or nanoseconds, or pcapng
 * (draft-ietf-opsawg-pcapng) with section header, interface, enhanced and simple packet blocks; each in both byte orders.
 *
 * <p>Files are hostile: whatever they hold, a method returns a frame, null, or fails with an {@link IOException} that names
 * file, offset, what is wrong and the remedy. Memory stays below {@link #MAX_BLOCK_LENGTH} and what the interfaces' names take.
 *
 * <p>Threading: not thread-safe.
 */
public final class PcapReader implements Closeable {
    /** Most bytes of one frame that a file may hold: what libpcap takes as the largest snapshot length. */
    public static final int MAX_CAPTURED_LENGTH = 262_144;

    /** Longest pcapng block that is read whole; blocks of unknown types are passed over at any length. */
    public static final int MAX_BLOCK_LENGTH = 1 << 20;

    /** LINKTYPE_ETHERNET. */
    static final int LINK_TYPE_ETHERNET = 1;

    private static final int MAGIC_LENGTH = 4;

    /** One of the two file formats, behind its magic number. */
    interface Format {
        /** The next frame, or null at the end. */
        @Nullable
        PcapFrame next() throws IOException;
    }

    private final InputStream in;
    private final Format format;

    private PcapReader(InputStream in, Format format) {
        this.in = in;
        this.format = format;
    }

    /** Opens a file and reads its header. */
    public static PcapReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return of(in, file.toString());
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Reads the header from a stream, which the reader closes in the end; {@code name} stands for it in errors. */
    public static PcapReader of(InputStream in, String name) throws IOException {
        FileCursor cursor = new FileCursor(in, name);
        ByteBuffer magic = cursor.readUpTo(MAGIC_LENGTH);
        if (magic.remaining() < MAGIC_LENGTH) {
            throw cursor.fail(
                    0, "no capture file: " + magic.remaining() + " bytes in all", "name a pcap or pcapng file");
        }
        int value = magic.getInt();
        return new PcapReader(in, format(cursor, value));
    }

    private static Format format(FileCursor cursor, int magic) throws IOException {
        if (magic == PcapngFormat.SECTION_HEADER) {
            return new PcapngFormat(cursor);
        }
        if (ClassicPcapFormat.knows(magic)) {
            return new ClassicPcapFormat(cursor, magic);
        }
        throw cursor.fail(
                0,
                String.format("magic number 0x%08x is neither that of pcap nor of pcapng", Integer.reverseBytes(magic)),
                "name a pcap or pcapng file, unpacked");
    }

    /** The next frame, or null at the end of the file. */
    public @Nullable PcapFrame next() throws IOException {
        return format.next();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Refuses lengths that no frame can have; shared by the formats. */
    static void checkLengths(FileCursor cursor, long at, long captured, long original) throws IOException {
        if (captured > MAX_CAPTURED_LENGTH) {
            throw cursor.fail(
                    at,
                    "captured length of a frame is " + captured + ", more than " + MAX_CAPTURED_LENGTH,
                    "the file is damaged from here on");
        }
        if (original < captured || original > Integer.MAX_VALUE) {
            throw cursor.fail(
                    at,
                    "original length of a frame is " + original + " with " + captured + " bytes captured",
                    "the file is damaged from here on");
        }
    }

    static void checkLinkType(FileCursor cursor, long at, int linkType) throws IOException {
        if (linkType != LINK_TYPE_ETHERNET) {
            throw cursor.fail(
                    at,
                    "link type is " + linkType + ", and only " + LINK_TYPE_ETHERNET + " (Ethernet) can be read",
                    "capture on an Ethernet interface, not on \"any\"");
        }
    }
}
