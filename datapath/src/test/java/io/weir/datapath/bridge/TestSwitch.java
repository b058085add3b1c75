package io.weir.datapath.bridge;

import java.util.ArrayList;
import java.util.List;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.PortEvents;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.BridgeSettings.MulticastRouter;
import io.weir.datapath.port.BridgeSettings.StormLimits;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.VlanSettings;

/** Ports, tables, time and frames in off-heap memory: what a stage under test stands on. */
final class TestSwitch implements PortEvents {
    static final long SECOND_NS = 1_000_000_000L;
    private static final int HEADROOM = 128;
    private static final int STRIDE = 2048;

    final CurrentPorts ports = new CurrentPorts();
    final PortBlocks blocks = new PortBlocks();
    final SwitchSettings settings;
    final MacTable macs;
    final List<String> events = new ArrayList<>();
    final PacketBatch batch = new PacketBatch();
    long nowNs = 1_000 * SECOND_NS;

    private final List<PortTable.Entry> entries = new ArrayList<>();
    private final UnsafeBuffer memory =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(STRIDE * PacketBatch.CAPACITY, 64));
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final ParseStage parse = new ParseStage();

    TestSwitch() {
        this(SwitchSettings.DEFAULT);
    }

    TestSwitch(SwitchSettings settings) {
        this(settings, TableUpdates.NONE);
    }

    TestSwitch(SwitchSettings settings, TableUpdates updates) {
        this.settings = settings;
        this.macs = MacTable.create(settings.macTableCapacity(), 0x5EED, settings.ageingNs(), updates);
    }

    /** Adds the next port number, ready. */
    TestSwitch port(VlanSettings vlan, BridgeSettings bridge) {
        return port(vlan, bridge, true);
    }

    TestSwitch port(VlanSettings vlan, BridgeSettings bridge, boolean ready) {
        int number = entries.size();
        PortSettings port = new PortSettings(
                "p" + number,
                PortSettings.Type.TAP,
                "tap" + number,
                null,
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                vlan,
                bridge,
                PolicySettings.OFF);
        entries.add(new PortTable.Entry(number, port, ready, true, 1500));
        ports.take(new PortTable(entries));
        return this;
    }

    TestSwitch ports(int count) {
        for (int i = 0; i < count; i++) {
            port(VlanSettings.access(1), BridgeSettings.DEFAULT);
        }
        return this;
    }

    void replacePort(int number, BridgeSettings bridge) {
        PortTable.Entry old = entries.get(number);
        PortSettings was = old.settings();
        PortSettings now = new PortSettings(
                was.name(),
                was.type(),
                was.device(),
                null,
                was.io(),
                0,
                null,
                null,
                true,
                was.vlan(),
                bridge,
                PolicySettings.OFF);
        entries.set(number, new PortTable.Entry(number, now, old.ready(), old.linkUp(), old.mtu()));
        ports.take(new PortTable(entries));
    }

    /** Fills the batch with frames that arrive on a port now, parsed. */
    PacketBatch receive(int port, byte[]... frames) {
        batch.reset(port, nowNs);
        for (byte[] frame : frames) {
            int i = batch.count();
            int offset = i * STRIDE + HEADROOM;
            memory.setMemory(i * STRIDE, STRIDE, (byte) 0);
            memory.putBytes(offset, frame);
            batch.add(memory.addressOffset() + offset, frame.length, i);
        }
        parse.process(batch);
        return batch;
    }

    /** As {@link #receive}, classified to a VLAN as the VLAN stage would have done. */
    PacketBatch receiveIn(int vlan, int port, byte[]... frames) {
        receive(port, frames);
        for (int i = 0; i < batch.count(); i++) {
            batch.vlan(i, vlan);
        }
        return batch;
    }

    /** The only packet's drop reason after a stage; null while it is not dropped. */
    @Nullable
    DropReason process(Stage stage) {
        stage.process(batch);
        return dropReason(0);
    }

    @Nullable
    DropReason dropReason(int i) {
        int code = batch.dropReason(i);
        return code == DropReason.NONE ? null : DropReason.ofCode(code);
    }

    /** Where the packet goes, as a set. */
    PortSet egress(int i) {
        if (!batch.forwarded(i)) {
            return new PortSet();
        }
        int port = batch.egressPort(i);
        return port >= 0 ? new PortSet().add(port) : new PortSet().copyFrom(batch.egressSet(i));
    }

    static PortSet set(int... ports) {
        PortSet set = new PortSet();
        for (int port : ports) {
            set.add(port);
        }
        return set;
    }

    byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        view.wrap(address, length);
        view.getBytes(0, bytes);
        return bytes;
    }

    @Override
    public void report(Kind kind, int port, long mac, int other) {
        events.add(kind + " p" + port + (other < 0 ? "" : " from p" + other));
    }

    /** Builds bridge settings from the default by name of what differs. */
    static final class Bridge {
        private boolean learning = true;
        private int macLimit;
        private boolean sticky;
        private boolean isolated;
        private boolean hairpin;
        private boolean floodUnknown = true;
        private boolean floodBroadcast = true;
        private boolean floodMulticast = true;
        private boolean bpduFilter;
        private boolean bpduGuard;
        private MulticastRouter router = MulticastRouter.AUTO;
        private boolean fastLeave;
        private boolean suppressNeighbours;
        private boolean splitHorizon;
        private StormLimits storm = StormLimits.NONE;

        static Bridge with() {
            return new Bridge();
        }

        Bridge noLearning() {
            learning = false;
            return this;
        }

        Bridge macLimit(int limit) {
            macLimit = limit;
            return this;
        }

        Bridge sticky() {
            sticky = true;
            return this;
        }

        Bridge isolated() {
            isolated = true;
            return this;
        }

        Bridge hairpin() {
            hairpin = true;
            return this;
        }

        Bridge noFloodUnknown() {
            floodUnknown = false;
            return this;
        }

        Bridge noFloodBroadcast() {
            floodBroadcast = false;
            return this;
        }

        Bridge noFloodMulticast() {
            floodMulticast = false;
            return this;
        }

        Bridge bpduFilter() {
            bpduFilter = true;
            return this;
        }

        Bridge bpduGuard() {
            bpduGuard = true;
            return this;
        }

        Bridge router(MulticastRouter mode) {
            router = mode;
            return this;
        }

        Bridge fastLeave() {
            fastLeave = true;
            return this;
        }

        Bridge suppressNeighbours() {
            suppressNeighbours = true;
            return this;
        }

        Bridge splitHorizon() {
            splitHorizon = true;
            return this;
        }

        Bridge storm(StormLimits limits) {
            storm = limits;
            return this;
        }

        BridgeSettings done() {
            return new BridgeSettings(
                    learning,
                    macLimit,
                    sticky,
                    isolated,
                    hairpin,
                    floodUnknown,
                    floodBroadcast,
                    floodMulticast,
                    bpduFilter,
                    bpduGuard,
                    router,
                    fastLeave,
                    suppressNeighbours,
                    splitHorizon,
                    storm);
        }
    }
}
