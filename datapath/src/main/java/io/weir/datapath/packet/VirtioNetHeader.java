package io.weir.datapath.packet;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The offload header that stands in front of a frame, virtio 1.2 section 5.1.6 without {@code num_buffers}: what the sender
 * left for others to do. Little endian.
 *
 * <pre>
 *  0       1         2             4           6             8
 *  +-------+---------+-------------+-----------+-------------+-------------+
 *  | flags | gsoType | headerLength|  gsoSize  |checksumStart|checksumOffs.|
 *  +-------+---------+-------------+-----------+-------------+-------------+
 * </pre>
 *
 * <p>Threading: not thread-safe; a worker wraps it again for each packet.
 */
public final class VirtioNetHeader {
    /** Bytes of the header, directly in front of the frame. */
    public static final int LENGTH = 10;

    /** {@link #flags}: the transport checksum holds only the pseudo-header's sum. */
    public static final int NEEDS_CHECKSUM = 1;

    /** {@link #flags}: the checksum was found good. */
    public static final int DATA_VALID = 2;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    /** UDP fragmentation offload: obsolete, refused. */
    public static final int GSO_UDP = 3;

    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;
    /** Flag beside the type: TCP with ECN. */
    public static final int GSO_ECN = 0x80;

    /** Segments of the largest super-frame whose TCP segments carry 48 bytes, rounded up: no honest one has more. */
    public static final int MAX_SEGMENTS = 1_400;

    static final int FLAGS_OFFSET = 0;
    static final int GSO_TYPE_OFFSET = 1;
    static final int HEADER_LENGTH_OFFSET = 2;
    static final int GSO_SIZE_OFFSET = 4;
    static final int CHECKSUM_START_OFFSET = 6;
    static final int CHECKSUM_OFFSET_OFFSET = 8;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /** Sees the header of the frame at that address. */
    public VirtioNetHeader wrapBefore(long frameAddress) {
        view.wrap(frameAddress - LENGTH, LENGTH);
        return this;
    }

    /** Whether the header of the frame at that address has neither flags nor a kind of super-frame. */
    public static boolean isEmptyBefore(long frameAddress) {
        return UnsafeApi.getShort(frameAddress - LENGTH + FLAGS_OFFSET) == 0;
    }

    public int flags() {
        return view.getByte(FLAGS_OFFSET);
    }

    /** Kind of super-frame without the ECN flag: one of the {@code GSO_} values. */
    public int gsoType() {
        return view.getByte(GSO_TYPE_OFFSET) & 0xFF & ~GSO_ECN;
    }

    /** Whether the ECN flag stands beside the kind of super-frame. */
    public boolean hasEcn() {
        return (view.getByte(GSO_TYPE_OFFSET) & GSO_ECN) != 0;
    }

    /** Whether the header asks for nothing: neither checksum nor segmentation. */
    public boolean isPlain() {
        return ((view.getByte(FLAGS_OFFSET) & NEEDS_CHECKSUM) | view.getByte(GSO_TYPE_OFFSET)) == 0;
    }

    public boolean needsChecksum() {
        return (view.getByte(FLAGS_OFFSET) & NEEDS_CHECKSUM) != 0;
    }

    /** Length of all headers in bytes, a hint. */
    public int headerLength() {
        return view.getShort(HEADER_LENGTH_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Payload bytes of each segment. */
    public int gsoSize() {
        return view.getShort(GSO_SIZE_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Writes the payload bytes of each segment, 1 to 65,535. */
    public VirtioNetHeader gsoSize(int bytes) {
        view.putShort(GSO_SIZE_OFFSET, (short) bytes, LITTLE_ENDIAN);
        return this;
    }

    /** Bytes from the frame's begin to where summing starts: the transport header. */
    public int checksumStart() {
        return view.getShort(CHECKSUM_START_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Bytes from {@link #checksumStart} to the checksum field. */
    public int checksumOffset() {
        return view.getShort(CHECKSUM_OFFSET_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Writes the whole header. */
    public void set(int flags, int gsoType, int headerLength, int gsoSize, int checksumStart, int checksumOffset) {
        view.putByte(FLAGS_OFFSET, (byte) flags);
        view.putByte(GSO_TYPE_OFFSET, (byte) gsoType);
        view.putShort(HEADER_LENGTH_OFFSET, (short) headerLength, LITTLE_ENDIAN);
        view.putShort(GSO_SIZE_OFFSET, (short) gsoSize, LITTLE_ENDIAN);
        view.putShort(CHECKSUM_START_OFFSET, (short) checksumStart, LITTLE_ENDIAN);
        view.putShort(CHECKSUM_OFFSET_OFFSET, (short) checksumOffset, LITTLE_ENDIAN);
    }

    /** Asks for nothing. */
    public void clear() {
        view.setMemory(0, LENGTH, (byte) 0);
    }

    /**
     * Copies the header of the frame at {@code from} in front of the frame at {@code to}, its offsets moved by {@code shift}
     * bytes, as a pushed (+4) or popped (-4) tag demands. The two headers may overlap.
     */
    public void moveBefore(long from, long to, int shift) {
        wrapBefore(from);
        int flags = flags();
        int type = view.getByte(GSO_TYPE_OFFSET);
        int headers = headerLength();
        int size = gsoSize();
        int start = checksumStart();
        int offset = checksumOffset();
        boolean usesChecksum = (flags & NEEDS_CHECKSUM) != 0;
        wrapBefore(to);
        set(flags, type, headers == 0 ? 0 : headers + shift, size, usesChecksum ? start + shift : start, offset);
    }
}
