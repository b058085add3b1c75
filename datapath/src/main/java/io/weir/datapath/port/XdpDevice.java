package io.weir.datapath.port;

import java.util.ArrayList;
import java.util.List;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.packetsocket.PacketSocket;
import io.weir.kernel.packetsocket.PacketSocketOptions;
import io.weir.kernel.xdp.Umem;
import io.weir.kernel.xdp.XdpProgram;
import io.weir.kernel.xdp.XdpSocket;

/**
 * An existing interface, over AF_XDP: most frames per second, but no super-frames and no offloads.
 *
 * <p>One socket per receive queue, each with packet memory of its own. The worker that owns the port sends by the sockets
 * too; the other workers send by AF_PACKET, as a ring has one producer.
 */
final class XdpDevice implements PortDevice {
    static final int RING_SIZE = 2048;
    static final int FRAME_BYTES = 4096;
    /** Frames of a queue's umem: one ring full on its way in, one on its way out. */
    static final int FRAMES = 2 * RING_SIZE;

    private static final int MAX_QUEUES = 64;

    private final int number;
    private final HostInterface device;
    private final XdpProgram program;
    private final List<XdpSocket> sockets = new ArrayList<>();
    private final List<Umem> umems = new ArrayList<>();
    private final List<PacketSocketTransmitter> others = new ArrayList<>();
    private final XdpReceiver receiver;

    /** Takes the interface over; it closes with this device, unless this constructor throws. */
    XdpDevice(int number, HostInterface device) {
        this.number = number;
        this.device = device;
        this.program = XdpProgram.attach(device.namespace(), device.index(), Math.min(device.queues(), MAX_QUEUES));
        try {
            openQueues();
            this.receiver = new XdpReceiver(sockets, umems);
        } catch (RuntimeException e) {
            closeSockets();
            throw e;
        }
    }

    private void openQueues() {
        int queue = 0;
        while (queue < Math.min(device.queues(), MAX_QUEUES) && openQueue(queue)) {
            queue++;
        }
        if (queue == MAX_QUEUES && device.queues() > MAX_QUEUES) {
            throw new PortException(
                    "interface " + device.name() + " uses more than " + MAX_QUEUES
                            + " receive queues, and frames of the others would be lost",
                    "use io: packet, or fewer queues: ethtool -L " + device.name() + " combined " + MAX_QUEUES);
        }
    }

    /** False when the interface has no such queue in use: veth allocates more than it runs. */
    private boolean openQueue(int queue) {
        Umem umem = new Umem(Memory.map((long) FRAMES * FRAME_BYTES), (long) FRAMES * FRAME_BYTES, FRAME_BYTES, 0);
        umems.add(umem);
        try {
            XdpSocket socket = XdpSocket.open(umem, device.namespace(), device.index(), queue, RING_SIZE, true);
            sockets.add(socket);
            Errno.require(program.register(socket), "steer queue " + queue + " of " + device.name(), "check dmesg");
            return true;
        } catch (KernelException e) {
            if (queue > 0 && e.errno() == -Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void requireServes(PortSettings changed) {
        NetdevDevices.requireTagsVisible(device, changed);
    }

    @Override
    public Link link() {
        return device.link();
    }

    @Override
    public String io() {
        return program.mode() == XdpProgram.Mode.NATIVE ? "xdp-native" : "xdp-generic";
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
        if (owner) {
            return new XdpTransmitter(number, sockets.getFirst(), umems.getFirst(), counters);
        }
        PacketSocketTransmitter transmitter = new PacketSocketTransmitter(
                number, PacketSocket.open(PacketSocketOptions.sending(device.index(), device.namespace())), counters);
        others.add(transmitter);
        return transmitter;
    }

    @Override
    public void close() {
        receiver.close();
        closeSockets();
        others.forEach(PacketSocketTransmitter::close);
        device.close();
    }

    private void closeSockets() {
        program.close();
        sockets.forEach(XdpSocket::close);
        umems.forEach(umem -> Memory.unmap(umem.address(), (long) FRAMES * FRAME_BYTES));
    }
}
