package io.weir.datapath.bridge;

import java.util.Set;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.VlanSettings;

/**
 * Decides which VLAN a frame belongs to (IEEE 802.1Q-2022 clause 6.9), by the settings of the port it arrived on. The frame's
 * bytes stay as they are; {@link VlanEgress} gives them their form at each way out.
 *
 * <ul>
 *   <li>access: the port's VLAN; a priority tag (VLAN 0) counts as no tag, any other tag is refused
 *   <li>trunk: the VLAN of a tag of the port's type; without one (or with VLAN 0, or a tag of another type, which is payload)
 *       the native VLAN
 *   <li>tunnel: the service VLAN, whatever tags the frame carries
 * </ul>
 *
 * <p>A bridge that is not VLAN-aware is one with all ports in tunnel mode on the same service VLAN.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class VlanIngressStage implements Stage {
    private static final int VID_MASK = 0xFFF;

    private final CurrentPorts ports;

    public VlanIngressStage(CurrentPorts ports) {
        this.ports = ports;
    }

    @Override
    public String name() {
        return "vlan-ingress";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of(DropReason.VLAN_NOT_ALLOWED, DropReason.VLAN_UNTAGGED_REFUSED, DropReason.VLAN_TAGGED_ON_ACCESS);
    }

    @Override
    public void process(PacketBatch batch) {
        PortTable table = ports.table();
        PortTable.Entry entry = table.entry(batch.ingressPort());
        if (entry == null) {
            refuseAll(batch);
            return;
        }
        VlanSettings settings = entry.settings().vlan();
        switch (settings.mode()) {
            case ACCESS -> access(batch, settings.vlan());
            case TRUNK -> trunk(batch, settings, table);
            case TUNNEL -> tunnel(batch, settings.vlan());
        }
    }

    private static void access(PacketBatch batch, int vlan) {
        for (int i = 0; i < batch.count(); i++) {
            if (batch.is(i, PacketBatch.IS_TAGGED) && (batch.outerTag(i) & VID_MASK) != 0) {
                batch.drop(i, DropReason.VLAN_TAGGED_ON_ACCESS.code());
            } else {
                batch.vlan(i, vlan);
            }
        }
    }

    private static void trunk(PacketBatch batch, VlanSettings settings, PortTable table) {
        int port = batch.ingressPort();
        for (int i = 0; i < batch.count(); i++) {
            int tag = batch.is(i, PacketBatch.IS_TAGGED) ? batch.outerTag(i) : 0;
            int vid = tag >>> 16 == settings.tagType() ? tag & VID_MASK : 0;
            if (vid == 0) {
                untagged(batch, i, settings.vlan());
            } else if (carries(table, vid, port)) {
                batch.vlan(i, vid);
            } else {
                batch.drop(i, DropReason.VLAN_NOT_ALLOWED.code());
            }
        }
    }

    private static void untagged(PacketBatch batch, int i, int nativeVlan) {
        if (nativeVlan == 0) {
            batch.drop(i, DropReason.VLAN_UNTAGGED_REFUSED.code());
        } else {
            batch.vlan(i, nativeVlan);
        }
    }

    private static void tunnel(PacketBatch batch, int vlan) {
        for (int i = 0; i < batch.count(); i++) {
            batch.vlan(i, vlan);
        }
    }

    private static boolean carries(PortTable table, int vid, int port) {
        PortSet members = table.vlanMembers(vid);
        return members.contains(port);
    }

    /** A port that has gone carries no VLAN. */
    private static void refuseAll(PacketBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            batch.drop(i, DropReason.VLAN_NOT_ALLOWED.code());
        }
    }
}
