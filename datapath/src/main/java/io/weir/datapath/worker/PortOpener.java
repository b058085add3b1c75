package io.weir.datapath.worker;

import java.util.function.Consumer;

import io.weir.datapath.port.Devices;
import io.weir.datapath.port.PortDevice;
import io.weir.datapath.port.PortException;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.TunnelDevices;
import io.weir.datapath.replay.PcapDevice;
import io.weir.kernel.Errno;
import io.weir.kernel.KernelException;

/** Opens what a port's settings ask for: an interface of the kernel, files, or a tunnel. */
final class PortOpener {
    private final TunnelDevices tunnels;

    PortOpener(TunnelDevices tunnels) {
        this.tunnels = tunnels;
    }

    /**
     * Opens the device and hands it to {@code attach}; should that fail, the device is closed again.
     *
     * @throws PortException when the device cannot be opened or attached; nothing is left of it then
     */
    PortDevice open(int number, PortSettings settings, Consumer<PortDevice> attach) {
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

    private PortDevice device(int number, PortSettings settings) {
        return switch (settings.type()) {
            case PCAP -> new PcapDevice(number, settings);
            case ESP -> tunnels.open(number, settings);
            case TAP, NETDEV -> Devices.open(number, settings);
        };
    }
}
