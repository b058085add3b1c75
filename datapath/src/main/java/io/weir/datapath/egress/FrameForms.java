package io.weir.datapath.egress;

import io.weir.datapath.bridge.VlanEgress;
import io.weir.datapath.label.LabelWriter;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.VlanSettings;
import io.weir.kernel.Memory;

/**
 * The form in which a frame leaves by a port: its VLAN tag, its label option, and for a super-frame that the option makes too
 * long for the port's MTU, shorter segments.
 *
 * <p>Use, for each port that a packet leaves by: {@link #plan}, and if it finds no reason to drop, {@link #take}.
 *
 * <pre>
 *  plan: bits 63 to 48            40           33, 32              31 to 0
 *        segment size or 0        label        VLAN action         VLAN tag
 * </pre>
 *
 * VLAN action and tag are as {@link VlanEgress} plans them. Two ports with equal plans take the same bytes, as a packet has one
 * level.
 *
 * <p>Threading: belongs to one worker.
 */
final class FrameForms {
    /** In place of an MTU: the way out judges by itself. */
    static final int ANY_SIZE = Integer.MAX_VALUE;

    private static final int ETHERNET_LENGTH = 14;
    private static final int LABEL_SHIFT = 40;
    private static final long LABEL_MASK = 3L << LABEL_SHIFT;
    private static final long VLAN_MASK = (1L << LABEL_SHIFT) - 1;
    private static final int SEGMENT_SHIFT = 48;
    // Linux TCP_MIN_SND_MSS: no receiver takes smaller segments for honest ones.
    private static final int MIN_SEGMENT = 48;
    // Untagged, and tagged with each of the two types, with a label and without; more are for mixtures.
    private static final int MAX_SHARED = 8;

    private static final VlanSettings UNTAGGED = VlanSettings.access(VlanSettings.DEFAULT_VLAN);

    private static final int MTU_EXCEEDED = DropReason.EGRESS_MTU_EXCEEDED.code();
    private static final int UNWRITABLE = DropReason.EGRESS_LABEL_UNWRITABLE.code();

    private final PacketPool pool;
    private final LabelWriter labels;
    private final SoftwareOffload offload;
    private final VlanEgress vlanEgress = new VlanEgress();
    private final VirtioNetHeader header = new VirtioNetHeader();
    // Forms that the flooded frame under way has been given already, by plan.
    private final long[] plans = new long[MAX_SHARED];
    private final long[] addresses = new long[MAX_SHARED];
    private int shared;
    private long plan;
    private int labelGrowth;

    FrameForms(PacketPool pool, LabelWriter labels, SoftwareOffload offload) {
        this.pool = pool;
        this.labels = labels;
        this.offload = offload;
    }

    /** Forms of one frame are not those of another. */
    void beginFlood() {
        shared = 0;
    }

    /**
     * Decides on the form of packet {@code i} at a port: 0, or the code of the reason for which it cannot leave there.
     *
     * @param mtu of the port, or {@link #ANY_SIZE}
     */
    int plan(PacketBatch batch, int i, PortTable table, int port, int mtu) {
        labelGrowth = 0;
        plan = 0;
        WireLabel demand = table.wireLabel(port);
        if (demand != WireLabel.NONE && !planLabel(batch, i, demand)) {
            return UNWRITABLE;
        }
        if (batch.length(i) + labelGrowth - ETHERNET_LENGTH > mtu && !planSegments(batch, i, mtu)) {
            return MTU_EXCEEDED;
        }
        plan |= VlanEgress.plan(
                batch.traits(i), batch.outerTag(i), table.vlan(batch.ingressPort()), batch.vlan(i), table.vlan(port));
        return DropReason.NONE;
    }

    /** As {@link #plan}, for a frame that the switch itself made, untagged, at a security level. */
    int planOwn(long address, int length, int vlan, int level, PortTable table, int port, int mtu) {
        labelGrowth = 0;
        plan = 0;
        if (table.wireLabel(port) == WireLabel.REQUIRED) {
            int outcome = labels.prepareOwn(address, length, level);
            if (outcome == LabelWriter.UNWRITABLE) {
                return UNWRITABLE;
            }
            labelGrowth = outcome == LabelWriter.WRITE ? labels.growth() : 0;
            plan = (long) outcome << LABEL_SHIFT;
        }
        plan |= VlanEgress.plan(0, 0, UNTAGGED, vlan, table.vlan(port));
        return length + labelGrowth - ETHERNET_LENGTH > mtu ? MTU_EXCEEDED : DropReason.NONE;
    }

    private boolean planLabel(PacketBatch batch, int i, WireLabel demand) {
        int outcome = labels.prepare(batch, i, demand);
        if (outcome == LabelWriter.WRITE || outcome == LabelWriter.REMOVE) {
            labelGrowth = labels.growth();
            plan = (long) outcome << LABEL_SHIFT;
            return labels.fits(batch, i);
        }
        return outcome == LabelWriter.KEEP;
    }

    /** Tags do not count; of a super-frame, each segment with its headers does. */
    private boolean planSegments(PacketBatch batch, int i, int mtu) {
        int linkLength = batch.networkOffset(i);
        header.wrapBefore(batch.address(i));
        if (header.gsoType() == VirtioNetHeader.GSO_NONE) {
            return batch.length(i) + labelGrowth - linkLength <= mtu;
        }
        int room = mtu - (offload.headersLength(batch, i) - linkLength) - labelGrowth;
        if (header.gsoSize() <= room) {
            return true;
        }
        // TCP's segments may be cut anywhere, if it is only for the label that they grow; a UDP segment is a datagram.
        boolean mayShrink = header.gsoType() != VirtioNetHeader.GSO_UDP_L4 && header.gsoSize() <= room + labelGrowth;
        if (mayShrink && room >= MIN_SEGMENT) {
            plan |= (long) room << SEGMENT_SHIFT;
            return true;
        }
        return false;
    }

    /** Bytes by which the planned form is longer than the frame. */
    int growth() {
        return labelGrowth + VlanEgress.growth(plan & VLAN_MASK);
    }

    /**
     * The frame in the planned form: itself, changed in place; if others take it too, a copy that all with the same plan share.
     *
     * @return where it begins, or 0 when there is no memory for a copy
     */
    long take(long address, int length, boolean others) {
        if (plan == 0) {
            return address;
        }
        return others ? share(address, length) : apply(address);
    }

    private long share(long address, int length) {
        for (int i = 0; i < shared; i++) {
            if (plans[i] == plan) {
                return addresses[i];
            }
        }
        long spare = pool.takeSpare();
        if (spare == 0) {
            return 0;
        }
        Memory.copy(address - VirtioNetHeader.LENGTH, spare - VirtioNetHeader.LENGTH, length + VirtioNetHeader.LENGTH);
        long form = apply(spare);
        if (shared < MAX_SHARED) {
            plans[shared] = plan;
            addresses[shared++] = form;
        }
        return form;
    }

    private long apply(long address) {
        long labelled = (plan & LABEL_MASK) == 0 ? address : labels.apply(address);
        int segment = (int) (plan >>> SEGMENT_SHIFT);
        if (segment != 0) {
            header.wrapBefore(labelled).gsoSize(segment);
        }
        return vlanEgress.apply(plan & VLAN_MASK, labelled);
    }
}
