package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.PortBlocks;
import io.weir.datapath.capture.CaptureVerdict;
import io.weir.datapath.capture.FrameOutcome;
import io.weir.datapath.capture.FrameSummary;
import io.weir.datapath.firewall.DenyHandler;
import io.weir.datapath.firewall.FlowHandler;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.PortSet;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.PortTable;
import io.weir.datapath.port.Receiver;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.port.TunnelDevices;

/**
 * The pipeline without threads, sockets or root: frames go in one by one at a time the caller gives, and what each port would
 * send comes out. The stages are those of the daemon.
 *
 * <p>Threading: not thread-safe.
 */
public final class OfflineSwitch implements AutoCloseable {
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final Map<Integer, RecordingTransmitter> transmitters = new HashMap<>();
    private final Map<Integer, PortDevice> tunnels = new LinkedHashMap<>();
    private final Pipeline pipeline;
    private final PortTable table;
    private final PacketBatch batch = new PacketBatch();
    private final UnsafeBuffer slot = new UnsafeBuffer(0, 0);
    private long nowNs;
    private @Nullable Policy policy;
    private int frames;
    private int housekeepingFrames;
    private final long[] egressDrops = new long[DropReason.CODES];

    /** A switch with these ports, whatever their type; their devices are not touched. */
    public OfflineSwitch(SwitchSettings settings, List<PortSettings> ports) {
        this(settings, ports, 0, null);
    }

    /** As the other, but for the esp ports, whose devices are opened, and from which {@link #poll} lets frames arrive. */
    public OfflineSwitch(SwitchSettings settings, List<PortSettings> ports, TunnelDevices devices) {
        this(settings, ports, 0, devices);
    }

    /** As the first, begun at a time: with a state folder, after the switch that had it before. */
    OfflineSwitch(SwitchSettings settings, List<PortSettings> ports, long startNs) {
        this(settings, ports, startNs, null);
    }

    OfflineSwitch(SwitchSettings settings, List<PortSettings> ports, long startNs, @Nullable TunnelDevices devices) {
        nowNs = startNs;
        pipeline = new Pipeline(0, settings, new PortBlocks(), (kind, port, mac, other) -> {}, startNs);
        List<PortTable.Entry> entries = new ArrayList<>();
        for (PortSettings port : ports) {
            int number = entries.size();
            int mtu = port.mtu() == 0 ? PortSettings.MAX_MTU : port.mtu();
            entries.add(new PortTable.Entry(number, port, port.enabled(), true, mtu));
            numbers.put(port.name(), number);
            pipeline.attach(number, transmitter(number, port, devices));
        }
        table = new PortTable(entries);
        for (SwitchSettings.StaticMac entry : settings.staticMacs()) {
            Integer number = numbers.get(entry.port());
            if (number != null) {
                pipeline.bindMac(entry.mac(), entry.vlan(), number, 0);
            }
        }
        PortSet present = new PortSet();
        numbers.values().forEach(present::add);
        pipeline.keepPorts(present);
    }

    private Transmitter transmitter(int number, PortSettings port, @Nullable TunnelDevices devices) {
        if (devices != null && port.type() == PortSettings.Type.ESP) {
            PortDevice device = devices.open(number, port);
            tunnels.put(number, device);
            return device.transmitter(pipeline.counters(), true);
        }
        RecordingTransmitter recording = new RecordingTransmitter(number, pipeline.counters());
        transmitters.put(number, recording);
        return recording;
    }

    /** Judges every frame by this epoch from the next one on. */
    public void policy(Policy epoch) {
        policy = epoch;
    }

    /** As {@link Switch#drainDenies}. */
    public int drainDenies(DenyHandler handler) {
        pipeline.denies().handOver();
        return pipeline.denies().drain(handler);
    }

    /** As {@link Switch#drainFlows}. */
    public int drainFlows(FlowHandler handler) {
        return pipeline.flows().drain(handler);
    }

    /** As {@link Switch#sessions}. */
    public List<SessionInfo> sessions(int limit) {
        String[] names = numbers.keySet().toArray(String[]::new);
        SessionReader reader = pipeline.sessions(limit, number -> number < names.length ? names[number] : null);
        boolean more = true;
        while (more) {
            more = reader.readSlice(nowNs);
        }
        return reader.found();
    }

    /** Ends the sessions of a port, as when it is removed. */
    public void flushSessions(String portName) {
        pipeline.flushSessions(number(portName));
    }

    /** Lets time pass without a frame: what housekeeping does until then. */
    public Map<String, List<byte[]>> pass(long timeNs) {
        begin(timeNs);
        pipeline.housekeeping(nowNs);
        return sent();
    }

    /** What became of a frame, and what each port sent because of it. */
    public record Result(FrameOutcome outcome, Map<String, List<byte[]>> sent) {}

