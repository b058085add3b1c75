package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an ARP packet for IPv4 over Ethernet, RFC 826, "Packet format".
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Hardware type         |         Protocol type         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Hw. length   | Proto. length |           Operation           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          Sender MAC                           |
 * +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                               |          Sender IP            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                               |          Target MAC           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           Target IP                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per frame.
 */
public final class ArpPacket {
    public static final int LENGTH = 28;

    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    static final int OPERATION_OFFSET = 6;
    static final int SENDER_MAC_OFFSET = 8;
    static final int SENDER_IP_OFFSET = 14;
    static final int TARGET_MAC_OFFSET = 18;
    static final int TARGET_IP_OFFSET = 24;

    // Hardware type Ethernet, protocol type IPv4; six and four bytes.
    private static final int ETHERNET_IPV4 = 0x0001_0800;
    private static final int LENGTHS = 0x0604;

    // Request and reply, reverse (RFC 903) and inverse (RFC 2390) request and reply.
    private static final int OPERATIONS = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 8 | 1 << 9;

    private static final int TRUNCATED = DropReason.ARP_TRUNCATED.code();
    private static final int INVALID = DropReason.ARP_INVALID.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public ArpPacket wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public ArpPacket wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** ARP_TRUNCATED, ARP_INVALID, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a packet at {@code offset} of a frame that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        if (limit - offset < LENGTH) {
            return TRUNCATED;
        }
        boolean format = i32(frame, offset) == ETHERNET_IPV4 && u16(frame, offset + 4) == LENGTHS;
        int operation = u16(frame, offset + OPERATION_OFFSET);
        boolean known = operation < Integer.SIZE && (OPERATIONS & 1 << operation) != 0;
        return format && known ? DropReason.NONE : INVALID;
    }

    /** Makes this an Ethernet and IPv4 packet; the other fields stay as they are. */
    public ArpPacket format() {
        put32(view, 0, ETHERNET_IPV4);
        put16(view, 4, LENGTHS);
        return this;
    }

    public int operation() {
        return u16(view, OPERATION_OFFSET);
    }

    public ArpPacket operation(int operation) {
        put16(view, OPERATION_OFFSET, operation);
        return this;
    }

    /** MAC address in the low 48 bits. */
    public long senderMac() {
        return u48(view, SENDER_MAC_OFFSET);
    }

    public ArpPacket senderMac(long mac) {
        put48(view, SENDER_MAC_OFFSET, mac);
        return this;
    }

    public int senderIp() {
        return i32(view, SENDER_IP_OFFSET);
    }

    public ArpPacket senderIp(int address) {
        put32(view, SENDER_IP_OFFSET, address);
        return this;
    }

    /** MAC address in the low 48 bits; zero in a request. */
    public long targetMac() {
        return u48(view, TARGET_MAC_OFFSET);
    }

    public ArpPacket targetMac(long mac) {
        put48(view, TARGET_MAC_OFFSET, mac);
        return this;
    }

    public int targetIp() {
        return i32(view, TARGET_IP_OFFSET);
    }

    public ArpPacket targetIp(int address) {
        put32(view, TARGET_IP_OFFSET, address);
        return this;
    }

    @Override
    public String toString() {
        if (check() != DropReason.NONE) {
            return "ARP, malformed";
        }
        return switch (operation()) {
            case REQUEST ->
                "ARP, Request who-has " + AddressText.ipv4(targetIp()) + " tell " + AddressText.ipv4(senderIp());
            case REPLY -> "ARP, Reply " + AddressText.ipv4(senderIp()) + " is-at " + AddressText.mac(senderMac());
            default -> "ARP, operation " + operation() + " from " + AddressText.mac(senderMac());
        };
    }
}
