package io.weir.datapath.worker;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.BridgeStage;
import io.weir.datapath.bridge.LearnStage;
import io.weir.datapath.bridge.MacTable;
import io.weir.datapath.bridge.NeighbourStage;
import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.bridge.PortGuardStage;
import io.weir.datapath.bridge.SnoopingStage;
import io.weir.datapath.bridge.StormControlStage;
import io.weir.datapath.bridge.VlanIngressStage;
import io.weir.datapath.capture.WorkerCapture;
import io.weir.datapath.egress.EgressStage;
import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.firewall.DenyRecorder;
import io.weir.datapath.firewall.DenyTable;
import io.weir.datapath.firewall.FirewallStage;
import io.weir.datapath.firewall.FlowRing;
import io.weir.datapath.firewall.Sessions;
import io.weir.datapath.firewall.SourceGuardStage;
import io.weir.datapath.label.LabelWriter;
import io.weir.datapath.label.WireLabelStage;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.parse.FragmentStage;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DeviceStage;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.Transmitter;

/**
 * The way of a frame through the switch: the stages of one worker in their order, top to bottom, over the tables they share.
 *
 * <p>Threading: one worker, but for {@link #capture}, whose sessions the control thread publishes.
 */
final class Pipeline implements AutoCloseable {
    private static final int SWEEP_SLOTS = 256;
    // At one housekeeping in ten milliseconds, a quarter of a million sessions are gone round in a second.
    private static final int SWEEP_SESSIONS = 4096;

    private final CurrentPorts ports = new CurrentPorts();
    private final CurrentPolicy policy = new CurrentPolicy();
    private final CounterTable counters = new CounterTable();
    private final PacketPool pool = new PacketPool();
    private final WorkerCapture capture = new WorkerCapture();
    private final TableExchange exchange = new TableExchange();
    private final DenyTable denies = new DenyTable();
    private final FlowRing flows = new FlowRing();
    private final Tables tables;
    private final FragmentStage fragments = new FragmentStage();
    private final Sessions sessions;
    private final SourceGuardStage guard;
    private final LabelWriter labels;
    private final WireLabelStage wireLabels;
    private final FirewallStage firewall;
    private final StormControlStage storm;
    private final EgressStage egress;
    private final Stage[] stages;
    // All ports of the configuration are there.
    private boolean complete;

    Pipeline(int worker, SwitchSettings settings, PortBlocks blocks, PortEvents events, long nowNs) {
        tables = new Tables(worker, settings, exchange, flows, nowNs);
        storm = new StormControlStage(ports, events);
        labels = new LabelWriter(policy, settings.wireLabels());
        egress = new EgressStage(ports, blocks, counters, pool, capture.tap(), labels);
        DenyRecorder recorder = new DenyRecorder(denies, flows);
        SecureRandom random = new SecureRandom();
        guard = new SourceGuardStage(policy, recorder, random.nextLong());
        wireLabels = new WireLabelStage(ports, policy, recorder, egress, labels, settings.wireLabels());
        sessions = tables.sessions();
        firewall = new FirewallStage(policy, ports, recorder, sessions, egress, random.nextLong());
        stages = new Stage[] {
            DeviceStage.espDecrypt(),
            new ParseStage(),
            fragments,
            new PortGuardStage(ports, blocks, events, settings),
            new VlanIngressStage(ports),
            guard,
            wireLabels,
            new LearnStage(ports, tables.macs(), blocks, events, settings),
            new SnoopingStage(ports, tables.groups(), settings),
            new BridgeStage(ports, tables.macs(), blocks),
            storm,
            firewall,
            new NeighbourStage(ports, tables.macs(), tables.neighbours(), egress),
            capture.stage(),
            egress,
            DeviceStage.espEncrypt()
        };
    }

    /** Runs a batch through all stages. */
    void process(PacketBatch batch) {
        int port = batch.ingressPort();
        long bytes = 0;
        for (int i = 0; i < batch.count(); i++) {
            bytes += batch.length(i);
        }
        counters.add(port, CounterTable.RX_FRAMES, batch.count());
        counters.add(port, CounterTable.RX_BYTES, bytes);
        egress.begin(batch);
        for (Stage stage : stages) {
            stage.process(batch);
        }
        pool.releaseSpares();
    }

