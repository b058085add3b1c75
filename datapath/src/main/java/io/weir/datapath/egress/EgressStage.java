package io.weir.datapath.egress;

import java.util.EnumSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.capture.CaptureTap;
import io.weir.datapath.label.LabelWriter;
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

/**
 * The stage "egress": settles the account of each packet, and hands what is forwarded to its ways out in the form that each
 * demands, with its security level: VLAN tag pushed or popped, label option written or taken off, checksums and segments made in
 * software where the way out cannot.
 *
 * <p>A frame with one destination is changed in place. A flooded one is copied to a spare slot for each other form than it
 * came in that some port needs, as the ports before may not have sent it yet.
 *
 * <p>A capture shows a frame when it is handed to its way out, and once more as dropped when that refuses it, which with
 * batched sending is known only at the batch's end.
 *
 * <p>Threading: belongs to one worker.
 */
public final class EgressStage implements Stage, ReplySink {
    private static final int EGRESS_PORT_DOWN = DropReason.EGRESS_PORT_DOWN.code();
    private static final int EGRESS_NO_BUFFER = DropReason.EGRESS_NO_BUFFER.code();

    private final CurrentPorts ports;
    private final PortBlocks blocks;
    private final CounterTable counters;
    private final PacketPool pool;
    private final CaptureTap tap;
    private final SoftwareOffload offload;
    private final @Nullable Transmitter[] transmitters = new Transmitter[PortSet.MAX_PORTS];
    private final PortSet unflushed = new PortSet();
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final FrameForms forms;
    // Of the batch under way.
    private int ingressPort;
    private long nowNs;

    public EgressStage(
            CurrentPorts ports,
            PortBlocks blocks,
            CounterTable counters,
            PacketPool pool,
            CaptureTap tap,
            LabelWriter labels) {
        this.ports = ports;
        this.blocks = blocks;
        this.counters = counters;
        this.pool = pool;
        this.tap = tap;
        this.offload = new SoftwareOffload(counters, pool);
        this.forms = new FrameForms(pool, labels, offload);
    }

    @Override
    public String name() {
        return "egress";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return EnumSet.range(DropReason.EGRESS_MTU_EXCEEDED, DropReason.EGRESS_LABEL_UNWRITABLE);
    }

    /** A port's frames leave by this from now on. */
    public void attach(int port, Transmitter transmitter) {
        transmitter.tell((address, length, reasonCode) -> tap.dropped(port, address, length, nowNs, reasonCode));
        transmitters[port] = transmitter;
    }

    /** Nothing leaves by the port any more. */
    public void detach(int port) {
        transmitters[port] = null;
    }

    /** A batch begins its way: replies that stages before this one send belong to it. */
    public void begin(PacketBatch batch) {
        ingressPort = batch.ingressPort();
        nowNs = batch.nowNs();
    }

