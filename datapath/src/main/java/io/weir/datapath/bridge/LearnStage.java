package io.weir.datapath.bridge;

import java.util.Set;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;

/**
 * Learns which port the source address of each frame is behind, and holds back frames whose source address may not be there.
 *
 * <p>An address that another port owns by a static or sticky entry is refused also on a port that does not learn. An address
 * that moves too often may only return to the port it was on before that began, and shuts any other: of two ports in a loop
 * the later one. So who forges another's address shuts its own port, never the owner's.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class LearnStage implements Stage {
    /** Shortest time between two reports of a violation on one port. */
    private static final long REPORT_INTERVAL_NS = 1_000_000_000L;

    private final CurrentPorts ports;
    private final MacTable macs;
    private final PortBlocks blocks;
    private final PortEvents events;
    private final long recoveryNs;
    private final int movesPerSecond;
    private final PortSet limitReported = new PortSet();
    private final PortSet violationReported = new PortSet();
    private final long[] violationReportedNs = new long[PortSet.MAX_PORTS];

    public LearnStage(
            CurrentPorts ports, MacTable macs, PortBlocks blocks, PortEvents events, SwitchSettings settings) {
        this.ports = ports;
        this.macs = macs;
        this.blocks = blocks;
        this.events = events;
        this.recoveryNs = settings.recoveryNs();
        this.movesPerSecond = settings.macMovesPerSecond();
    }

    @Override
    public String name() {
        return "learn";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of(DropReason.MAC_LIMIT_EXCEEDED, DropReason.MAC_STICKY_VIOLATION, DropReason.MAC_FLAPPING);
    }

    @Override
    public void process(PacketBatch batch) {
        int port = batch.ingressPort();
        PortTable table = ports.table();
        PortTable.Entry entry = table.entry(port);
        if (entry == null) {
            return;
        }
        BridgeSettings bridge = entry.settings().bridge();
        // Frames come in runs of one sender: what was found for the first holds for the rest of its run.
        long knownKey = 0;
        int knownReason = DropReason.NONE;
        for (int i = 0; i < batch.count(); i++) {
            if (!batch.forwarded(i) || batch.fromSwitch(i)) {
                continue;
            }
            long key = MacTable.key(batch.vlan(i), batch.sourceMac(i));
            if (key != knownKey) {
                knownReason = bridge.learning() ? learn(batch, i, bridge) : check(batch, i);
                knownKey = key;
            }
            if (knownReason != DropReason.NONE) {
                batch.drop(i, knownReason);
            }
        }
    }

    private int learn(PacketBatch batch, int i, BridgeSettings bridge) {
        int port = batch.ingressPort();
        long mac = batch.sourceMac(i);
        int kind = bridge.sticky() ? MacTable.STICKY : MacTable.LEARNED;
        int result = macs.learn(batch.vlan(i), mac, port, batch.nowNs(), kind, bridge.macLimit(), movesPerSecond);
        return switch (result) {
            case MacTable.ADDED, MacTable.MOVED -> learned(port);
            case MacTable.LIMIT -> limitExceeded(port, mac);
            case MacTable.BOUND -> violation(port, mac, batch.nowNs());
            case MacTable.FLAPPING -> loop(port, mac, batch.nowNs());
            default -> DropReason.NONE;
        };
    }

    private int check(PacketBatch batch, int i) {
        boolean bound = macs.boundElsewhere(batch.vlan(i), batch.sourceMac(i), batch.ingressPort());
        return bound ? violation(batch.ingressPort(), batch.sourceMac(i), batch.nowNs()) : DropReason.NONE;
    }

    /** The port had room again, so that reaching its limit once more is news. */
    private int learned(int port) {
        limitReported.remove(port);
        return DropReason.NONE;
    }

    private int limitExceeded(int port, long mac) {
        if (!limitReported.contains(port)) {
            limitReported.add(port);
            events.report(PortEvents.Kind.MAC_LIMIT, port, mac, -1);
        }
        return DropReason.MAC_LIMIT_EXCEEDED.code();
    }

    private int violation(int port, long mac, long nowNs) {
        if (!violationReported.contains(port) || nowNs - violationReportedNs[port] >= REPORT_INTERVAL_NS) {
            violationReported.add(port);
            violationReportedNs[port] = nowNs;
            events.report(PortEvents.Kind.MAC_VIOLATION, port, mac, macs.movedFrom());
        }
        return DropReason.MAC_STICKY_VIOLATION.code();
    }

    private int loop(int port, long mac, long nowNs) {
        if (!blocks.blocked(port, nowNs)) {
            blocks.block(port, PortBlocks.end(nowNs, recoveryNs));
            events.report(PortEvents.Kind.LOOP_DETECTED, port, mac, macs.movedFrom());
        }
        return DropReason.MAC_FLAPPING.code();
    }
}
