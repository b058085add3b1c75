package io.weir.datapath.port;

import io.weir.kernel.KernelException;

/** Opens the kernel's interface that a port's settings ask for. */
public final class Devices {
    private Devices() {}

    /**
     * Opens and programs the device.
     *
     * @param number port number that the device counts under
     * @throws PortException when it cannot be as asked for; {@link PortException#deviceMissing()} when only the interface or
     * its namespace does not exist (yet)
     * @throws KernelException when the kernel refuses
     */
    public static PortDevice open(int number, PortSettings settings) {
        return settings.type() == PortSettings.Type.TAP
                ? TapDevice.open(number, settings)
                : NetdevDevices.open(number, settings);
    }
}
