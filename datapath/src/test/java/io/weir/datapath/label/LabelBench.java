package io.weir.datapath.label;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.firewall.DenyRecorder;
import io.weir.datapath.firewall.DenyTable;
import io.weir.datapath.firewall.FlowRing;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.parse.ParseStage;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.port.WireLabelSettings;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The stage "wire-label" behind the parse stage, with a port for each setting, numbered by its place in {@link #SETTINGS}. */
final class LabelBench implements AutoCloseable {
    static final List<WireLabel> SETTINGS = List.of(WireLabel.values());

    final PacketPool pool = new PacketPool();
    final PacketBatch batch = new PacketBatch();
    final DenyTable denies = new DenyTable();
    final LabelWriter writer;
    final WireLabelStage stage;
    /** What the stage has answered, and to which port. */
    final List<byte[]> answers = new ArrayList<>();

    private final ParseStage parse = new ParseStage();
    private final CurrentPolicy current = new CurrentPolicy();
    private final CurrentPorts ports = new CurrentPorts();
    private final PortTable table;
    private long nowNs = 1;

    LabelBench() {
        this(WireLabelSettings.DEFAULT, PolicyMode.ENFORCE);
    }

    LabelBench(WireLabelSettings settings, PolicyMode mode) {
        List<PortTable.Entry> entries = new ArrayList<>();
        for (WireLabel label : SETTINGS) {
            entries.add(new PortTable.Entry(SETTINGS.indexOf(label), port(label, mode), true, true, 1500));
        }
        table = new PortTable(entries);
        ports.take(table);
        policy(new TablePolicy(1, "level any s0"));
        writer = new LabelWriter(current, settings);
        DenyRecorder recorder = new DenyRecorder(denies, new FlowRing());
        stage = new WireLabelStage(ports, current, recorder, new Answers(), writer, settings);
    }

    private static PortSettings port(WireLabel label, PolicyMode mode) {
        return new PortSettings(
                label.name(),
                PortSettings.Type.PCAP,
                "",
                null,
                PortSettings.Io.AUTO,
                0,
                null,
                null,
                true,
                VlanSettings.access(1),
                BridgeSettings.DEFAULT,
                new PolicySettings(mode, PortRole.VM, PolicySettings.Dhcp.NONE, false, label));
    }

    void policy(@Nullable Policy policy) {
        current.take(policy, table);
    }

    /** Parses a frame that arrives at the port of that setting; it must be well formed. */
    void arrive(WireLabel setting, byte[] frame) {
        arrive(setting, new byte[VirtioNetHeader.LENGTH], frame);
    }

    void arrive(WireLabel setting, byte[] header, byte[] frame) {
        batch.reset(SETTINGS.indexOf(setting), ++nowNs);
        add(header, frame);
    }

    /** As {@link #arrive} of any bytes: whether the parse stage lets them in. */
    boolean offer(WireLabel setting, byte[] header, byte[] frame) {
        batch.reset(SETTINGS.indexOf(setting), ++nowNs);
        put(header, frame);
        return batch.dropReason(0) == 0;
    }

    /** What the writer says of the frame in the batch. */
    int prepareAgain(int level, WireLabel setting) {
        batch.label(0, level);
        return writer.prepare(batch, 0, setting);
    }

    /** Adds another frame to the batch under way. */
    void add(byte[] frame) {
        add(new byte[VirtioNetHeader.LENGTH], frame);
    }

    private void add(byte[] header, byte[] frame) {
        int i = put(header, frame);
        assertEquals(0, batch.dropReason(i), "the frame must be well formed");
    }

    private int put(byte[] header, byte[] frame) {
        int i = batch.count();
        long address = pool.receiveAddress(i);
        Memory.copy(header, 0, address, header.length);
        Memory.copy(frame, 0, address + VirtioNetHeader.LENGTH, frame.length);
        batch.add(address + VirtioNetHeader.LENGTH, frame.length, i);
        parse.process(batch);
        batch.vlan(i, 1);
        return i;
    }

    /** Lets the stage see a frame; returns its reason to drop it, 0 if it does not. */
    int process(WireLabel setting, byte[] frame) {
        arrive(setting, frame);
        stage.process(batch);
        return batch.dropReason(0);
    }

    /** What the frame in the batch is now. */
    byte[] frame() {
        return bytes(batch.address(0), batch.length(0));
    }

    /** What stands in front of it. */
    byte[] header() {
        return bytes(batch.address(0) - VirtioNetHeader.LENGTH, VirtioNetHeader.LENGTH);
    }

    static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copy(address, bytes, 0, length);
        return bytes;
    }

    private final class Answers implements ReplySink {
        @Override
        public long take() {
            return pool.scratch();
        }

        @Override
        public void send(long frameAddress, int lengthBytes, int port, int vlan, int level) {
            assertEquals(batch.ingressPort(), port);
            answers.add(bytes(frameAddress, lengthBytes));
        }

        @Override
        public boolean sendCopy(long frameAddress, int lengthBytes, int port, int level) {
            throw new IllegalStateException("labels are not copied");
        }
    }

    @Override
    public void close() {
        stage.close();
        writer.close();
        denies.close();
        pool.close();
    }
}
