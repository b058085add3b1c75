package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over a neighbour-discovery message with its options, RFC 4861 sections 4.1 to 4.6; the view ends with the packet.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     Type      |     Code      |          Checksum             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|S|O|            Reserved (flags of an advertisement)         |  solicitation, advertisement, redirect
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   Target Address (16 bytes)                   |  solicitation, advertisement, redirect
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 Destination Address (16 bytes)                |  redirect
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Option type   | Length (of 8) |              ...              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Iterate over options with {@code for (int o = m.firstOption(); m.isOption(o); o = m.nextOption(o))}. Once {@link #check}
 * returns {@link DropReason#NONE}, no accessor throws until the next wrap, but {@link #targetHigh}, {@link #targetLow} want
 * {@link #hasTarget}, and the destination a redirect.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per packet.
 */
public final class NeighbourMessage {
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOUR_SOLICITATION = 135;
    public static final int NEIGHBOUR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;

    /** {@link #flags} of an advertisement: the sender is a router. */
    public static final int FLAG_ROUTER = 0x8000_0000;
    /** {@link #flags} of an advertisement: it answers a solicitation. */
    public static final int FLAG_SOLICITED = 0x4000_0000;
    /** {@link #flags} of an advertisement: it overrides what is cached. */
    public static final int FLAG_OVERRIDE = 0x2000_0000;

    public static final int OPTION_SOURCE_LINK_ADDRESS = 1;
    public static final int OPTION_TARGET_LINK_ADDRESS = 2;

    /** Option length of an Ethernet link-layer address, in bytes. */
    public static final int LINK_ADDRESS_OPTION_LENGTH = 8;

    static final int FLAGS_OFFSET = 4;
    static final int TARGET_OFFSET = 8;
    static final int DESTINATION_OFFSET = 24;

    private static final int TRUNCATED = DropReason.ND_TRUNCATED.code();
    private static final int BAD_OPTION = DropReason.ND_BAD_OPTION.code();
    private static final int MAPPED_ADDRESS = DropReason.IPV6_MAPPED_ADDRESS.code();

    /** Third word of an IPv4-mapped address, behind eight zero bytes: RFC 4291 section 2.5.5.2. */
    private static final int MAPPED_PREFIX = 0xFFFF;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /** Whether the ICMPv6 type is one of neighbour discovery. */
    public static boolean isType(int icmpv6Type) {
        return icmpv6Type >= ROUTER_SOLICITATION && icmpv6Type <= REDIRECT;
    }

    public NeighbourMessage wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public NeighbourMessage wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /**
     * ND_TRUNCATED (also when the type is none of neighbour discovery), ND_BAD_OPTION, IPV6_MAPPED_ADDRESS of a target or of a
     * redirect's destination, or 0.
     */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a message at {@code offset} of a packet that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        if (limit - offset < Icmpv6Header.LENGTH) {
            return TRUNCATED;
        }
        int type = u8(frame, offset);
        if (!isType(type) || limit - offset < bodyLength(type)) {
            return TRUNCATED;
        }
        int option = offset + bodyLength(type);
        while (option < limit) {
            int length = limit - option < 2 ? 0 : u8(frame, option + 1) << 3;
            if (length == 0 || length > limit - option) {
                return BAD_OPTION;
            }
            option += length;
        }
        boolean mapped = type >= NEIGHBOUR_SOLICITATION && isMapped(frame, offset + TARGET_OFFSET);
        return mapped || (type == REDIRECT && isMapped(frame, offset + DESTINATION_OFFSET))
                ? MAPPED_ADDRESS
                : DropReason.NONE;
    }

    /** Who is asked about them would be an IPv4 host, as which flows and neighbours know these addresses. */
    private static boolean isMapped(UnsafeBuffer frame, int at) {
        return i64(frame, at) == 0 && i32(frame, at + Long.BYTES) == MAPPED_PREFIX;
    }

    // Bytes in front of the options.
    private static int bodyLength(int type) {
        return switch (type) {
            case ROUTER_SOLICITATION -> 8;
            case ROUTER_ADVERTISEMENT -> 16;
            case REDIRECT -> 40;
            default -> 24;
        };
    }

    public int type() {
        return u8(view, 0);
    }

    public NeighbourMessage type(int type) {
        put8(view, 0, type);
        return this;
    }

    public int code() {
        return u8(view, 1);
    }

    public NeighbourMessage code(int code) {
        put8(view, 1, code);
        return this;
    }

    public int checksum() {
        return u16(view, Icmpv6Header.CHECKSUM_OFFSET);
    }

    public NeighbourMessage checksum(int checksum) {
        put16(view, Icmpv6Header.CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** The 32 bits behind the checksum: in an advertisement, the {@code FLAG_} bits. */
    public int flags() {
        return i32(view, FLAGS_OFFSET);
    }

    public NeighbourMessage flags(int flags) {
        put32(view, FLAGS_OFFSET, flags);
        return this;
    }

    /** Whether the message has a target address: neighbour solicitation, advertisement, redirect. */
    public boolean hasTarget() {
        return type() >= NEIGHBOUR_SOLICITATION;
    }

    public long targetHigh() {
        return i64(view, TARGET_OFFSET);
    }

    public long targetLow() {
        return i64(view, TARGET_OFFSET + 8);
    }

    public NeighbourMessage target(long high, long low) {
        put64(view, TARGET_OFFSET, high);
        put64(view, TARGET_OFFSET + 8, low);
        return this;
    }

    /** Destination that a redirect speaks of. */
    public long redirectedHigh() {
        return i64(view, DESTINATION_OFFSET);
    }

    public long redirectedLow() {
        return i64(view, DESTINATION_OFFSET + 8);
    }

    /** Where the first option starts; {@link #isOption} says whether there is one. */
    public int firstOption() {
        return bodyLength(type());
    }

    /** Whether an option starts there. */
    public boolean isOption(int option) {
        return option < view.capacity();
    }

    /** Where the option after this one starts. */
    public int nextOption(int option) {
        return option + optionLength(option);
    }

    public int optionType(int option) {
        return u8(view, option);
    }

    /** Length of the option in bytes, its first two included. */
    public int optionLength(int option) {
        return u8(view, option + 1) << 3;
    }

    /** MAC address in the low 48 bits, of a link-layer address option. */
    public long linkAddress(int option) {
        return u48(view, option + 2);
    }

    /** Writes a link-layer address option. */
    public NeighbourMessage linkAddress(int option, int type, long mac) {
        put8(view, option, type);
        put8(view, option + 1, LINK_ADDRESS_OPTION_LENGTH >>> 3);
        put48(view, option + 2, mac);
        return this;
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "ICMP6, malformed neighbour discovery";
        }
        return switch (type()) {
            case ROUTER_SOLICITATION -> "ICMP6, router solicitation";
            case ROUTER_ADVERTISEMENT -> "ICMP6, router advertisement";
            case NEIGHBOUR_SOLICITATION ->
                "ICMP6, neighbor solicitation, who has " + AddressText.ipv6(targetHigh(), targetLow());
            case NEIGHBOUR_ADVERTISEMENT ->
                "ICMP6, neighbor advertisement, tgt is " + AddressText.ipv6(targetHigh(), targetLow());
            default ->
                "ICMP6, redirect, " + AddressText.ipv6(redirectedHigh(), redirectedLow()) + " to "
                        + AddressText.ipv6(targetHigh(), targetLow());
        };
    }
}
