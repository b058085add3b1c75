package io.weir.datapath.worker;

import java.util.function.Consumer;

import io.weir.datapath.port.Devices;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.replay.PcapDevice;
import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;

/** Opens what a port's settings ask for: an interface of the kernel, or files. */
final class PortOpener {
    private PortOpener() {}

    /**
     * Opens the device and hands it to {@code attach}; should that fail, the device is closed again.
     *
     * @throws PortException when the device cannot be opened or attached; nothing is left of it then
     */
    static PortDevice open(int number, PortSettings settings, Consumer<PortDevice> attach) {
        try {
            PortDevice device = device(number, settings);
            try {
                attach.accept(device);
            } catch (WorkerStuckException e) {
                // The worker may yet get hold of the device, so it stays open.
                throw e;
            } catch (RuntimeException e) {
                device.close();
                throw e;
            }
            return device;
        } catch (KernelException e) {
            throw new PortException(
                    "port \"" + settings.name() + "\": " + e.operation() + " failed: " + Errno.describe(e.errno()),
                    e.remedy());
        }
    }

    private static PortDevice device(int number, PortSettings settings) {
        return settings.type() == PortSettings.Type.PCAP
                ? new PcapDevice(number, settings)
                : Devices.open(number, settings);
    }
}
