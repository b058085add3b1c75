package io.weir.perf.firewall;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.bridge.BridgeStage;
import io.weir.datapath.bridge.LearnStage;
import io.weir.datapath.bridge.MacTable;
import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.bridge.PortGuardStage;
import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.bridge.TableUpdates;
import io.weir.datapath.bridge.VlanIngressStage;
import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.firewall.DenyRecorder;
import io.weir.datapath.firewall.DenyTable;
import io.weir.datapath.firewall.FirewallStage;
import io.weir.datapath.firewall.FlowRing;
import io.weir.datapath.firewall.Sessions;
import io.weir.datapath.firewall.SourceGuardStage;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.session.SessionTable;

/**
 * The product's stages from parse to verdict, with its counters, over ports that exist in memory only: parse, port guard, VLAN,
 * source guard, learning, the way out, firewall. Every port is one of a VM, under policy.
 *
 * <p>Threading: {@link #denies} has a reader of its own, the rest belongs to one thread, as a worker's stages do.
 */
public final class FirewallPipeline implements AutoCloseable {
    static final long SEED = 0x5E55_101DL;

    private static final int MAC_CAPACITY = 1 << 14;
    private static final PortEvents NO_EVENTS = (kind, port, mac, other) -> {};

    private final CurrentPolicy current = new CurrentPolicy();
    private final DenyTable denies = new DenyTable();
    private final CounterTable counters = new CounterTable();
    private final PortTable ports;
    private final MacTable macs;
    private final Sessions sessions;
    private final FirewallStage firewall;
    private final Stage[] stages;

    /**
     * Stages without a policy yet: {@link #take} gives them one.
     *
     * @param portNames by the switch's number
     * @param sessionCapacity a power of two; every port may have all
     */
    public FirewallPipeline(List<String> portNames, int sessionCapacity) {
        SwitchSettings settings = SwitchSettings.DEFAULT;
        List<PortTable.Entry> entries = new ArrayList<>();
        for (int number = 0; number < portNames.size(); number++) {
            entries.add(MemoryPort.entry(number, portNames.get(number), PolicySettings.ENFORCED));
        }
        ports = new PortTable(entries);
        CurrentPorts currentPorts = new CurrentPorts();
        currentPorts.take(ports);
        PortBlocks blocks = new PortBlocks();
        macs = MacTable.create(MAC_CAPACITY, SEED, settings.ageingNs(), TableUpdates.NONE);
        FlowRing events = new FlowRing();
        sessions = new Sessions(sessionCapacity, SEED, events);
        sessions.table().portShare(sessionCapacity);
        DenyRecorder recorder = new DenyRecorder(denies, events);
        firewall = new FirewallStage(current, currentPorts, recorder, sessions, new NoSink(), SEED);
        stages = new Stage[] {
            new ParseStage(),
            new PortGuardStage(currentPorts, blocks, NO_EVENTS, settings),
            new VlanIngressStage(currentPorts),
            new SourceGuardStage(current, recorder, SEED),
            new LearnStage(currentPorts, macs, blocks, NO_EVENTS, settings),
            new BridgeStage(currentPorts, macs, blocks),
            firewall
        };
    }

    /** No frame is answered here. */
    private static final class NoSink implements ReplySink {
        @Override
        public long take() {
            return 0;
        }

        @Override
        public void send(long frameAddress, int lengthBytes, int port, int vlan, int level) {
            throw new IllegalStateException("nothing is rejected");
        }

        @Override
        public boolean sendCopy(long frameAddress, int lengthBytes, int port, int level) {
            throw new IllegalStateException("nothing is copied");
        }
    }

    /** The policy for the batches that follow. */
    public void take(Policy policy) {
        current.take(policy, ports);
    }

    /** Lets the bridge know behind which port a host is. */
    public void learn(long mac, int port, long nowNs) {
        int learned = macs.learn(VlanSettings.DEFAULT_VLAN, mac, port, nowNs, MacTable.LEARNED, 0, 0);
        if (learned != MacTable.ADDED) {
            throw new IllegalStateException("the bridge does not learn a MAC address: answer " + learned);
        }
    }

    /** All stages, and the counters of what becomes of the frames; returns how many are forwarded. */
    public int process(PacketBatch batch) {
        process(batch, stages.length);
        int forwarded = 0;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i)) {
                forwarded++;
            } else {
                counters.drop(batch.ingressPort(), batch.dropReason(i));
            }
        }
        counters.add(batch.ingressPort(), CounterTable.FORWARDED, forwarded);
        return forwarded;
    }

    /** So many of the stages, without counters. */
    public void process(PacketBatch batch, int count) {
        for (int i = 0; i < count; i++) {
            stages[i].process(batch);
        }
    }

    /** How many stages stand before the firewall. */
    public int beforeFirewall() {
        return stages.length - 1;
    }

    /** What the worker does every few milliseconds: looks at so many sessions. */
    void sweep(long nowNs, int slots) {
        firewall.sweep(nowNs, slots);
    }

    public SessionTable sessions() {
        return sessions.table();
    }

    /** What was denied. */
    DenyTable denies() {
        return denies;
    }

    @Override
    public void close() {
        firewall.close();
        sessions.close();
        denies.close();
    }
}