    /** Sends what waits at ways out, and takes their memory back. */
    void flush() {
        egress.flush();
        pool.releaseSpares();
    }

    /** All ports are there: forgets what was learned behind others. */
    void keepPorts(PortSet present) {
        complete = true;
        for (int port = 0; port < PortSet.MAX_PORTS; port++) {
            if (!present.contains(port)) {
                sessions.flush(port);
            }
            if (!present.contains(port) && tables.macs().count(port) > 0) {
                tables.macs().flushPort(port);
            }
        }
    }

    /** Port table, policy and what other workers have learned, for the duty cycle that begins. */
    void begin(PortTable published, @Nullable Policy epoch, long nowNs) {
        ports.take(published);
        policy.take(epoch, published);
        exchange.drain(tables, nowNs);
        if (complete) {
            firewall.meetInherited(nowNs);
        }
    }

    /** Ages tables a little; called every few milliseconds. */
    void housekeeping(long nowNs) {
        tables.macs().sweep(nowNs, SWEEP_SLOTS);
        tables.groups().expire(nowNs);
        storm.endStorms(nowNs);
        firewall.sweep(nowNs, SWEEP_SESSIONS);
        egress.flush();
    }

    /** Frames for the port leave by this from now on. */
    void attach(int port, Transmitter transmitter) {
        egress.attach(port, transmitter);
    }

    /** Nothing leaves by the port any more. */
    void detach(int port) {
        egress.detach(port);
    }

    /** Binds an address to a port until the port is removed. */
    void bindMac(long mac, int vlan, int port, long nowNs) {
        tables.macs().bind(vlan, mac, port, nowNs);
    }

    /** Forgets everything about a port that is removed. */
    void forgetPort(int port) {
        tables.macs().unbindPort(port);
        tables.macs().flushPort(port);
        tables.groups().flushPort(port);
        sessions.flush(port);
        guard.forgetPort(port);
    }

    /** Ends the sessions of a port, or all when it is negative. */
    void flushSessions(int port) {
        sessions.flush(port);
    }

    /** Reads up to so many live sessions, those whose ports have names. */
    SessionReader sessions(int limit, IntFunction<@Nullable String> portName) {
        return new SessionReader(sessions, limit, portName);
    }

    /** Sessions in the table, those included that wait for a sweep. */
    long sessionCount() {
        return sessions.table().count();
    }

    /** Forgets learned addresses, of one port or all (-1), of one VLAN or all (0); returns how many. */
    int flushMacs(int port, int vlan) {
        MacTable macs = tables.macs();
        if (port < 0) {
            return vlan == 0 ? macs.flush() : macs.flushVlan(vlan);
        }
        return vlan == 0 ? macs.flushPort(port) : macs.flushPortVlan(port, vlan);
    }

    /** Addresses learned on a port. */
    int macCount(int port) {
        return tables.macs().count(port);
    }

    long macMoves() {
        return tables.macs().moves();
    }

    /** The MAC table without the entries for whose port {@code portName} has no name. */
    List<MacEntry> macEntries(long nowNs, IntFunction<@Nullable String> portName) {
        List<MacEntry> entries = new ArrayList<>();
        tables.macs().forEach(nowNs, (vlan, mac, port, kind, remote, ageNs) -> {
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

    /** Multicast memberships without those for whose port {@code portName} has no name. */
    List<GroupEntry> groupEntries(long nowNs, IntFunction<@Nullable String> portName) {
        List<GroupEntry> entries = new ArrayList<>();
        tables.groups().forEach(nowNs, (vlan, high, low, port, remote, ageNs) -> {
            String name = portName.apply(port);
            if (name != null) {
                entries.add(new GroupEntry(GroupEntry.address(high, low), vlan, name, ageNs));
            }
        });
        return entries;
    }

    /** The stages in their order. */
    List<Stage> stages() {
        return List.of(stages);
    }

    DenyTable denies() {
        return denies;
    }

    FlowRing flows() {
        return flows;
    }

    CounterTable counters() {
        return counters;
    }

    PacketPool pool() {
        return pool;
    }

    WorkerCapture capture() {
        return capture;
    }

    TableExchange exchange() {
        return exchange;
    }

    @Override
    public void close() {
        firewall.close();
        wireLabels.close();
        labels.close();
        fragments.close();
        denies.close();
        tables.close();
        pool.close();
    }
}
