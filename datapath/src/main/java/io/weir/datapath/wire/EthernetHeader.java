package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over an Ethernet header, IEEE 802.3-2022 clause 3.1.1 (RFC 894 for IPv4 in it).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          Destination                          |
 * +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                               |                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 * |                             Source                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        Type or length         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Once {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per frame.
 */
public final class EthernetHeader {
    public static final int LENGTH = 14;
    public static final int TYPE_OFFSET = 12;

    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_IPV6 = 0x86DD;

    /** Smallest value of the field that is a type; below it is a length, or undefined. */
    public static final int MIN_TYPE = 1536;

    /** Largest value of the field that is a length. */
    public static final int MAX_LENGTH_FIELD = 1500;

    static final int DESTINATION_OFFSET = 0;
    static final int SOURCE_OFFSET = 6;

    private static final int TOO_SHORT = DropReason.FRAME_TOO_SHORT.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    public EthernetHeader wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public EthernetHeader wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** FRAME_TOO_SHORT, or 0. */
    public int check() {
        return view.capacity() < LENGTH ? TOO_SHORT : DropReason.NONE;
    }

    /** MAC address in the low 48 bits. */
    public long destination() {
        return u48(view, DESTINATION_OFFSET);
    }

    public EthernetHeader destination(long mac) {
        put48(view, DESTINATION_OFFSET, mac);
        return this;
    }

    /** MAC address in the low 48 bits. */
    public long source() {
        return u48(view, SOURCE_OFFSET);
    }

    public EthernetHeader source(long mac) {
        put48(view, SOURCE_OFFSET, mac);
        return this;
    }

    /** EtherType from {@link #MIN_TYPE} on, IEEE 802.3 length up to {@link #MAX_LENGTH_FIELD}. */
    public int etherType() {
        return u16(view, TYPE_OFFSET);
    }

    public EthernetHeader etherType(int type) {
        put16(view, TYPE_OFFSET, type);
        return this;
    }

    @Override
    public String toString() {
        return check() != DropReason.NONE
                ? "ethernet, truncated"
                : AddressText.mac(source()) + " > " + AddressText.mac(destination()) + ", ethertype 0x"
                        + Integer.toHexString(etherType());
    }
}
