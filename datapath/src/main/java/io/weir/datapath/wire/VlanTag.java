package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Flyweight over a VLAN tag, IEEE 802.1Q-2022 clause 9.3: customer tag, service tag, or the older 0x9100 of stacked tags.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Tag type            | PCP |D|          VID          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Type of what follows     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>The view starts at the tag type and reaches to the type that follows the tag, which the tag is useless without. Once
 * {@link #check} returns {@link DropReason#NONE}, no accessor throws until the next wrap.
 *
 * <p>Threading: not thread-safe; each worker owns one and wraps it again per frame.
 */
public final class VlanTag {
    /** Bytes by which a tag lengthens a frame. */
    public static final int LENGTH = 4;

    public static final int TYPE_CUSTOMER = 0x8100;
    public static final int TYPE_SERVICE = 0x88A8;
    public static final int TYPE_STACKED = 0x9100;

    static final int TCI_OFFSET = 2;
    static final int NEXT_TYPE_OFFSET = 4;

    private static final int TRUNCATED = DropReason.VLAN_TRUNCATED.code();

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /** Whether the EtherType says that a tag follows. */
    public static boolean isTagType(int type) {
        return type == TYPE_CUSTOMER || type == TYPE_SERVICE || type == TYPE_STACKED;
    }

    public VlanTag wrap(long address, int length) {
        view.wrap(address, length);
        return this;
    }

    public VlanTag wrap(UnsafeBuffer buffer, int offset, int length) {
        view.wrap(buffer, offset, length);
        return this;
    }

    /** VLAN_TRUNCATED, or 0. */
    public int check() {
        return check(view, 0, view.capacity());
    }

    /** The rules of {@link #check()} for a tag whose type stands at {@code offset} of a frame that ends at {@code limit}. */
    public static int check(UnsafeBuffer frame, int offset, int limit) {
        return limit - offset < NEXT_TYPE_OFFSET + 2 ? TRUNCATED : DropReason.NONE;
    }

    /** Tag protocol identifier. */
    public int tagType() {
        return u16(view, 0);
    }

    public VlanTag tagType(int type) {
        put16(view, 0, type);
        return this;
    }

    /** Tag control information: priority, drop eligibility and VLAN in one. */
    public int tci() {
        return u16(view, TCI_OFFSET);
    }

    public VlanTag tci(int tci) {
        put16(view, TCI_OFFSET, tci);
        return this;
    }

    /** Priority code point, 0 to 7. */
    public int priority() {
        return tci() >>> 13;
    }

    public boolean dropEligible() {
        return (tci() & 0x1000) != 0;
    }

    /** VLAN identifier, 0 (priority tag) to 4,095 (reserved). */
    public int vid() {
        return tci() & 0xFFF;
    }

    /** EtherType, or IEEE 802.3 length, of what follows the tag. */
    public int nextType() {
        return u16(view, NEXT_TYPE_OFFSET);
    }

    public VlanTag nextType(int type) {
        put16(view, NEXT_TYPE_OFFSET, type);
        return this;
    }

    @Override
    public String toString() {
        return check() != DropReason.NONE
                ? "vlan, truncated"
                : "vlan " + vid() + ", p " + priority() + (dropEligible() ? ", DEI" : "") + ", ethertype 0x"
                        + Integer.toHexString(nextType());
    }
}
