package io.weir.datapath.egress;

import java.util.EnumSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.bridge.VlanEgress;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.port.VlanSettings;
import io.weir.kernel.Memory;

/**
 * The stage "egress": settles the account of each packet, and hands what is forwarded to its ways out in the form that each
 * demands: VLAN tag pushed or popped, checksums and segments made in software where the way out cannot.
 *
 * <p>A frame with one destination is changed in place. A flooded one is copied to a spare slot for each port that needs
 * another form than it came in, as the ports before may not have sent it yet.
 *
 * <p>Threading: belongs to one worker.
 */
public final class EgressStage implements Stage {
    private static final int ETHERNET_LENGTH = 14;
    private static final VlanSettings UNTAGGED = VlanSettings.access(VlanSettings.DEFAULT_VLAN);

    private final CurrentPorts ports;
    private final PortBlocks blocks;
    private final CounterTable counters;
    private final PacketPool pool;
    private final SoftwareOffload offload;
    private final VlanEgress vlanEgress = new VlanEgress();
    private final @Nullable Transmitter[] transmitters = new Transmitter[PortSet.MAX_PORTS];
    private final PortSet unflushed = new PortSet();
    private final VirtioNetHeader header = new VirtioNetHeader();

    public EgressStage(CurrentPorts ports, PortBlocks blocks, CounterTable counters, PacketPool pool) {
        this.ports = ports;
        this.blocks = blocks;
        this.counters = counters;
        this.pool = pool;
        this.offload = new SoftwareOffload(counters, pool);
    }

    @Override
    public String name() {
        return "egress";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return EnumSet.range(DropReason.EGRESS_MTU_EXCEEDED, DropReason.EGRESS_UNSEGMENTABLE);
    }

    /** A port's frames leave by this from now on. */
    public void attach(int port, Transmitter transmitter) {
        transmitters[port] = transmitter;
    }

    /** Nothing leaves by the port any more. */
    public void detach(int port) {
        transmitters[port] = null;
    }

    @Override
    public void process(PacketBatch batch) {
        int ingress = batch.ingressPort();
        int forwarded = 0;
        int consumed = 0;
        int copies = 0;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i)) {
                copies += send(batch, i);
                forwarded++;
            } else if (batch.consumed(i)) {
                consumed++;
            } else {
                counters.drop(ingress, batch.dropReason(i));
            }
        }
        flush();
        counters.add(ingress, CounterTable.FORWARDED, forwarded);
        counters.add(ingress, CounterTable.CONSUMED, consumed);
        counters.add(ingress, CounterTable.REPLICATED, copies - forwarded);
    }

    private int send(PacketBatch batch, int i) {
        int port = batch.egressPort(i);
        if (port >= 0) {
            send(batch, i, port, false);
            return 1;
        }
        PortSet set = batch.egressSet(i);
        int copies = 0;
        for (port = set.next(0); port >= 0; port = set.next(port + 1)) {
            send(batch, i, port, true);
            copies++;
        }
        return copies;
    }

    private void send(PacketBatch batch, int i, int port, boolean shared) {
        PortTable table = ports.table();
        Transmitter transmitter = transmitters[port];
        counters.add(port, CounterTable.EGRESS_FRAMES, 1);
        if (transmitter == null || !table.has(port, PortTable.READY) || blocks.blocked(port, batch.nowNs())) {
            counters.drop(port, DropReason.EGRESS_PORT_DOWN.code());
            return;
        }
        long address = batch.address(i);
        int length = batch.length(i);
        if (length - ETHERNET_LENGTH > table.mtu(port) && exceedsMtu(batch, i, table.mtu(port))) {
            counters.drop(port, DropReason.EGRESS_MTU_EXCEEDED.code());
            return;
        }
        long plan = VlanEgress.plan(
                batch.traits(i), batch.outerTag(i), table.vlan(batch.ingressPort()), batch.vlan(i), table.vlan(port));
        if (VlanEgress.action(plan) != VlanEgress.NONE) {
            address = shared ? copy(address, length) : address;
            if (address == 0) {
                counters.drop(port, DropReason.EGRESS_NO_BUFFER.code());
                return;
            }
            address = vlanEgress.apply(plan, address);
            length += VlanEgress.growth(plan);
        }
        transmit(batch, port, transmitter, address, length);
    }

    private void transmit(PacketBatch batch, int port, Transmitter transmitter, long address, int length) {
        int offloads = transmitter.offloads();
        if (offloads != Transmitter.TAKES_ALL && !header.wrapBefore(address).isPlain()) {
            offload.transmit(batch.ingressPort(), port, transmitter, address, length);
        } else {
            transmitter.transmit(address, length);
        }
        unflushed.add(port);
    }

    /** Copies frame and virtio-net header to a spare slot; 0 when there is none. */
    private long copy(long address, int length) {
        long spare = pool.takeSpare();
        if (spare != 0) {
            Memory.copy(
                    address - VirtioNetHeader.LENGTH, spare - VirtioNetHeader.LENGTH, length + VirtioNetHeader.LENGTH);
        }
        return spare;
    }

    /** Tags do not count; of a super-frame, each segment with its headers does. */
    private boolean exceedsMtu(PacketBatch batch, int i, int mtu) {
        int linkLength = batch.networkOffset(i);
        header.wrapBefore(batch.address(i));
        if (header.gsoType() == VirtioNetHeader.GSO_NONE) {
            return batch.length(i) - linkLength > mtu;
        }
        return offload.headersLength(batch, i) - linkLength + header.gsoSize() > mtu;
    }

    /** Sends a frame of the switch's own, in the untagged form, to a port in a VLAN. */
    public void originate(PacketBatch cause, long address, int length, int vlan) {
        int port = cause.ingressPort();
        Transmitter transmitter = transmitters[port];
        counters.add(port, CounterTable.ORIGINATED, 1);
        counters.add(port, CounterTable.EGRESS_FRAMES, 1);
        if (transmitter == null) {
            counters.drop(port, DropReason.EGRESS_PORT_DOWN.code());
            return;
        }
        header.wrapBefore(address).clear();
        long plan = VlanEgress.plan(0, 0, UNTAGGED, vlan, ports.table().vlan(port));
        transmit(cause, port, transmitter, vlanEgress.apply(plan, address), length + VlanEgress.growth(plan));
    }

    private void flush() {
        for (int port = unflushed.next(0); port >= 0; port = unflushed.next(port + 1)) {
            Transmitter transmitter = transmitters[port];
            if (transmitter != null) {
                transmitter.flush();
            }
        }
        unflushed.clear();
    }
}
