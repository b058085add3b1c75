package io.weir.datapath.bridge;

import java.util.Set;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;

/**
 * Keeps out what no port may send: anything on a port that is not ready or is shut, impossible source addresses,
 * spanning-tree frames where they are filtered or guarded against, and other link-local control frames.
 *
 * <p>Spanning-tree frames on a port with neither filter nor guard are link-local frames like any other (Weir takes no part
 * in a spanning tree), but for PVST+, which is an ordinary group address.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class PortGuardStage implements Stage {
    private static final int GUARD_CODE = DropReason.BPDU_GUARD.code();

    private final CurrentPorts ports;
    private final PortBlocks blocks;
    private final PortEvents events;
    private final int forwardLinkLocal;
    private final long recoveryNs;

    public PortGuardStage(CurrentPorts ports, PortBlocks blocks, PortEvents events, SwitchSettings settings) {
        this.ports = ports;
        this.blocks = blocks;
        this.events = events;
        this.forwardLinkLocal = settings.forwardLinkLocal();
        this.recoveryNs = settings.recoveryNs();
    }

    @Override
    public String name() {
        return "port-guard";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of(
                DropReason.PORT_NOT_READY,
                DropReason.PORT_BLOCKED,
                DropReason.SOURCE_MAC_INVALID,
                DropReason.LINK_LOCAL_RESERVED,
                DropReason.BPDU_FILTERED,
                DropReason.BPDU_GUARD);
    }

    @Override
    public void process(PacketBatch batch) {
        int flags = ports.table().flags(batch.ingressPort());
        if ((flags & PortTable.READY) == 0) {
            dropFrom(batch, 0, DropReason.PORT_NOT_READY);
            return;
        }
        if (shut(batch.ingressPort(), batch.nowNs())) {
            dropFrom(batch, 0, DropReason.PORT_BLOCKED);
            return;
        }
        for (int i = 0; i < batch.count(); i++) {
            if (!batch.forwarded(i)) {
                continue;
            }
            int reason = judge(batch.sourceMac(i), batch.destinationMac(i), flags);
            if (reason != DropReason.NONE) {
                batch.drop(i, reason);
            }
            if (reason == GUARD_CODE) {
                shutPort(batch, i);
                return;
            }
        }
    }

    private boolean shut(int port, long nowNs) {
        if (blocks.recover(port, nowNs)) {
            events.report(PortEvents.Kind.PORT_RECOVERED, port, 0, -1);
        }
        return blocks.blocked(port, nowNs);
    }

    private int judge(long source, long destination, int flags) {
        if (source == 0 || GroupAddresses.isGroup(source)) {
            return DropReason.SOURCE_MAC_INVALID.code();
        }
        if (!GroupAddresses.isGroup(destination)) {
            return DropReason.NONE;
        }
        if (GroupAddresses.isSpanningTree(destination) && (flags & PortTable.BPDU_FILTER) != 0) {
            return DropReason.BPDU_FILTERED.code();
        }
        if (GroupAddresses.isSpanningTree(destination) && (flags & PortTable.BPDU_GUARD) != 0) {
            return GUARD_CODE;
        }
        boolean reserved =
                GroupAddresses.isLinkLocal(destination) && (forwardLinkLocal >>> (destination & 0xF) & 1) == 0;
        return reserved ? DropReason.LINK_LOCAL_RESERVED.code() : DropReason.NONE;
    }

    /** The port is shut from the guarded frame on: what follows it in the batch came too late. */
    private void shutPort(PacketBatch batch, int i) {
        blocks.block(batch.ingressPort(), PortBlocks.end(batch.nowNs(), recoveryNs));
        events.report(PortEvents.Kind.BPDU_GUARD, batch.ingressPort(), batch.sourceMac(i), -1);
        dropFrom(batch, i + 1, DropReason.PORT_BLOCKED);
    }

    private static void dropFrom(PacketBatch batch, int first, DropReason reason) {
        for (int i = first; i < batch.count(); i++) {
            batch.drop(i, reason.code());
        }
    }
}
