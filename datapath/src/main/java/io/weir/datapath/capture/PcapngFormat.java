package io.weir.datapath.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The next-generation capture file: a chain of blocks (draft-ietf-opsawg-pcapng), each with its length in front and behind.
 *
 * <pre>
 *  0      4              8                       length - 4
 *  +------+--------------+--------- ... ---------+--------------+
 *  | type | total length | body, multiple of 4   | total length |
 *  +------+--------------+--------- ... ---------+--------------+
 * </pre>
 *
 * <p>Threading: not thread-safe.
 */
final class PcapngFormat implements PcapReader.Format {
    static final int SECTION_HEADER = 0x0A0D_0D0A;
    static final int INTERFACE_DESCRIPTION = 1;
    static final int OBSOLETE_PACKET = 2;
    static final int SIMPLE_PACKET = 3;
    static final int INTERFACE_STATISTICS = 5;
    static final int ENHANCED_PACKET = 6;
    static final int BYTE_ORDER_MAGIC = 0x1A2B_3C4D;
    static final int MAJOR_VERSION = 1;

    static final int BLOCK_OVERHEAD = 12;
    static final int BLOCK_HEADER_LENGTH = 8;
    static final int ENHANCED_PACKET_LENGTH = 20;

    private static final int SECTION_BODY_LENGTH = 16;
    private static final int INTERFACE_BODY_LENGTH = 8;
    private static final int MAX_INTERFACES = 1 << 16;
    private static final String DAMAGED = "the file is damaged from here on";

    private final FileCursor cursor;
    private final List<PcapngInterface> interfaces = new ArrayList<>();

    /** Reads the first section header, whose type has been read. */
    PcapngFormat(FileCursor cursor) throws IOException {
        this.cursor = cursor;
        section(0);
    }

    @Override
    public @Nullable PcapFrame next() throws IOException {
        while (true) {
            long at = cursor.offset();
            ByteBuffer type = cursor.readUpTo(Integer.BYTES);
            if (!type.hasRemaining()) {
                return null;
            }
            if (type.remaining() < Integer.BYTES) {
                throw cursor.truncated(at, "a block type", Integer.BYTES, type.remaining());
            }
            PcapFrame frame = block(at, type.getInt());
            if (frame != null) {
                return frame;
            }
        }
    }

    private @Nullable PcapFrame block(long at, int type) throws IOException {
        switch (type) {
            case SECTION_HEADER -> section(at);
            case INTERFACE_DESCRIPTION -> describe(at, body(at, INTERFACE_BODY_LENGTH));
            case ENHANCED_PACKET -> {
                return enhanced(at, body(at, ENHANCED_PACKET_LENGTH));
            }
            case SIMPLE_PACKET -> {
                return simple(at, body(at, Integer.BYTES));
            }
            case OBSOLETE_PACKET ->
                throw cursor.fail(
                        at, "a packet block of the obsolete type 2", "write the file again: editcap -F pcapng");
            default -> skip(at);
        }
        return null;
    }

    /** A section starts anew: byte order, interfaces and all. Reads on behind the block's type. */
    private void section(long at) throws IOException {
        ByteBuffer lengthAndMagic = cursor.read(2 * Integer.BYTES, "a section header");
        lengthAndMagic.order(LITTLE_ENDIAN);
        int magic = lengthAndMagic.getInt(4);
        if (magic != BYTE_ORDER_MAGIC && magic != Integer.reverseBytes(BYTE_ORDER_MAGIC)) {
            throw cursor.fail(at + 8, String.format("byte-order magic of a section is 0x%08x", magic), DAMAGED);
        }
        cursor.order(magic == BYTE_ORDER_MAGIC ? LITTLE_ENDIAN : BIG_ENDIAN);
        long length =
                Integer.toUnsignedLong(lengthAndMagic.order(cursor.order()).getInt(0));
        checkLength(at, length, SECTION_BODY_LENGTH);
        ByteBuffer rest = cursor.read((int) length - BLOCK_OVERHEAD, "a section header");
        int major = rest.getShort(0) & 0xFFFF;
        if (major != MAJOR_VERSION) {
            throw cursor.fail(
                    at + 12,
                    "pcapng version is " + major + ", and only 1 can be read",
                    "convert it: editcap -F pcapng");
        }
        checkTrailer(at, length, rest.getInt(rest.capacity() - Integer.BYTES));
        interfaces.clear();
    }

    /** Body of a block, of at least {@code minimum} bytes, its lengths checked. Reads on behind the block's type. */
    private ByteBuffer body(long at, int minimum) throws IOException {
        long length = Integer.toUnsignedLong(
                cursor.read(Integer.BYTES, "a block length").getInt());
        checkLength(at, length, minimum);
        ByteBuffer rest = cursor.read((int) length - BLOCK_HEADER_LENGTH, "a block");
        int bodyLength = rest.capacity() - Integer.BYTES;
        checkTrailer(at, length, rest.getInt(bodyLength));
        return rest.limit(bodyLength);
    }

