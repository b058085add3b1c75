package io.weir.ipsec.tunnel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter;
import io.weir.ipsec.esp.EspInbound;
import io.weir.ipsec.esp.EspOutbound;
import io.weir.ipsec.sa.TrafficSelector;
import io.weir.ipsec.transport.DatagramTransport;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.Transport;
import io.weir.kernel.Memory;

/** One end of a tunnel, as a worker uses it. */
final class TunnelEnd implements AutoCloseable {
    static final int PORT = 3;
    private static final int FRAME_MAX = 66_000;

    /** A frame with what stands beside it in a batch. */
    @SuppressWarnings("ArrayRecordComponent") // never compared by value
    record Frame(byte[] bytes, int label, int dropReason, byte[] offload, boolean fromSwitch) {
        boolean dropped() {
            return dropReason != 0;
        }

        int gsoType() {
            return offload[1] & 0xFF;
        }

        int gsoSize() {
            return (offload[4] & 0xFF) | (offload[5] & 0xFF) << 8;
        }

        boolean needsChecksum() {
            return (offload[0] & 1) != 0;
        }
    }

    /** A frame that a way out refused. */
    record Refused(int length, int reason) {}

    final CounterTable counters = new CounterTable();
    final List<Refused> refused = new ArrayList<>();
    final TunnelDevice device;
    final TunnelParts parts;
    final Transmitter transmitter;
    private final PacketPool pool = new PacketPool();
    private final PacketBatch batch = new PacketBatch();
    private final long memory = Memory.map(FRAME_MAX);
    long nowNs = 1_000_000_000L;

    TunnelEnd(DatagramTransport transport, EspOutbound outbound, EspInbound inbound, TunnelSettings settings) {
        parts = TunnelParts.of(PORT, settings, outbound, inbound, transport, () -> nowNs);
        device = new TestDevice(parts);
        transmitter = device.transmitter(counters, true);
        transmitter.tell((address, length, reason) -> refused.add(new Refused(length, reason)));
    }

    /** A device whose link is as the test wants it. */
    static final class TestDevice extends TunnelDevice {
        boolean address = true;
        boolean outboundSa = true;

        TestDevice(TunnelParts parts) {
            super(parts);
        }

        @Override
        boolean hasAddress() {
            return address;
        }

        @Override
        boolean hasOutboundSa() {
            return outboundSa;
        }
    }

    static TunnelEnd ethernet(DatagramTransport transport, ClearEsp esp) {
        return new TunnelEnd(transport, esp, esp, settings(TunnelSettings.Payload.ETHERNET, true));
    }

    static TunnelSettings settings(TunnelSettings.Payload payload, boolean dontFragment, TrafficSelector... selectors) {
        return new TunnelSettings(
                "hv2",
                address("192.0.2.1"),
                address("192.0.2.2"),
                Encapsulation.UDP,
                4500,
                payload,
                Transport.AUTO,
                List.of(selectors),
                dontFragment,
                List.of());
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Transmits a frame that asks for nothing. */
    void transmit(byte[] frame, int label) {
        transmit(frame, label, 0, 0, 0, 0, 0);
    }

    void transmit(byte[] frame, int label, int flags, int gsoType, int gsoSize, int start, int offset) {
        long address = memory + VirtioNetHeader.LENGTH;
        new VirtioNetHeader().wrapBefore(address).set(flags, gsoType, 0, gsoSize, start, offset);
        Memory.copy(frame, 0, address, frame.length);
        transmitter.transmit(address, frame.length, label);
        transmitter.flush();
    }

    /** Bytes of the frame transmitted last, as they are now. */
    byte[] transmitted(int length) {
        byte[] bytes = new byte[length];
        Memory.copy(memory + VirtioNetHeader.LENGTH, bytes, 0, length);
        return bytes;
    }

    /** One batch. */
    List<Frame> receive() {
        batch.reset(PORT, nowNs);
        device.receiver().receive(batch, pool);
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < batch.count(); i++) {
            byte[] bytes = new byte[batch.length(i)];
            byte[] offload = new byte[VirtioNetHeader.LENGTH];
            Memory.copy(batch.address(i), bytes, 0, bytes.length);
            Memory.copy(batch.address(i) - VirtioNetHeader.LENGTH, offload, 0, offload.length);
            frames.add(new Frame(bytes, batch.label(i), batch.dropReason(i), offload, batch.fromSwitch(i)));
        }
        return frames;
    }

    /** Batches until one is empty and nothing is left that the tunnel holds ready. */
    List<Frame> receiveAll() {
        List<Frame> all = new ArrayList<>();
        List<Frame> frames;
        do {
            frames = receive();
            all.addAll(frames);
        } while (!frames.isEmpty() || device.receiver().pending());
        return all;
    }

    long sent() {
        return counters.read(PORT, CounterTable.TX_FRAMES);
    }

    long dropped(DropReason reason) {
        return counters.drops(PORT, reason.code());
    }

    /** Frames dropped for any reason. */
    long dropped() {
        long sum = 0;
        for (DropReason reason : DropReason.values()) {
            sum += dropped(reason);
        }
        return sum;
    }

    @Override
    public void close() {
        device.close();
        pool.close();
        Memory.unmap(memory, FRAME_MAX);
    }
}
