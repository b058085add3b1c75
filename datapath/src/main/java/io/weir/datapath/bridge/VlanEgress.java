package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.port.VlanSettings;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * The form that a frame has at a way out: without its VLAN tag, with it, or with another.
 *
 * <p>Ingress consumed the outer tag of a trunk (if of its type) and the priority tag of an access port; a tunnel port consumes
 * nothing. Egress adds a tag on a trunk, but for its native VLAN. Priority and drop-eligible bits of a consumed tag are kept.
 *
 * <pre>
 *  egress:          access, tunnel     trunk, native VLAN     trunk, other VLAN
 *  consumed tag     POP                POP                    NONE if it is the same tag, else RETAG
 *  no consumed tag  NONE               NONE                   PUSH
 * </pre>
 *
 * <p>One exception: a frame of the native VLAN whose payload starts with a tag of its own leaves with an explicit tag.
 * Untagged, the next switch would take the inner tag for the frame's VLAN (double-tag VLAN hopping).
 *
 * <p>A plan is a long, so that ways out with equal plans can share one rewritten frame: action in the upper half, the tag to
 * write (tag type in the upper 16 bits, TCI in the lower) in the lower half.
 *
 * <p>Threading: {@link #plan} is pure; an instance belongs to one worker.
 */
public final class VlanEgress {
    /** The frame stays as it is. */
    public static final int NONE = 0;
    /** A tag goes in behind the MAC addresses. */
    public static final int PUSH = 1;
    /** The outer tag goes. */
    public static final int POP = 2;
    /** The outer tag is overwritten. */
    public static final int RETAG = 3;

    static final int TAG_LENGTH = 4;

    private static final int MACS_LENGTH = 12;
    private static final int PRIORITY_MASK = 0xF000;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final VirtioNetHeader offload = new VirtioNetHeader();

    /**
     * What is to be done at a way out.
     *
     * @param traits {@link PacketBatch#traits} of the frame as it arrived
     * @param outerTag {@link PacketBatch#outerTag} of the frame as it arrived
     * @param ingress VLAN settings of the port it arrived on; for a frame that the switch itself made, any access port's
     * @param vlan the VLAN it was classified to
     * @param egress VLAN settings of the way out
     */
    public static long plan(int traits, int outerTag, VlanSettings ingress, int vlan, VlanSettings egress) {
        boolean tagged = (traits & PacketBatch.IS_TAGGED) != 0;
        boolean consumed = tagged && consumes(ingress, outerTag);
        boolean payloadTagged = consumed ? (traits & PacketBatch.IS_DOUBLE_TAGGED) != 0 : tagged;
        if (leavesUntagged(egress, vlan, payloadTagged)) {
            return (long) (consumed ? POP : NONE) << 32;
        }
        int priority = consumed ? outerTag & PRIORITY_MASK : 0;
        int tag = egress.tagType() << 16 | priority | vlan;
        if (!consumed) {
            return plan(PUSH, tag);
        }
        return tag == outerTag ? plan(NONE, 0) : plan(RETAG, tag);
    }

    private static boolean consumes(VlanSettings ingress, int outerTag) {
        return switch (ingress.mode()) {
            case ACCESS -> true;
            case TRUNK -> outerTag >>> 16 == ingress.tagType();
            case TUNNEL -> false;
        };
    }

    private static boolean leavesUntagged(VlanSettings egress, int vlan, boolean payloadTagged) {
        return egress.mode() != VlanSettings.Mode.TRUNK || (vlan == egress.vlan() && !payloadTagged);
    }

    private static long plan(int action, int tag) {
        return (long) action << 32 | (tag & 0xFFFF_FFFFL);
    }

    /** {@link #NONE}, {@link #PUSH}, {@link #POP} or {@link #RETAG}. */
    public static int action(long plan) {
        return (int) (plan >>> 32);
    }

    /** The tag to write: tag type in the upper 16 bits, TCI in the lower; 0 when none is written. */
    public static int tag(long plan) {
        return (int) plan;
    }

    /** Bytes by which the frame grows: 4, 0 or -4. Offsets of later headers move by as much. */
    public static int growth(long plan) {
        return switch (action(plan)) {
            case PUSH -> TAG_LENGTH;
            case POP -> -TAG_LENGTH;
            default -> 0;
        };
    }

    /**
     * Rewrites a frame in place; returns the address at which it begins now. Its virtio-net header moves along, into the four
     * bytes in front of it that a push needs.
     *
     * @param address the frame's first byte; its virtio-net header stands in front of it
     */
    public long apply(long plan, long address) {
        switch (action(plan)) {
            case PUSH -> {
                return push(address, tag(plan));
            }
            case POP -> {
                return pop(address);
            }
            case RETAG -> writeTag(address, tag(plan));
            default -> {}
        }
        return address;
    }

    private long push(long address, int tag) {
        long to = address - TAG_LENGTH;
        // The header first: the MAC addresses move onto its last four bytes.
        offload.moveBefore(address, to, TAG_LENGTH);
        moveMacs(address, to);
        writeTag(to, tag);
        return to;
    }

    private long pop(long address) {
        long to = address + TAG_LENGTH;
        // The MAC addresses first: the header moves onto their first four bytes.
        moveMacs(address, to);
        offload.moveBefore(address, to, -TAG_LENGTH);
        return to;
    }

    private void moveMacs(long from, long to) {
        view.wrap(from, MACS_LENGTH);
        long first = view.getLong(0);
        int rest = view.getInt(Long.BYTES);
        view.wrap(to, MACS_LENGTH);
        view.putLong(0, first);
        view.putInt(Long.BYTES, rest);
    }

    private void writeTag(long address, int tag) {
        view.wrap(address + MACS_LENGTH, TAG_LENGTH);
        view.putInt(0, tag, BIG_ENDIAN);
    }
}