    /**
     * Lets a frame arrive.
     *
     * @param portName port it arrives on
     * @param frame bytes from the destination MAC address on
     * @param timeNs its time in ns; never before that of the frame before
     * @throws IllegalArgumentException when there is no such port
     */
    public Result receive(String portName, byte[] frame, long timeNs) {
        int port = number(portName);
        begin(timeNs);
        batch.reset(port, nowNs);
        int kept = Math.min(frame.length, PacketPool.RECEIVE_CAPACITY - VirtioNetHeader.LENGTH);
        long address = pipeline.pool().receiveAddress(0);
        slot.wrap(address, VirtioNetHeader.LENGTH + kept);
        slot.setMemory(0, VirtioNetHeader.LENGTH, (byte) 0);
        slot.putBytes(VirtioNetHeader.LENGTH, frame, 0, kept);
        batch.add(address + VirtioNetHeader.LENGTH, kept, 0);
        pipeline.process(batch);
        return result(portName, frame);
    }

    /**
     * Lets a batch arrive from a tunnel.
     *
     * @param portName an esp port whose device is open
     * @param timeNs its time in ns; never before that of the frame before
     * @return what each port that is no open tunnel sent because of it
     */
    public Map<String, List<byte[]>> poll(String portName, long timeNs) {
        int port = number(portName);
        PortDevice device = tunnels.get(port);
        if (device == null) {
            throw new IllegalArgumentException("port \"" + portName + "\" is no open tunnel");
        }
        begin(timeNs);
        batch.reset(port, nowNs);
        Receiver receiver = device.receiver();
        if (receiver.receive(batch, pipeline.pool()) > 0) {
            pipeline.process(batch);
        }
        receiver.release(batch);
        return sent();
    }

    private void begin(long timeNs) {
        nowNs = Math.max(nowNs, timeNs);
        pipeline.begin(table, policy, nowNs);
        if (++frames - housekeepingFrames >= PacketBatch.CAPACITY) {
            housekeepingFrames = frames;
            pipeline.housekeeping(nowNs);
        }
    }

    private Result result(String portName, byte[] frame) {
        Map<String, List<byte[]>> sent = sent();
        DropReason refused = newEgressDrop();
        DropReason reason = batch.dropReason(0) != DropReason.NONE ? DropReason.ofCode(batch.dropReason(0)) : null;
        if (reason == null && !batch.consumed(0) && sent.isEmpty()) {
            reason = refused;
        }
        CaptureVerdict verdict = reason != null
                ? CaptureVerdict.DROPPED
                : batch.consumed(0) ? CaptureVerdict.CONSUMED : CaptureVerdict.FORWARDED;
        String summary = FrameSummary.of(frame, frame.length);
        return new Result(
                new FrameOutcome(frames, portName, verdict, reason, List.copyOf(sent.keySet()), summary), sent);
    }

    private Map<String, List<byte[]>> sent() {
        Map<String, List<byte[]>> sent = new LinkedHashMap<>();
        numbers.forEach((name, number) -> {
            RecordingTransmitter recording = transmitters.get(number);
            List<byte[]> taken = recording == null ? List.of() : recording.take();
            if (!taken.isEmpty()) {
                sent.put(name, taken);
            }
        });
        return sent;
    }

    /** A reason for which some way out has refused a frame since the last call, null when none has. */
    private @Nullable DropReason newEgressDrop() {
        DropReason found = null;
        for (DropReason reason : DropReason.values()) {
            if (reason.atWayOut()) {
                long count = drops(reason);
                found = count > egressDrops[reason.code()] ? reason : found;
                egressDrops[reason.code()] = count;
            }
        }
        return found;
    }

    /** Frames dropped for that reason, at all ports together. */
    public long drops(DropReason reason) {
        long count = 0;
        for (int number : numbers.values()) {
            count += pipeline.counters().drops(number, reason.code());
        }
        return count;
    }

    /** A counter of {@link CounterTable}, of all ports together. */
    public long counter(int counter) {
        long count = 0;
        for (int number : numbers.values()) {
            count += pipeline.counters().read(number, counter);
        }
        return count;
    }

    /** A counter of {@link CounterTable}, of one port. */
    public long counter(String portName, int counter) {
        return pipeline.counters().read(number(portName), counter);
    }

    /** Frames dropped for that reason at one port. */
    public long drops(String portName, DropReason reason) {
        return pipeline.counters().drops(number(portName), reason.code());
    }

    private int number(String portName) {
        Integer number = numbers.get(portName);
        if (number == null) {
            throw new IllegalArgumentException("there is no port \"" + portName + "\"; ports are " + numbers.keySet());
        }
        return number;
    }

    @Override
    public void close() {
        pipeline.close();
        tunnels.values().forEach(PortDevice::close);
    }
}
