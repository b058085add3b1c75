package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over a TCP header, RFC 9293 section 3.1.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Source Port          |       Destination Port        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        Sequence Number                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Acknowledgment Number                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Data |       |C|E|U|A|P|R|S|F|                               |
 * | Offset|  Res. |W|C|R|C|S|S|Y|I|            Window             |
 * |       |       |R|E|G|K|H|T|N|N|                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Checksum            |         Urgent Pointer        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class TcpHeader {
    public static final int MIN_LENGTH = 20;

    public static final int SEQUENCE_OFFSET = 4;
    public static final int DATA_OFFSET_OFFSET = 12;
    public static final int FLAGS_OFFSET = 13;
    public static final int CHECKSUM_OFFSET = 16;

    public static final int FIN = 1;
    public static final int SYN = 1 << 1;
    public static final int RST = 1 << 2;
    public static final int PSH = 1 << 3;
    public static final int ACK = 1 << 4;
    public static final int URG = 1 << 5;
    public static final int ECE = 1 << 6;
    public static final int CWR = 1 << 7;

    static final int DESTINATION_PORT_OFFSET = 2;
    static final int ACKNOWLEDGMENT_OFFSET = 8;
    static final int WINDOW_OFFSET = 14;

    private static final String FLAG_LETTERS = "FSRP.UEW";

    private static final int TRUNCATED = DropReason.TCP_TRUNCATED.code();
    private static final int BAD_OFFSET = DropReason.TCP_BAD_OFFSET.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public TcpHeader wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public TcpHeader wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** TCP_TRUNCATED, TCP_BAD_OFFSET, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a header at {@code offset} of a packet that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        int available = limit - offset;
        if (available < MIN_LENGTH) {
            return TRUNCATED;
        }
        int headerLength = headerLength(frame, offset);
        return headerLength < MIN_LENGTH || headerLength > available ? BAD_OFFSET : DropReason.NONE;
    }

    /** Header length in bytes at {@code offset}, options included. */
    public static int headerLength(UnsafeBuffer frame, int offset) {
        return u8(frame, offset + DATA_OFFSET_OFFSET) >>> 4 << 2;
    }

    public int sourcePort() {
        return u16(view, 0);
    }

    public TcpHeader sourcePort(int port) {
        put16(view, 0, port);
        return this;
    }

    public int destinationPort() {
        return u16(view, DESTINATION_PORT_OFFSET);
    }

    public TcpHeader destinationPort(int port) {
        put16(view, DESTINATION_PORT_OFFSET, port);
        return this;
    }

    /** 0 to 2^32 - 1. */
    public long sequence() {
        return u32(view, SEQUENCE_OFFSET);
    }

    public TcpHeader sequence(long number) {
        put32(view, SEQUENCE_OFFSET, (int) number);
        return this;
    }

    /** 0 to 2^32 - 1. */
    public long acknowledgment() {
        return u32(view, ACKNOWLEDGMENT_OFFSET);
    }

    public TcpHeader acknowledgment(long number) {
        put32(view, ACKNOWLEDGMENT_OFFSET, (int) number);
        return this;
    }

    /** Header length in bytes, options included: 20 to 60. */
    public int headerLength() {
        return headerLength(view, 0);
    }

    /** Writes the header length in bytes, a multiple of four. */
    public TcpHeader headerLength(int bytes) {
        put8(view, DATA_OFFSET_OFFSET, bytes >>> 2 << 4);
        return this;
    }

    /** {@link #FIN} to {@link #CWR}. */
    public int flags() {
        return u8(view, FLAGS_OFFSET);
    }

    public TcpHeader flags(int flags) {
        put8(view, FLAGS_OFFSET, flags);
        return this;
    }

    public int window() {
        return u16(view, WINDOW_OFFSET);
    }

    public TcpHeader window(int window) {
        put16(view, WINDOW_OFFSET, window);
        return this;
    }

    public int checksum() {
        return u16(view, CHECKSUM_OFFSET);
    }

    public TcpHeader checksum(int checksum) {
        put16(view, CHECKSUM_OFFSET, checksum);
        return this;
    }

    private String flagLetters() {
        StringBuilder text = new StringBuilder(8);
        for (int bit = 0; bit < 8; bit++) {
            text.append((flags() & 1 << bit) == 0 ? "" : FLAG_LETTERS.charAt(bit));
        }
        return text.isEmpty() ? "none" : text.toString();
    }

    @Override
    public String toString() {
        return check() != DropReason.NONE
                ? "TCP, malformed"
                : "TCP " + sourcePort() + " > " + destinationPort() + ": Flags [" + flagLetters() + "], seq "
                        + sequence()
                        + ", ack " + acknowledgment() + ", win " + window() + ", length "
                        + (view.capacity() - headerLength());
    }
}
