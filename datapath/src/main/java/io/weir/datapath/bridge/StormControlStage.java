package io.weir.datapath.bridge;

import java.util.Set;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.BridgeSettings.StormLimits;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;

/**
 * Limits how many frames per second that go to many ports may enter by one port: broadcast, multicast, and unicast to unknown
 * addresses each by themselves. Stands behind the bridge, which is the one to know what is unknown.
 *
 * <p>A super-frame counts as one frame. A storm begins with the first frame dropped and ends when nothing was dropped for a
 * second; both are reported once a port, whatever the kinds of frames.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class StormControlStage implements Stage {
    private static final int KINDS = 3;
    private static final int BROADCAST = 0;
    private static final int MULTICAST = 1;
    private static final int UNKNOWN_UNICAST = 2;
    private static final long QUIET_NS = 1_000_000_000L;

    private final CurrentPorts ports;
    private final PortEvents events;
    private final TokenBuckets buckets = new TokenBuckets(PortSet.MAX_PORTS * KINDS);
    private final PortSet storming = new PortSet();
    private final long[] droppedNs = new long[PortSet.MAX_PORTS];

    public StormControlStage(CurrentPorts ports, PortEvents events) {
        this.ports = ports;
        this.events = events;
    }

    @Override
    public String name() {
        return "storm-control";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of(DropReason.STORM_BROADCAST, DropReason.STORM_MULTICAST, DropReason.STORM_UNKNOWN_UNICAST);
    }

    @Override
    public void process(PacketBatch batch) {
        endStorms(batch.nowNs());
        PortTable.Entry entry = ports.table().entry(batch.ingressPort());
        if (entry == null) {
            return;
        }
        StormLimits limits = entry.settings().bridge().storm();
        if (limits.broadcastPps() == 0 && limits.multicastPps() == 0 && limits.unknownUnicastPps() == 0) {
            return;
        }
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i) && batch.egressPort(i) == PacketBatch.EGRESS_SET) {
                limit(batch, i, limits);
            }
        }
    }

    /**
     * Reports the storms that are over. Every batch does it; a worker whose ports have gone silent calls it when idle.
     */
    public void endStorms(long nowNs) {
        for (int port = storming.next(0); port >= 0; port = storming.next(port + 1)) {
            if (nowNs - droppedNs[port] >= QUIET_NS) {
                storming.remove(port);
                events.report(PortEvents.Kind.STORM_ENDED, port, 0, -1);
            }
        }
    }

    private void limit(PacketBatch batch, int i, StormLimits limits) {
        int kind = kind(batch.destinationMac(i));
        int framesPerSecond = switch (kind) {
            case BROADCAST -> limits.broadcastPps();
            case MULTICAST -> limits.multicastPps();
            default -> limits.unknownUnicastPps();
        };
        int bucket = batch.ingressPort() * KINDS + kind;
        if (framesPerSecond != 0 && !buckets.take(bucket, framesPerSecond, batch.nowNs())) {
            batch.drop(i, reason(kind).code());
            storm(batch.ingressPort(), batch.sourceMac(i), batch.nowNs());
        }
    }

    private static int kind(long destination) {
        if (destination == GroupAddresses.BROADCAST) {
            return BROADCAST;
        }
        return GroupAddresses.isGroup(destination) ? MULTICAST : UNKNOWN_UNICAST;
    }

    private static DropReason reason(int kind) {
        return switch (kind) {
            case BROADCAST -> DropReason.STORM_BROADCAST;
            case MULTICAST -> DropReason.STORM_MULTICAST;
            default -> DropReason.STORM_UNKNOWN_UNICAST;
        };
    }

    private void storm(int port, long mac, long nowNs) {
        droppedNs[port] = nowNs;
        if (!storming.contains(port)) {
            storming.add(port);
            events.report(PortEvents.Kind.STORM_BEGAN, port, mac, -1);
        }
    }
}
