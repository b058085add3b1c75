package io.weir.datapath.capture;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The classic capture file: a header, then one record a frame (draft-ietf-opsawg-pcap).
 *
 * <pre>
 *  0        4       6       8          12         16        20          24
 *  +--------+-------+-------+----------+----------+---------+-----------+
 *  | magic  | major | minor | reserved | reserved | snaplen | link type |      file header
 *  +--------+-------+-------+----------+----------+---------+-----------+
 *  | seconds| us or ns      | captured | original |  frame ...               record
 *  +--------+---------------+----------+----------+
 * </pre>
 *
 * <p>Threading: not thread-safe.
 */
final class ClassicPcapFormat implements PcapReader.Format {
    static final int MAGIC_MICROSECONDS = 0xA1B2_C3D4;
    static final int MAGIC_NANOSECONDS = 0xA1B2_3C4D;
    static final int MAJOR_VERSION = 2;
    static final int MINOR_VERSION = 4;
    static final int FILE_HEADER_LENGTH = 24;
    static final int RECORD_HEADER_LENGTH = 16;

    private static final int LINK_TYPE_MASK = 0xFFFF;
    private static final int FCS_PRESENT = 1 << 26;

    private final FileCursor cursor;
    private final long nsPerUnit;

    /** Whether the file's first four bytes, read in little endian, begin a file of this kind. */
    static boolean knows(int magic) {
        int swapped = Integer.reverseBytes(magic);
        return isMagic(magic) || isMagic(swapped);
    }

    private static boolean isMagic(int magic) {
        return magic == MAGIC_MICROSECONDS || magic == MAGIC_NANOSECONDS;
    }

    /** Reads the rest of the file header. */
    ClassicPcapFormat(FileCursor cursor, int magic) throws IOException {
        this.cursor = cursor;
        cursor.order(isMagic(magic) ? LITTLE_ENDIAN : BIG_ENDIAN);
        int inOrder = isMagic(magic) ? magic : Integer.reverseBytes(magic);
        this.nsPerUnit = inOrder == MAGIC_NANOSECONDS ? 1 : 1000;
        ByteBuffer header = cursor.read(FILE_HEADER_LENGTH - Integer.BYTES, "the file header");
        checkVersion(header.getShort(0) & 0xFFFF, header.getShort(2) & 0xFFFF);
        int network = header.getInt(16);
        PcapReader.checkLinkType(cursor, 20, network & LINK_TYPE_MASK);
        if ((network & FCS_PRESENT) != 0) {
            throw cursor.fail(20, "frames end with their check sequence", "capture without frame check sequences");
        }
    }

    private void checkVersion(int major, int minor) throws IOException {
        if (major != MAJOR_VERSION || minor != MINOR_VERSION) {
            throw cursor.fail(
                    4,
                    "pcap version is " + major + '.' + minor + ", and only 2.4 can be read",
                    "convert it with tcpdump -r -w");
        }
    }

    @Override
    public @Nullable PcapFrame next() throws IOException {
        long at = cursor.offset();
        ByteBuffer header = cursor.readUpTo(RECORD_HEADER_LENGTH);
        if (!header.hasRemaining()) {
            return null;
        }
        if (header.remaining() < RECORD_HEADER_LENGTH) {
            throw cursor.truncated(at, "a record header", RECORD_HEADER_LENGTH, header.remaining());
        }
        long seconds = Integer.toUnsignedLong(header.getInt());
        long units = Integer.toUnsignedLong(header.getInt());
        long captured = Integer.toUnsignedLong(header.getInt());
        long original = Integer.toUnsignedLong(header.getInt());
        PcapReader.checkLengths(cursor, at + 8, captured, original);
        byte[] bytes = cursor.read((int) captured, "a frame").array();
        long timestampNs = seconds * 1_000_000_000L + units * nsPerUnit;
        return new PcapFrame("", Direction.UNKNOWN, timestampNs, (int) original, bytes, "", 0);
    }
}
