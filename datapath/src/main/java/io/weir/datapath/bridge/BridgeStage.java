package io.weir.datapath.bridge;

import java.util.Set;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;

/**
 * Chooses the way out: the one port that a unicast address is behind, or the ports of the VLAN that take flooded frames.
 *
 * <p>A group frame whose {@link PacketBatch#egressPort} already says {@link PacketBatch#EGRESS_SET} was claimed by
 * multicast snooping: its set holds the ports that asked for it, and flooding switches do not apply to them.
 *
 * <p>A frame leaves by the port it came from only where that port has hairpin on. Two isolated ports never exchange frames;
 * as in the Linux bridge that includes a port and itself. The same holds for ports with split horizon, the tunnels of a full mesh:
 * a frame that came from one has been sent to all others by the host that it comes from.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class BridgeStage implements Stage {
    private final CurrentPorts ports;
    private final MacTable macs;
    private final PortBlocks blocks;

    public BridgeStage(CurrentPorts ports, MacTable macs, PortBlocks blocks) {
        this.ports = ports;
        this.macs = macs;
        this.blocks = blocks;
    }

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of(
                DropReason.DESTINATION_IS_SOURCE,
                DropReason.PORT_ISOLATED,
                DropReason.SPLIT_HORIZON,
                DropReason.FLOOD_DISABLED,
                DropReason.NO_DESTINATION,
                DropReason.MULTICAST_NO_MEMBER);
    }

    @Override
    public void process(PacketBatch batch) {
        PortTable table = ports.table();
        // Frames come in runs to one receiver, and no other stage writes the table meanwhile.
        long knownKey = 0;
        int knownPort = -1;
        for (int i = 0; i < batch.count(); i++) {
            if (!batch.forwarded(i)) {
                continue;
            }
            long destination = batch.destinationMac(i);
            if (GroupAddresses.isGroup(destination)) {
                group(batch, i, destination, table);
                continue;
            }
            long key = MacTable.key(batch.vlan(i), destination);
            if (key != knownKey) {
                knownPort = macs.lookup(batch.vlan(i), destination, batch.nowNs());
                knownKey = key;
            }
            if (knownPort >= 0) {
                unicast(batch, i, knownPort, table);
            } else {
                flood(batch, i, table.floodUnknown(), table);
            }
        }
    }

    private void unicast(PacketBatch batch, int i, int port, PortTable table) {
        int ingress = batch.ingressPort();
        if (port == ingress && !table.has(ingress, PortTable.HAIRPIN)) {
            batch.drop(i, DropReason.DESTINATION_IS_SOURCE.code());
        } else if (table.has(ingress, PortTable.ISOLATED) && table.has(port, PortTable.ISOLATED)) {
            batch.drop(i, DropReason.PORT_ISOLATED.code());
        } else if (table.has(ingress, PortTable.SPLIT_HORIZON) && table.has(port, PortTable.SPLIT_HORIZON)) {
            batch.drop(i, DropReason.SPLIT_HORIZON.code());
        } else if (!table.vlanMembers(batch.vlan(i)).contains(port)) {
            batch.drop(i, DropReason.NO_DESTINATION.code());
        } else {
            batch.egressPort(i, port);
        }
    }

    private void group(PacketBatch batch, int i, long destination, PortTable table) {
        if (destination == GroupAddresses.BROADCAST) {
            flood(batch, i, table.floodBroadcast(), table);
        } else if (batch.egressPort(i) == PacketBatch.EGRESS_SET) {
            toMembers(batch, i, table);
        } else {
            flood(batch, i, table.floodMulticast(), table);
        }
    }

    private void flood(PacketBatch batch, int i, PortSet willing, PortTable table) {
        PortSet set = batch.egressSet(i).copyFrom(table.vlanMembers(batch.vlan(i)));
        if (reach(set, batch, table)) {
            batch.drop(i, DropReason.NO_DESTINATION.code());
        } else if (separate(set, batch, table)) {
            batch.drop(i, DropReason.PORT_ISOLATED.code());
        } else if (leaveMesh(set, batch, table)) {
            batch.drop(i, DropReason.SPLIT_HORIZON.code());
        } else if (set.retainAll(willing).isEmpty()) {
            batch.drop(i, DropReason.FLOOD_DISABLED.code());
        } else {
            batch.egressPort(i, PacketBatch.EGRESS_SET);
        }
    }

    private void toMembers(PacketBatch batch, int i, PortTable table) {
        PortSet set = batch.egressSet(i).retainAll(table.vlanMembers(batch.vlan(i)));
        if (reach(set, batch, table)) {
            batch.drop(i, DropReason.MULTICAST_NO_MEMBER.code());
        } else if (separate(set, batch, table)) {
            batch.drop(i, DropReason.PORT_ISOLATED.code());
        } else if (leaveMesh(set, batch, table)) {
            batch.drop(i, DropReason.SPLIT_HORIZON.code());
        }
    }

    /** Leaves the ports that frames may pass now; returns whether none is left. */
    private boolean reach(PortSet set, PacketBatch batch, PortTable table) {
        set.retainAll(table.ready());
        blocks.removeFrom(set, batch.nowNs());
        if (!table.has(batch.ingressPort(), PortTable.HAIRPIN)) {
            set.remove(batch.ingressPort());
        }
        return set.isEmpty();
    }

    /** Leaves the ports that are not kept apart from the ingress port; returns whether none is left. */
    private static boolean separate(PortSet set, PacketBatch batch, PortTable table) {
        if (table.has(batch.ingressPort(), PortTable.ISOLATED)) {
            set.removeAll(table.isolated());
        }
        return set.isEmpty();
    }

    /** Leaves, of a frame from a tunnel of a mesh, the ports that are none; returns whether none is left. */
    private static boolean leaveMesh(PortSet set, PacketBatch batch, PortTable table) {
        if (table.has(batch.ingressPort(), PortTable.SPLIT_HORIZON)) {
            set.removeAll(table.splitHorizon());
        }
        return set.isEmpty();
    }
}
