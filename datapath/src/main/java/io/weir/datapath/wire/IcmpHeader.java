package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an ICMP header, RFC 792, "Message Formats".
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Type      |     Code      |          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Rest of header: in an echo, identifier and number    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class IcmpHeader {
    public static final int LENGTH = 8;
    public static final int CHECKSUM_OFFSET = 2;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    static final int IDENTIFIER_OFFSET = 4;
    static final int SEQUENCE_OFFSET = 6;

    private static final int TRUNCATED = DropReason.ICMP_TRUNCATED.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public IcmpHeader wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public IcmpHeader wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** ICMP_TRUNCATED, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a header at {@code offset} of a packet that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        return limit - offset < LENGTH ? TRUNCATED : DropReason.NONE;
    }

    public int type() {
        return u8(view, 0);
    }

    public IcmpHeader type(int type) {
        put8(view, 0, type);
        return this;
    }

    public int code() {
        return u8(view, 1);
    }

    public IcmpHeader code(int code) {
        put8(view, 1, code);
        return this;
    }

    public int checksum() {
        return u16(view, CHECKSUM_OFFSET);
    }

    public IcmpHeader checksum(int checksum) {
        put16(view, CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** Identifier of an echo; meaningless in other messages. */
    public int identifier() {
        return u16(view, IDENTIFIER_OFFSET);
    }

    public IcmpHeader identifier(int identifier) {
        put16(view, IDENTIFIER_OFFSET, identifier);
        return this;
    }

    /** Sequence number of an echo; meaningless in other messages. */
    public int sequence() {
        return u16(view, SEQUENCE_OFFSET);
    }

    public IcmpHeader sequence(int number) {
        put16(view, SEQUENCE_OFFSET, number);
        return this;
    }

    /** Whether the message quotes the packet that it complains of. */
    public boolean isError() {
        int type = type();
        return type == DESTINATION_UNREACHABLE
                || type == REDIRECT
                || type == TIME_EXCEEDED
                || type == PARAMETER_PROBLEM;
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "ICMP, truncated";
        }
        return switch (type()) {
            case ECHO_REQUEST -> "ICMP echo request, id " + identifier() + ", seq " + sequence();
            case ECHO_REPLY -> "ICMP echo reply, id " + identifier() + ", seq " + sequence();
            default -> "ICMP type " + type() + ", code " + code();
        };
    }
}
