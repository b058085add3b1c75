package io.weir.datapath.port;

import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.CounterTable;
import io.weir.kernel.Errno;
import io.weir.kernel.NetworkNamespace;
import io.weir.kernel.Syscall;
import io.weir.kernel.netlink.RouteNetlink;
import io.weir.kernel.tuntap.Tap;

/**
 * A tap device that Weir makes: its other side is the interface of a namespace or container. Super-frames pass whole in both
 * directions, as the kernel's own offloads are on.
 *
 * <p>One read or write is one frame. A write runs the receiving side's stack before it returns, so there is nothing to flush.
 */
final class TapDevice implements PortDevice {
    // Frames up to here in one batch: more would push the frames read first out of the L2 cache before they are
    // written.
    private static final int BATCH_BYTES = 256 * 1024;

    private static final int DEFAULT_MTU = 1500;

    private final int number;
    private final @Nullable NetworkNamespace namespace;
    private final Tap tap;
    private final RouteNetlink netlink;
    private final int mtu;

    private TapDevice(
            int number, @Nullable NetworkNamespace namespace, RouteNetlink netlink, Tap tap, PortSettings settings) {
        this.number = number;
        this.namespace = namespace;
        this.netlink = netlink;
        this.tap = tap;
        this.mtu = settings.mtu() == 0 ? DEFAULT_MTU : settings.mtu();
    }

    /**
     * Makes the tap and programs it.
     *
     * @throws PortException when its namespace does not exist, or it does not take the MTU
     * @throws io.weir.kernel.KernelException when the kernel refuses
     */
    static TapDevice open(int number, PortSettings settings) {
        NetworkNamespace namespace = HostInterface.open(settings);
        RouteNetlink netlink = null;
        try {
            netlink = RouteNetlink.open(namespace);
            Tap tap = Tap.open(settings.device(), namespace, true);
            TapDevice device = new TapDevice(number, namespace, netlink, tap, settings);
            try {
                device.program(settings);
            } catch (RuntimeException e) {
                tap.close();
                throw e;
            }
            return device;
        } catch (RuntimeException e) {
            HostInterface.closeAll(netlink, namespace);
            throw e;
        }
    }

    private void program(PortSettings settings) {
        if (netlink.mtu(tap.ifIndex(), mtu) < 0) {
            throw new PortException(
                    "port \"" + settings.name() + "\": a tap does not take an MTU of " + mtu, "choose 68 to 9216");
        }
        // A tap that someone else made has the address that they chose.
        if (!tap.persistent()) {
            Errno.require(
                    tap.hardwareAddress(TapAddress.of(settings.name())),
                    "set the MAC address of tap " + tap.name(),
                    "run as root");
        }
    }

    /** An interface that was not taken up, or was deleted from outside, with its namespace perhaps. */
    @Override
    public Link link() {
        return HostInterface.link(namespace, netlink, tap.ifIndex());
    }

    @Override
    public String io() {
        return "tap";
    }

    @Override
    public int interfaceIndex() {
        return tap.ifIndex();
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public Receiver receiver() {
        return new TapReceiver(tap.fd());
    }

    @Override
    public Transmitter transmitter(CounterTable counters, boolean owner) {
        return new TapTransmitter(number, tap.fd(), counters);
    }

    @Override
    public void close() {
        tap.close();
        HostInterface.closeAll(netlink, namespace);
    }

    private static final class TapReceiver implements Receiver {
        private final int fd;
        // Frames that the kernel had and could not hand over; one writer, the worker.
        private final AtomicLong unreceivable = new AtomicLong();

        TapReceiver(int fd) {
            this.fd = fd;
        }

        @Override
        public int receive(PacketBatch batch, PacketPool pool) {
            int bytes = 0;
            for (int i = 0; i < PacketBatch.CAPACITY && bytes < BATCH_BYTES; i++) {
                long address = pool.receiveAddress(i);
                long length = Syscall.read(fd, address, PacketPool.RECEIVE_CAPACITY);
                if (length < VirtioNetHeader.LENGTH) {
                    return i == 0 && length < 0 ? failed((int) length) : i;
                }
                batch.add(address + VirtioNetHeader.LENGTH, (int) length - VirtioNetHeader.LENGTH, i);
                bytes += (int) length;
            }
            return batch.count();
        }

        /** A frame that the kernel cannot hand over is dropped by it, and no reason to take the device away. */
        private int failed(int error) {
            if (EgressReason.deviceGone(error)) {
                return GONE;
            }
            if (error != -Errno.EINTR) {
                unreceivable.lazySet(unreceivable.get() + 1);
            }
            return 0;
        }

        @Override
        public long kernelDrops() {
            return unreceivable.get();
        }

        @Override
        public int pollDescriptor() {
            return fd;
        }
    }

    private static final class TapTransmitter implements Transmitter {
        private final int number;
        private final int fd;
        private final CounterTable counters;
        private Refusals refusals = Refusals.NONE;

        TapTransmitter(int number, int fd, CounterTable counters) {
            this.number = number;
            this.fd = fd;
            this.counters = counters;
        }

        @Override
        public int offloads() {
            return TAKES_ALL;
        }

        @Override
        public void transmit(long address, int length) {
            long written = Syscall.write(fd, address - VirtioNetHeader.LENGTH, length + VirtioNetHeader.LENGTH);
            if (written > 0) {
                counters.add(number, CounterTable.TX_FRAMES, 1);
                counters.add(number, CounterTable.TX_BYTES, length);
                return;
            }
            int reason = EgressReason.of((int) written);
            counters.drop(number, reason);
            refusals.refused(address, length, reason);
        }

        @Override
        public void flush() {}

        @Override
        public void tell(Refusals refusals) {
            this.refusals = refusals;
        }
    }
}
