package io.weir.datapath.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.Receiver;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.port.TunnelDevices;
import io.weir.kernel.EventFd;
import io.weir.kernel.Memory;

/**
 * Tunnels without another end: what arrives from them has the level, or is refused for the reason, that a test gives, and what
 * leaves is kept with its level.
 */
final class LabelledTunnels implements TunnelDevices {
    /** A frame that left by a tunnel. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Left(String port, int level, byte[] frame, int gsoSize) {}

    /** A frame that arrives from a tunnel. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Arriving(byte[] frame, int level, int reason, int gsoSize, boolean fromSwitch) {}

    private final Map<String, Tunnel> tunnels = new HashMap<>();
    private final List<Left> left = new ArrayList<>();
    private String missing = "";

    @Override
    public synchronized PortDevice open(int number, PortSettings settings) {
        if (settings.name().equals(missing)) {
            throw PortException.deviceMissing("no address", "add it");
        }
        Tunnel tunnel = new Tunnel(number, settings.name());
        tunnels.put(settings.name(), tunnel);
        return tunnel;
    }

    /** The port of that name finds its local address missing; none does when empty. */
    synchronized void missing(String port) {
        missing = port;
    }

    /** A frame of a level waits to be received. */
    void arrive(String port, byte[] frame, int level) {
        tunnel(port).waiting.add(new Arriving(frame, level, DropReason.NONE, 0, false));
    }

    /** As the other, of a frame that the tunnel has made itself. */
    void say(String port, byte[] frame, int level) {
        tunnel(port).waiting.add(new Arriving(frame, level, DropReason.NONE, 0, true));
    }

    /** As the other, of a TCP super-frame to be cut into segments of that size. */
    void arriveWhole(String port, byte[] frame, int level, int gsoSize) {
        tunnel(port).waiting.add(new Arriving(frame, level, DropReason.NONE, gsoSize, false));
    }

    /** A frame waits that the receiver will refuse. */
    void refuse(String port, byte[] frame, DropReason reason) {
        tunnel(port).waiting.add(new Arriving(frame, 0, reason.code(), 0, false));
    }

    private Tunnel tunnel(String port) {
        return Objects.requireNonNull(tunnels.get(port), port);
    }

    /** What has left by any tunnel since the last call. */
    List<Left> left() {
        List<Left> taken = List.copyOf(left);
        left.clear();
        return taken;
    }

    private final class Tunnel implements PortDevice, Receiver, Transmitter {
        private final int number;
        private final String name;
        private final Queue<Arriving> waiting = new ArrayDeque<>();
        private final VirtioNetHeader header = new VirtioNetHeader();
        private final EventFd wake = EventFd.create();
        private @Nullable CounterTable counters;

        Tunnel(int number, String name) {
            this.number = number;
            this.name = name;
        }

        @Override
        public Link link() {
            return Link.UP;
        }

        @Override
        public String io() {
            return "test";
        }

        @Override
        public int interfaceIndex() {
            return 0;
        }

        @Override
        public int mtu() {
            return 1400;
        }

        @Override
        public Receiver receiver() {
            return this;
        }

        @Override
        public Transmitter transmitter(CounterTable counters, boolean owner) {
            this.counters = counters;
            return this;
        }

        @Override
        public int receive(PacketBatch batch, PacketPool pool) {
            for (Arriving next = waiting.poll(); next != null; next = waiting.poll()) {
                int i = batch.count();
                long address = pool.receiveAddress(i) + VirtioNetHeader.LENGTH;
                Memory.copy(next.frame, 0, address, next.frame.length);
                header.wrapBefore(address).clear();
                if (next.gsoSize > 0) {
                    header.set(VirtioNetHeader.NEEDS_CHECKSUM, VirtioNetHeader.GSO_TCPV4, 54, next.gsoSize, 34, 16);
                }
                batch.add(address, next.frame.length, i);
                batch.label(i, next.level);
                batch.drop(i, next.reason);
                if (next.fromSwitch) {
                    batch.markFromSwitch(i);
                }
            }
            return batch.count();
        }

        @Override
        public int pollDescriptor() {
            return wake.fd();
        }

        @Override
        public int offloads() {
            return TAKES_ALL;
        }

        @Override
        public void transmit(long address, int length) {
            throw new AssertionError("a tunnel must know the level of each frame");
        }

        @Override
        public void transmit(long address, int length, int label) {
            byte[] frame = new byte[length];
            Memory.copy(address, frame, 0, length);
            left.add(new Left(name, label, frame, header.wrapBefore(address).gsoSize()));
            Objects.requireNonNull(counters).add(number, CounterTable.TX_FRAMES, 1);
            Objects.requireNonNull(counters).add(number, CounterTable.TX_BYTES, length);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            wake.close();
        }
    }
}
