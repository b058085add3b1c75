package io.weir.datapath.port;

import java.util.Locale;

import io.weir.kernel.KernelException;

/** Chooses how frames move through an existing interface. */
final class NetdevDevices {
    // A 4 KiB frame of the umem without the 256 bytes that XDP keeps in front, Ethernet header and two tags.
    private static final int MAX_XDP_MTU = 4096 - 256 - 14 - 8;

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
                    losesTags(device, settings) || device.mtu() > MAX_XDP_MTU || device.losesOffloadsWithXdp()
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
        if (device.mtu() > MAX_XDP_MTU) {
            throw new PortException(
                    "port \"" + settings.name() + "\": AF_XDP takes packets of up to " + MAX_XDP_MTU
                            + " bytes, and the MTU of " + device.name() + " is " + device.mtu(),
                    "use io: packet, or a smaller mtu");
        }
        return new XdpDevice(number, device);
    }

    private static boolean losesTags(HostInterface device, PortSettings settings) {
        return settings.vlan().mode() != VlanSettings.Mode.ACCESS && (device.isVeth() || device.stripsTags());
    }

    /**
     * A veth, and a NIC with VLAN offload, keep the tag of a frame beside it, where XDP cannot see it. On a trunk the frame
     * would slip into the native VLAN, on a tunnel port it would lose its customer's tag, so that is refused; on an access
     * port it stays in the port's VLAN.
     *
     * @throws PortException for a trunk or tunnel over AF_XDP on such an interface
     */
    static void requireTagsVisible(HostInterface device, PortSettings settings) {
        if (losesTags(device, settings)) {
            throw new PortException(
                    "port \"" + settings.name() + "\": AF_XDP does not see the VLAN tags of " + device.name()
                            + ", and the port is a "
                            + settings.vlan().mode().name().toLowerCase(Locale.ROOT),
                    "use io: packet, or an access VLAN, or for a NIC: ethtool -K " + device.name() + " rxvlan off");
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
