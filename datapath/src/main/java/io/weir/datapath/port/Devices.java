package io.weir.datapath.port;

import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;

/** Opens the device that a port's settings ask for. */
public final class Devices {
    private Devices() {}

    /**
     * Opens and programs the device.
     *
     * @param number port number that the device counts under
     * @throws PortException when it cannot be opened: {@link DeviceMissing} when there is no such interface (yet)
     */
    public static PortDevice open(int number, PortSettings settings) {
        try {
            return switch (settings.type()) {
                case TAP -> new TapDevice(number, settings);
                case NETDEV -> NetdevDevices.open(number, settings);
                case PCAP -> throw new PortException("pcap", "no");
            };
        } catch (KernelException e) {
            throw new PortException(
                    "port \"" + settings.name() + "\": " + e.operation() + " failed: " + Errno.describe(e.errno()),
                    e.remedy());
        }
    }
}
