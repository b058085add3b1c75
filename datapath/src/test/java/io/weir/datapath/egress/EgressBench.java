package io.weir.datapath.egress;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.capture.WorkerCapture;
import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.label.LabelWriter;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.port.WireLabelSettings;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The egress stage behind the parse stage, with ports whose way out is a {@link HeldTransmitter}; port 0 is the ingress. */
final class EgressBench implements AutoCloseable {
    final CounterTable counters = new CounterTable();
    final PacketPool pool = new PacketPool();
    final PacketBatch batch = new PacketBatch();
    final PortBlocks blocks = new PortBlocks();
    private final CurrentPorts ports = new CurrentPorts();
    private final List<PortTable.Entry> entries = new ArrayList<>();
    private final ParseStage parse = new ParseStage();
    private final CurrentPolicy policy = new CurrentPolicy();
    private final LabelWriter labels = new LabelWriter(policy, WireLabelSettings.DEFAULT);
    final EgressStage egress = new EgressStage(ports, blocks, counters, pool, new WorkerCapture().tap(), labels);

    /** Adds a port with a way out. */
    HeldTransmitter port(VlanSettings vlan, int mtu, int offloads) {
        return port(vlan, mtu, offloads, WireLabel.NONE);
    }

    /** Adds a port that wants label options so. */
    HeldTransmitter port(WireLabel label, int offloads) {
        return port(VlanSettings.access(1), 1500, offloads, label);
    }

    HeldTransmitter port(VlanSettings vlan, int mtu, int offloads, WireLabel label) {
        int number = entries.size();
        add(number, vlan, mtu, true, label);
        HeldTransmitter transmitter = new HeldTransmitter(number, offloads, counters);
        egress.attach(number, transmitter);
        return transmitter;
    }

    HeldTransmitter port(int offloads) {
        return port(VlanSettings.access(1), 1500, offloads);
    }

    HeldTransmitter port(VlanSettings vlan) {
        return port(vlan, 1500, Transmitter.TAKES_ALL);
    }

    /** Adds a port that is not ready. */
    void unreadyPort() {
        int number = entries.size();
        add(number, VlanSettings.access(1), 1500, false, WireLabel.NONE);
        egress.attach(number, new HeldTransmitter(number, 0, counters));
    }

    private void add(int number, VlanSettings vlan, int mtu, boolean ready, WireLabel label) {
        PortSettings settings = new PortSettings(
                "p" + number,
                PortSettings.Type.PCAP,
                "",
                null,
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                vlan,
                BridgeSettings.DEFAULT,
                new PolicySettings(PolicyMode.OFF, PortRole.VM, PolicySettings.Dhcp.NONE, false, label));
        entries.add(new PortTable.Entry(number, settings, ready, true, mtu));
        ports.take(new PortTable(entries));
        policy.take(new TablePolicy(1, "level any s0"), ports.table());
    }

    /** Puts a frame with that virtio-net header into the batch, which {@link #begin} has emptied. */
    int frame(byte[] header, byte[] frame) {
        int i = batch.count();
        long address = pool.receiveAddress(i);
        Memory.copy(header, 0, address, VirtioNetHeader.LENGTH);
        Memory.copy(frame, 0, address + VirtioNetHeader.LENGTH, frame.length);
        batch.add(address + VirtioNetHeader.LENGTH, frame.length, i);
        return i;
    }

    int frame(byte[] frame) {
        return frame(new byte[VirtioNetHeader.LENGTH], frame);
    }

    void begin() {
        batch.reset(0, 1);
    }

    /** Parses the batch, which must be well formed, and takes it for received in that VLAN. */
    void parse(int vlan) {
        parse.process(batch);
        for (int i = 0; i < batch.count(); i++) {
            assertEquals(0, batch.dropReason(i), "frame " + i + " must be well formed");
            batch.vlan(i, vlan);
        }
        counters.add(0, CounterTable.RX_FRAMES, batch.count());
    }

    void to(int i, int port) {
        batch.egressPort(i, port);
    }

    void flood(int i) {
        batch.egressPort(i, PacketBatch.EGRESS_SET);
        batch.egressSet(i).clear();
        for (int port = 1; port < entries.size(); port++) {
            batch.egressSet(i).add(port);
        }
    }

    void send() {
        egress.begin(batch);
        egress.process(batch);
        pool.releaseSpares();
        assertConserved();
    }

    long drops(int port, DropReason reason) {
        return counters.drops(port, reason.code());
    }

    private void assertConserved() {
        long made = 0;
        long ended = 0;
        for (int port = 0; port < entries.size(); port++) {
            long refused = 0;
            for (DropReason reason : DropReason.values()) {
                refused += drops(port, reason);
            }
            made += counters.read(port, CounterTable.RX_FRAMES)
                    + counters.read(port, CounterTable.REPLICATED)
                    + counters.read(port, CounterTable.ORIGINATED);
            ended += counters.read(port, CounterTable.TX_FRAMES) + counters.read(port, CounterTable.CONSUMED) + refused;
            if (port > 0) {
                long sent = counters.read(port, CounterTable.TX_FRAMES) + refused;
                assertEquals(counters.read(port, CounterTable.EGRESS_FRAMES), sent, "at port " + port);
            }
        }
        assertEquals(made, ended, "conservation");
    }

    @Override
    public void close() {
        labels.close();
        pool.close();
    }
}
