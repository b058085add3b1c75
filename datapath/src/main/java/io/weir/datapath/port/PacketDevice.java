package io.weir.datapath.port;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.kernel.packetsocket.PacketSocket;
import io.weir.kernel.packetsocket.PacketSocketOptions;

/**
 * An existing interface, over AF_PACKET with virtio-net headers: super-frames pass whole in both directions.
 *
 * <p>One socket receives; each worker sends by a socket of its own that receives nothing.
 */
final class PacketDevice implements PortDevice {
    private final int number;
    private final HostInterface device;
    private final PacketSocketReceiver receiver;
    private final List<PacketSocketTransmitter> transmitters = new ArrayList<>();

    /** Takes the interface over; it closes with this device. */
    PacketDevice(int number, HostInterface device) {
        this.number = number;
        this.device = device;
        this.receiver = new PacketSocketReceiver(
                PacketSocket.open(PacketSocketOptions.receiving(device.index(), device.namespace())));
    }

    @Override
    public Link link() {
        return device.link();
    }

    @Override
    public String io() {
        return "packet";
    }

    @Override
    public int interfaceIndex() {
        return device.index();
    }

    @Override
    public int mtu() {
        return device.mtu();
    }

    @Override
    public Receiver receiver() {
        return receiver;
    }

    @Override
    public Transmitter transmitter(CounterTable counters, boolean owner) {
        PacketSocketTransmitter transmitter = new PacketSocketTransmitter(
                number, PacketSocket.open(PacketSocketOptions.sending(device.index(), device.namespace())), counters);
        transmitters.add(transmitter);
        return transmitter;
    }

    @Override
    public void close() {
        receiver.close();
        transmitters.forEach(PacketSocketTransmitter::close);
        device.close();
    }
}
