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
                case XDP -> xdp(number, device, settings);
                case AUTO ->
                    losesTags(device, settings) || device.losesOffloadsWithXdp()
                            ? new PacketDevice(number, device)
                            : auto(number, device);
            };
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private static PortDevice xdp(int number, HostInterface device, PortSettings settings) {
        requireTagsVisible(device, settings);
        return new XdpDevice(number, device);
    }

    private static boolean losesTags(HostInterface device, PortSettings settings) {
        return device.isVeth() && settings.vlan().mode() == VlanSettings.Mode.TRUNK;
    }

    /**
     * A veth keeps the VLAN tag of a frame beside it, where XDP cannot see it. On a trunk the frame would slip into the native
     * VLAN, so that is refused; on an access or tunnel port it stays in the port's VLAN.
     *
     * @throws PortException for a trunk over AF_XDP on a veth
     */
    static void requireTagsVisible(HostInterface device, PortSettings settings) {
        if (losesTags(device, settings)) {
            throw new PortException(
                    "port \"" + settings.name() + "\": AF_XDP does not see the VLAN tags of veth " + device.name()
                            + ", and the port is a trunk",
                    "use io: packet, or an access VLAN");
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
