package io.weir.datapath.port;

import io.weir.kernel.KernelException;

/** Chooses how frames move through an existing interface. */
final class NetdevDevices {
    private NetdevDevices() {}

    /**
     * Takes the interface over and opens sockets on it.
     *
     * @throws PortException when the interface does not exist or cannot be used
     * @throws KernelException when the kernel refuses
     */
    static PortDevice open(int number, PortSettings settings) {
        HostInterface device = HostInterface.take(settings);
        try {
            return switch (settings.io()) {
                case PACKET -> new PacketDevice(number, device);
                case XDP -> new XdpDevice(number, device);
                case AUTO -> device.losesOffloadsWithXdp() ? new PacketDevice(number, device) : auto(number, device);
            };
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private static PortDevice auto(int number, HostInterface device) {
        try {
            return new XdpDevice(number, device);
        } catch (KernelException e) {
            return new PacketDevice(number, device);
        }
    }
}
