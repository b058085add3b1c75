package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an IPv6 header, RFC 8200 section 3.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version| Traffic Class |           Flow Label                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Payload Length        |  Next Header  |   Hop Limit   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                                                               |
 * +                     Source Address (16 bytes)                 +
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                                                               |
 * +                  Destination Address (16 bytes)               +
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>The view may reach beyond the packet. Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the
 * next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class Ipv6Header {
    public static final int LENGTH = 40;

    public static final int PAYLOAD_LENGTH_OFFSET = 4;
    public static final int NEXT_HEADER_OFFSET = 6;
    public static final int SOURCE_OFFSET = 8;
    public static final int DESTINATION_OFFSET = 24;

    static final int HOP_LIMIT_OFFSET = 7;

    private static final int TRUNCATED = DropReason.IPV6_TRUNCATED.code();
    private static final int BAD_VERSION = DropReason.IPV6_BAD_VERSION.code();
    private static final int BAD_LENGTH = DropReason.IPV6_BAD_LENGTH.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public Ipv6Header wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public Ipv6Header wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** IPV6_TRUNCATED, IPV6_BAD_VERSION, IPV6_BAD_LENGTH, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /**
     * The rules of {@link #check()} for a header at {@code offset} of a frame that ends at {@code limit}. A payload length of
     * zero in front of hop-by-hop options announces a jumbogram (RFC 2675 section 3), longer than any frame here.
     */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        int available = limit - offset;
        if (available < LENGTH) {
            return TRUNCATED;
        }
        if (u8(frame, offset) >>> 4 != 6) {
            return BAD_VERSION;
        }
        int payloadLength = u16(frame, offset + PAYLOAD_LENGTH_OFFSET);
        boolean jumbogram = payloadLength == 0 && u8(frame, offset + NEXT_HEADER_OFFSET) == IpProtocol.HOP_BY_HOP;
        return payloadLength > available - LENGTH || jumbogram ? BAD_LENGTH : DropReason.NONE;
    }

    public int version() {
        return u8(view, 0) >>> 4;
    }

    public int trafficClass() {
        return i32(view, 0) >>> 20 & 0xFF;
    }

    /** 20 bits. */
    public int flowLabel() {
        return i32(view, 0) & 0xFFFFF;
    }

    /** Writes version 6, traffic class and flow label. */
    public Ipv6Header versionClassLabel(int trafficClass, int flowLabel) {
        put32(view, 0, 6 << 28 | trafficClass << 20 | flowLabel);
        return this;
    }

    /** Bytes behind this header, extension headers included. */
    public int payloadLength() {
        return u16(view, PAYLOAD_LENGTH_OFFSET);
    }

    public Ipv6Header payloadLength(int bytes) {
        put16(view, PAYLOAD_LENGTH_OFFSET, bytes);
        return this;
    }

    public int nextHeader() {
        return u8(view, NEXT_HEADER_OFFSET);
    }

    public Ipv6Header nextHeader(int protocol) {
        put8(view, NEXT_HEADER_OFFSET, protocol);
        return this;
    }

    public int hopLimit() {
        return u8(view, HOP_LIMIT_OFFSET);
    }

    public Ipv6Header hopLimit(int hops) {
        put8(view, HOP_LIMIT_OFFSET, hops);
        return this;
    }

    public long sourceHigh() {
        return i64(view, SOURCE_OFFSET);
    }

    public long sourceLow() {
        return i64(view, SOURCE_OFFSET + 8);
    }

    public Ipv6Header source(long high, long low) {
        put64(view, SOURCE_OFFSET, high);
        put64(view, SOURCE_OFFSET + 8, low);
        return this;
    }

    public long destinationHigh() {
        return i64(view, DESTINATION_OFFSET);
    }

    public long destinationLow() {
        return i64(view, DESTINATION_OFFSET + 8);
    }

    public Ipv6Header destination(long high, long low) {
        put64(view, DESTINATION_OFFSET, high);
        put64(view, DESTINATION_OFFSET + 8, low);
        return this;
    }

    @Override
    public String toString() {
        return check() != DropReason.NONE
                ? "IP6, malformed"
                : "IP6 " + AddressText.ipv6(sourceHigh(), sourceLow()) + " > "
                        + AddressText.ipv6(destinationHigh(), destinationLow()) + ": next-header " + nextHeader()
                        + ", length " + payloadLength();
    }
}