    @Override
    public void process(PacketBatch batch) {
        int ingress = batch.ingressPort();
        int forwarded = 0;
        int consumed = 0;
        int copies = 0;
        int undecided = 0;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i)) {
                int sent = send(batch, i);
                copies += sent;
                forwarded += sent > 0 ? 1 : 0;
                undecided += sent > 0 ? 0 : 1;
            } else if (batch.consumed(i)) {
                consumed++;
            } else {
                counters.drop(ingress, batch.dropReason(i));
            }
        }
        flush();
        // The bridge stage leaves none of these; should a change ever do, they are not lost from the account.
        counters.drop(ingress, DropReason.NO_DESTINATION.code(), undecided);
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
        if (port != PacketBatch.EGRESS_SET) {
            return 0;
        }
        PortSet set = batch.egressSet(i);
        int copies = 0;
        forms.beginFlood();
        for (port = set.next(0); port >= 0; port = set.next(port + 1)) {
            send(batch, i, port, true);
            copies++;
        }
        return copies;
    }

    private void send(PacketBatch batch, int i, int port, boolean shared) {
        PortTable table = ports.table();
        Transmitter transmitter = transmitters[port];
        long address = batch.address(i);
        int length = batch.length(i);
        counters.add(port, CounterTable.EGRESS_FRAMES, 1);
        if (transmitter == null || !table.has(port, PortTable.READY) || blocks.blocked(port, batch.nowNs())) {
            drop(port, address, length, batch.nowNs(), EGRESS_PORT_DOWN);
            return;
        }
        int reason = forms.plan(batch, i, table, port, mtu(transmitter, port));
        if (reason != DropReason.NONE) {
            drop(port, address, length, batch.nowNs(), reason);
            return;
        }
        long form = forms.take(address, length, shared);
        if (form == 0) {
            drop(port, address, length, batch.nowNs(), EGRESS_NO_BUFFER);
            return;
        }
        transmit(port, transmitter, form, length + forms.growth(), batch.label(i));
    }

    private void drop(int port, long address, int length, long nowNs, int reasonCode) {
        counters.drop(port, reasonCode);
        tap.dropped(port, address, length, nowNs, reasonCode);
    }

    private void transmit(int port, Transmitter transmitter, long address, int length, int level) {
        tap.transmitted(port, address, length, level, nowNs);
        if (transmitter.offloads() != Transmitter.TAKES_ALL
                && !header.wrapBefore(address).isPlain()) {
            int reason = offload.transmit(ingressPort, port, transmitter, address, length, level);
            if (reason != DropReason.NONE) {
                counters.drop(port, reason);
                tap.dropped(port, address, length, nowNs, reason);
            }
        } else {
            transmitter.transmit(address, length, level);
        }
        unflushed.add(port);
    }

    @Override
    public long take() {
        long spare = pool.takeSpare();
        if (spare == 0) {
            // No frame of the batch has left yet: all spares hold replies and copies, which can leave now.
            flush();
            pool.releaseSpares();
            spare = pool.takeSpare();
        }
        if (spare != 0) {
            header.wrapBefore(spare).clear();
        }
        return spare;
    }

    /** The reply counts as originated by the frame that it answers: one that arrived on this batch's port. */
    @Override
    public void send(long frameAddress, int lengthBytes, int port, int vlan, int level) {
        counters.add(port, CounterTable.ORIGINATED, 1);
        sendOwn(frameAddress, lengthBytes, port, vlan, level);
    }

    /** The copy counts as one that the frame under way, which arrived on this batch's port, has caused. */
    @Override
    public boolean sendCopy(long frameAddress, int lengthBytes, int port, int level) {
        counters.add(ingressPort, CounterTable.REPLICATED, 1);
        return sendOwn(frameAddress, lengthBytes, port, ports.table().vlan(port).vlan(), level);
    }

    private boolean sendOwn(long frameAddress, int lengthBytes, int port, int vlan, int level) {
        Transmitter transmitter = transmitters[port];
        counters.add(port, CounterTable.EGRESS_FRAMES, 1);
        if (transmitter == null || !ports.table().has(port, PortTable.READY)) {
            drop(port, frameAddress, lengthBytes, nowNs, EGRESS_PORT_DOWN);
            return false;
        }
        int reason = forms.planOwn(frameAddress, lengthBytes, vlan, level, ports.table(), port, mtu(transmitter, port));
        if (reason != DropReason.NONE) {
            drop(port, frameAddress, lengthBytes, nowNs, reason);
            return false;
        }
        long form = forms.take(frameAddress, lengthBytes, /* others= */ false);
        transmit(port, transmitter, form, lengthBytes + forms.growth(), level);
        return true;
    }

    private int mtu(Transmitter transmitter, int port) {
        return transmitter.judgesSize() ? FrameForms.ANY_SIZE : ports.table().mtu(port);
    }

    /** Sends what waits at the ways out. */
    public void flush() {
        for (int port = unflushed.next(0); port >= 0; port = unflushed.next(port + 1)) {
            Transmitter transmitter = transmitters[port];
            if (transmitter != null) {
                transmitter.flush();
            }
        }
        unflushed.clear();
    }
}
