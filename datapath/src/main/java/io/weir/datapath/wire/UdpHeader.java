package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over a UDP header, RFC 768, "Format".
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Source Port          |       Destination Port        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            Length             |           Checksum            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class UdpHeader {
    public static final int LENGTH = 8;
    public static final int LENGTH_OFFSET = 4;
    public static final int CHECKSUM_OFFSET = 6;

    static final int DESTINATION_PORT_OFFSET = 2;

    private static final int TRUNCATED = DropReason.UDP_TRUNCATED.code();
    private static final int BAD_LENGTH = DropReason.UDP_BAD_LENGTH.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public UdpHeader wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public UdpHeader wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** UDP_TRUNCATED, UDP_BAD_LENGTH, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /**
     * The rules of {@link #check()} for a header at {@code offset} of a packet that ends at {@code limit}. A super-frame's
     * length covers all of it or one segment; both are within the packet.
     */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        int available = limit - offset;
        if (available < LENGTH) {
            return TRUNCATED;
        }
        int length = length(frame, offset);
        return length < LENGTH || length > available ? BAD_LENGTH : DropReason.NONE;
    }

    /** Length of header plus payload in bytes, of the header at {@code offset}. */
    public static int length(UnsafeBuffer frame, int offset) {
        return u16(frame, offset + LENGTH_OFFSET);
    }

    public int sourcePort() {
        return u16(view, 0);
    }

    public UdpHeader sourcePort(int port) {
        put16(view, 0, port);
        return this;
    }

    public int destinationPort() {
        return u16(view, DESTINATION_PORT_OFFSET);
    }

    public UdpHeader destinationPort(int port) {
        put16(view, DESTINATION_PORT_OFFSET, port);
        return this;
    }

    /** Length of header plus payload, in bytes. */
    public int length() {
        return length(view, 0);
    }

    public UdpHeader length(int bytes) {
        put16(view, LENGTH_OFFSET, bytes);
        return this;
    }

    /** 0 when the sender made none (IPv4 only). */
    public int checksum() {
        return u16(view, CHECKSUM_OFFSET);
    }

    public UdpHeader checksum(int checksum) {
        put16(view, CHECKSUM_OFFSET, checksum);
        return this;
    }

    @Override
    public String toString() {
        return check() != DropReason.NONE
                ? "UDP, malformed"
                : "UDP " + sourcePort() + " > " + destinationPort() + ", length " + (length() - LENGTH);
    }
}
