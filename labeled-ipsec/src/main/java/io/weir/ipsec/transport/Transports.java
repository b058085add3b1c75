package io.weir.ipsec.transport;

import io.weir.datapath.port.PortException;
import io.weir.kernel.KernelException;

/**
 * Opens transports.
 *
 * <p>Threading: any thread; sockets belong to the calling thread's network namespace.
 */
public final class Transports {
    private Transports() {}

    /**
     * The transport that the settings name.
     *
     * @throws PortException when the kernel refuses its socket, or the machine lacks what it needs
     */
    public static DatagramTransport open(TransportSettings settings) {
        try {
            return settings.encapsulation() == Encapsulation.RAW
                    ? RawTransport.open(settings)
                    : SocketTransport.open(settings);
        } catch (KernelException e) {
            throw new PortException("peer \"" + settings.peer() + "\": " + e.reason(), e.remedy());
        }
    }
}
