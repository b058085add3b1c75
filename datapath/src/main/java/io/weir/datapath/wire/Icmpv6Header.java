package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an ICMPv6 header, RFC 4443 section 2.1.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Type      |     Code      |          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          First word of the body, which no message lacks       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class Icmpv6Header {
    public static final int LENGTH = 8;
    public static final int CHECKSUM_OFFSET = 2;

    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;

    static final int IDENTIFIER_OFFSET = 4;
    static final int SEQUENCE_OFFSET = 6;

    private static final int FIRST_INFORMATIONAL = 128;

    private static final int TRUNCATED = DropReason.ICMPV6_TRUNCATED.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public Icmpv6Header wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public Icmpv6Header wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** ICMPV6_TRUNCATED, or 0. */
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

    public Icmpv6Header type(int type) {
        put8(view, 0, type);
        return this;
    }

    public int code() {
        return u8(view, 1);
    }

    public Icmpv6Header code(int code) {
        put8(view, 1, code);
        return this;
    }

    public int checksum() {
        return u16(view, CHECKSUM_OFFSET);
    }

    public Icmpv6Header checksum(int checksum) {
        put16(view, CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** Identifier of an echo; meaningless in other messages. */
    public int identifier() {
        return u16(view, IDENTIFIER_OFFSET);
    }

    public Icmpv6Header identifier(int identifier) {
        put16(view, IDENTIFIER_OFFSET, identifier);
        return this;
    }

    /** Sequence number of an echo; meaningless in other messages. */
    public int sequence() {
        return u16(view, SEQUENCE_OFFSET);
    }

    public Icmpv6Header sequence(int number) {
        put16(view, SEQUENCE_OFFSET, number);
        return this;
    }

    /** Whether the message quotes the packet that it complains of. */
    public boolean isError() {
        return type() < FIRST_INFORMATIONAL;
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "ICMP6, truncated";
        }
        return switch (type()) {
            case ECHO_REQUEST -> "ICMP6 echo request, id " + identifier() + ", seq " + sequence();
            case ECHO_REPLY -> "ICMP6 echo reply, id " + identifier() + ", seq " + sequence();
            default -> "ICMP6 type " + type() + ", code " + code();
        };
    }
}
