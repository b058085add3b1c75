package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.BridgeStage;
import io.weir.datapath.bridge.LearnStage;
import io.weir.datapath.bridge.MacTable;
import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.bridge.PortGuardStage;
import io.weir.datapath.bridge.TableUpdates;
import io.weir.datapath.bridge.VlanIngressStage;
import io.weir.datapath.egress.EgressStage;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.Transmitter;

/**
 * The way of a frame through the switch: the stages of one worker in their order, top to bottom, and the tables they share.
 *
 * <p>Threading: one worker.
 */
final class Pipeline implements AutoCloseable {
    private static final int SWEEP_SLOTS = 256;

    private final CounterTable counters;
    private final MacTable macs;
    private final EgressStage egress;
    private final Stage[] stages;

    Pipeline(
            SwitchSettings settings,
            CurrentPorts ports,
            PortBlocks blocks,
            CounterTable counters,
            PortEvents events,
            PacketPool pool) {
        this.counters = counters;
        this.macs =
                MacTable.create(settings.macTableCapacity(), System.nanoTime(), settings.ageingNs(), TableUpdates.NONE);
        this.egress = new EgressStage(ports, blocks, counters, pool);
        this.stages = new Stage[] {
            new ParseStage(),
            new PortGuardStage(ports, blocks, events, settings),
            new VlanIngressStage(ports),
            new LearnStage(ports, macs, blocks, events, settings),
            new BridgeStage(ports, macs, blocks),
            egress
        };
    }

    /** Runs a batch through all stages. */
    void process(PacketBatch batch) {
        long bytes = 0;
        for (int i = 0; i < batch.count(); i++) {
            bytes += batch.length(i);
        }
        counters.add(batch.ingressPort(), CounterTable.RX_FRAMES, batch.count());
        counters.add(batch.ingressPort(), CounterTable.RX_BYTES, bytes);
        for (Stage stage : stages) {
            stage.process(batch);
        }
    }

    /** Ages tables a little; called every few milliseconds. */
    void housekeeping(long nowNs) {
        macs.sweep(nowNs, SWEEP_SLOTS);
    }

    void attach(int port, Transmitter transmitter) {
        egress.attach(port, transmitter);
    }

    void detach(int port) {
        egress.detach(port);
    }

    /** Binds an address to a port until the port is removed. */
    void bindMac(long mac, int vlan, int port, long nowNs) {
        macs.bind(vlan, mac, port, nowNs);
    }

    /** Forgets learned addresses, of one port or all (-1), of one VLAN or all (0); returns how many. */
    int flushMacs(int port, int vlan) {
        if (port < 0) {
            return vlan == 0 ? macs.flush() : macs.flushVlan(vlan);
        }
        return vlan == 0 ? macs.flushPort(port) : macs.flushPortVlan(port, vlan);
    }

    /** Addresses learned on a port. */
    int macCount(int port) {
        return macs.count(port);
    }

    /** The MAC table without the entries for whose port {@code portName} has no name. */
    List<MacEntry> macEntries(long nowNs, IntFunction<@Nullable String> portName) {
        List<MacEntry> entries = new ArrayList<>();
        macs.forEach(nowNs, (vlan, mac, port, kind, remote, ageNs) -> {
            String name = portName.apply(port);
            if (name != null) {
                entries.add(new MacEntry(mac, vlan, name, kind(kind), ageNs));
            }
        });
        return entries;
    }

    private static MacEntry.Kind kind(int kind) {
        return switch (kind) {
            case MacTable.STATIC -> MacEntry.Kind.STATIC;
            case MacTable.STICKY -> MacEntry.Kind.STICKY;
            default -> MacEntry.Kind.LEARNED;
        };
    }

    long macMoves() {
        return macs.moves();
    }

    List<GroupEntry> groupEntries(IntFunction<@Nullable String> portName) {
        return List.of();
    }

    @Override
    public void close() {}
}
