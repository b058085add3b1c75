package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an IPv4 header with its options, RFC 791 section 3.1.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Version|  IHL  |Type of Service|          Total Length         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Identification        |0|D|M|     Fragment Offset     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Time to Live |    Protocol   |         Header Checksum       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Source Address                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      Destination Address                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Options                    |    Padding    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>The view may reach beyond the packet, as a padded frame does. Once {@link #check} returns {@link DropReason#NONE}, no
 * accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class Ipv4Header {
    public static final int MIN_LENGTH = 20;

    public static final int TOTAL_LENGTH_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;
    public static final int FRAGMENT_OFFSET = 6;
    public static final int PROTOCOL_OFFSET = 9;
    public static final int CHECKSUM_OFFSET = 10;
    public static final int SOURCE_OFFSET = 12;
    public static final int DESTINATION_OFFSET = 16;

    /** Bit of the fragment field: more fragments follow. */
    public static final int MORE_FRAGMENTS = 0x2000;

    /** Bits of the fragment field: the offset, in units of eight bytes. */
    public static final int FRAGMENT_OFFSET_MASK = 0x1FFF;

    static final int TYPE_OF_SERVICE_OFFSET = 1;
    static final int TIME_TO_LIVE_OFFSET = 8;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int VERSION_4_IHL_5 = 0x45;
    private static final int OPTION_END = 0;
    private static final int OPTION_NO_OPERATION = 1;

    private static final int TRUNCATED = DropReason.IPV4_TRUNCATED.code();
    private static final int BAD_VERSION = DropReason.IPV4_BAD_VERSION.code();
    private static final int BAD_IHL = DropReason.IPV4_BAD_IHL.code();
    private static final int BAD_LENGTH = DropReason.IPV4_BAD_LENGTH.code();
    private static final int BAD_OPTIONS = DropReason.IPV4_BAD_OPTIONS.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public Ipv4Header wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public Ipv4Header wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** IPV4_TRUNCATED, IPV4_BAD_VERSION, IPV4_BAD_IHL, IPV4_BAD_LENGTH, IPV4_BAD_OPTIONS, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a header at {@code offset} of a frame that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        int available = limit - offset;
        if (available < MIN_LENGTH) {
            return TRUNCATED;
        }
        int totalLength = totalLength(frame, offset);
        boolean fits = totalLength >= MIN_LENGTH && totalLength <= available;
        return fits && u8(frame, offset) == VERSION_4_IHL_5
                ? DropReason.NONE
                : checkUncommon(frame, offset, available, totalLength);
    }

    private static int checkUncommon(UnsafeBuffer frame, int offset, int available, int totalLength) {
        if (u8(frame, offset) >>> 4 != 4) {
            return BAD_VERSION;
        }
        int headerLength = headerLength(frame, offset);
        if (headerLength < MIN_LENGTH) {
            return BAD_IHL;
        }
        if (headerLength > available) {
            return TRUNCATED;
        }
        if (totalLength < MIN_LENGTH || totalLength > available) {
            return BAD_LENGTH;
        }
        if (headerLength > totalLength) {
            return BAD_IHL;
        }
        return checkOptions(frame, offset + MIN_LENGTH, offset + headerLength);
    }

    private static int checkOptions(UnsafeBuffer frame, int offset, int limit) {
        int option = offset;
        while (option < limit) {
            int type = u8(frame, option);
            if (type == OPTION_END) {
                return DropReason.NONE;
            }
            if (type != OPTION_NO_OPERATION && (limit - option < 2 || u8(frame, option + 1) < 2)) {
                return BAD_OPTIONS;
            }
            option += type == OPTION_NO_OPERATION ? 1 : u8(frame, option + 1);
        }
        return option == limit ? DropReason.NONE : BAD_OPTIONS;
    }

    /** Header length in bytes at {@code offset}, options included. */
    public static int headerLength(UnsafeBuffer frame, int offset) {
        return (u8(frame, offset) & 0xF) << 2;
    }

    /** Length of header plus payload in bytes at {@code offset}. */
    public static int totalLength(UnsafeBuffer frame, int offset) {
        return u16(frame, offset + TOTAL_LENGTH_OFFSET);
    }

    public int version() {
        return u8(view, 0) >>> 4;
    }

    /** Header length in bytes, options included: 20 to 60. */
    public int headerLength() {
        return headerLength(view, 0);
    }

    /** Writes version 4 and the header length in bytes, a multiple of four. */
    public Ipv4Header headerLength(int bytes) {
        put8(view, 0, 4 << 4 | bytes >>> 2);
        return this;
    }

    public int typeOfService() {
        return u8(view, TYPE_OF_SERVICE_OFFSET);
    }

    public Ipv4Header typeOfService(int value) {
        put8(view, TYPE_OF_SERVICE_OFFSET, value);
        return this;
    }

    /** Length of header plus payload, in bytes. */
    public int totalLength() {
        return totalLength(view, 0);
    }

    public Ipv4Header totalLength(int bytes) {
        put16(view, TOTAL_LENGTH_OFFSET, bytes);
        return this;
    }

    public int identification() {
        return u16(view, IDENTIFICATION_OFFSET);
    }

    public Ipv4Header identification(int id) {
        put16(view, IDENTIFICATION_OFFSET, id);
        return this;
    }

    public boolean dontFragment() {
        return (u16(view, FRAGMENT_OFFSET) & DONT_FRAGMENT) != 0;
    }

    public boolean moreFragments() {
        return (u16(view, FRAGMENT_OFFSET) & MORE_FRAGMENTS) != 0;
    }

    /** Where the payload belongs in the datagram, in bytes. */
    public int fragmentOffset() {
        return (u16(view, FRAGMENT_OFFSET) & FRAGMENT_OFFSET_MASK) << 3;
    }

    /** Writes flags and offset as they stand in the header. */
    public Ipv4Header fragmentField(int flagsAndOffset) {
        put16(view, FRAGMENT_OFFSET, flagsAndOffset);
        return this;
    }

    public int timeToLive() {
        return u8(view, TIME_TO_LIVE_OFFSET);
    }

    public Ipv4Header timeToLive(int hops) {
        put8(view, TIME_TO_LIVE_OFFSET, hops);
        return this;
    }

    public int protocol() {
        return u8(view, PROTOCOL_OFFSET);
    }

    public Ipv4Header protocol(int protocol) {
        put8(view, PROTOCOL_OFFSET, protocol);
        return this;
    }

    public int checksum() {
        return u16(view, CHECKSUM_OFFSET);
    }

    public Ipv4Header checksum(int checksum) {
        put16(view, CHECKSUM_OFFSET, checksum);
        return this;
    }

    public int source() {
        return i32(view, SOURCE_OFFSET);
    }

    public Ipv4Header source(int address) {
        put32(view, SOURCE_OFFSET, address);
        return this;
    }

    public int destination() {
        return i32(view, DESTINATION_OFFSET);
    }

    public Ipv4Header destination(int address) {
        put32(view, DESTINATION_OFFSET, address);
        return this;
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "IP, malformed";
        }
        String fragment = moreFragments() || fragmentOffset() != 0
                ? ", frag " + identification() + ':' + fragmentOffset() + (moreFragments() ? "+" : "")
                : "";
        return "IP " + AddressText.ipv4(source()) + " > " + AddressText.ipv4(destination()) + ": ip-proto-" + protocol()
                + fragment + ", length " + totalLength();
    }
}