    private void skip(long at) throws IOException {
        long length = Integer.toUnsignedLong(
                cursor.read(Integer.BYTES, "a block length").getInt());
        checkForm(at, length, 0);
        cursor.skip(length - BLOCK_OVERHEAD, "a block");
        checkTrailer(at, length, cursor.read(Integer.BYTES, "a block").getInt());
    }

    private void checkLength(long at, long length, int minimumBody) throws IOException {
        checkForm(at, length, minimumBody);
        if (length > PcapReader.MAX_BLOCK_LENGTH) {
            throw cursor.fail(
                    at + 4, "block length is " + length + ", more than " + PcapReader.MAX_BLOCK_LENGTH, DAMAGED);
        }
    }

    private void checkForm(long at, long length, int minimumBody) throws IOException {
        if (length < BLOCK_OVERHEAD + minimumBody || length % 4 != 0) {
            throw cursor.fail(
                    at + 4,
                    "block length is " + length + ", must be a multiple of 4 and at least "
                            + (BLOCK_OVERHEAD + minimumBody),
                    DAMAGED);
        }
    }

    private void checkTrailer(long at, long length, int trailer) throws IOException {
        if (Integer.toUnsignedLong(trailer) != length) {
            throw cursor.fail(
                    at + length - Integer.BYTES,
                    "block length is " + length + " in front and " + Integer.toUnsignedLong(trailer) + " behind",
                    DAMAGED);
        }
    }

    private void describe(long at, ByteBuffer body) throws IOException {
        PcapReader.checkLinkType(cursor, at + BLOCK_HEADER_LENGTH, body.getShort(0) & 0xFFFF);
        if (interfaces.size() == MAX_INTERFACES) {
            throw cursor.fail(at, "more than " + MAX_INTERFACES + " interfaces in a section", DAMAGED);
        }
        long snaplen = Integer.toUnsignedLong(body.getInt(4));
        interfaces.add(PcapngInterface.of(snaplen, options(at, body.position(INTERFACE_BODY_LENGTH)), cursor, at));
    }

    private PcapFrame enhanced(long at, ByteBuffer body) throws IOException {
        PcapngInterface source = source(at, Integer.toUnsignedLong(body.getInt()));
        long units = Integer.toUnsignedLong(body.getInt()) << 32 | Integer.toUnsignedLong(body.getInt());
        long captured = Integer.toUnsignedLong(body.getInt());
        long original = Integer.toUnsignedLong(body.getInt());
        PcapReader.checkLengths(cursor, at + 20, captured, original);
        byte[] bytes = frame(at, body, captured);
        body.position(Math.min(body.limit(), ENHANCED_PACKET_LENGTH + padded((int) captured)));
        PcapngOptions options = options(at, body);
        long timestampNs = source.timestampNs(units, cursor, at);
        return new PcapFrame(
                source.name(),
                direction(options.unsigned(PcapngOptions.FRAME_FLAGS)),
                timestampNs,
                (int) original,
                bytes,
                options.text(PcapngOptions.COMMENT),
                options.unsigned(PcapngOptions.FRAME_DROP_COUNT));
    }

    private PcapFrame simple(long at, ByteBuffer body) throws IOException {
        PcapngInterface source = source(at, 0);
        long original = Integer.toUnsignedLong(body.getInt());
        long captured = source.snaplen() == 0 ? original : Math.min(original, source.snaplen());
        PcapReader.checkLengths(cursor, at + BLOCK_HEADER_LENGTH, captured, original);
        byte[] bytes = frame(at, body, captured);
        return new PcapFrame(source.name(), Direction.UNKNOWN, 0, (int) original, bytes, "", 0);
    }

    private PcapngInterface source(long at, long index) throws IOException {
        if (index >= interfaces.size()) {
            throw cursor.fail(
                    at + BLOCK_HEADER_LENGTH,
                    "frame of interface " + index + ", and the section has described " + interfaces.size(),
                    DAMAGED);
        }
        return interfaces.get((int) index);
    }

    private byte[] frame(long at, ByteBuffer body, long captured) throws IOException {
        if (captured > body.remaining()) {
            throw cursor.fail(
                    at,
                    "captured length of a frame is " + captured + ", its block has room for " + body.remaining(),
                    DAMAGED);
        }
        byte[] bytes = new byte[(int) captured];
        body.get(bytes);
        return bytes;
    }

    private PcapngOptions options(long at, ByteBuffer body) throws IOException {
        return PcapngOptions.read(body, cursor, at);
    }

    private static Direction direction(long flags) {
        return switch ((int) flags & PcapngOptions.DIRECTION_MASK) {
            case PcapngOptions.INBOUND -> Direction.RX;
            case PcapngOptions.OUTBOUND -> Direction.TX;
            default -> Direction.UNKNOWN;
        };
    }

    /** Bytes up to the next multiple of four. */
    static int padded(int length) {
        return length + 3 & ~3;
    }
}
