package io.weir.datapath.port;

/** Opens the devices of esp ports, of which the datapath knows no more than that they receive and transmit labelled frames. */
public interface TunnelDevices {
    /** A switch without tunnels: every esp port is refused. */
    TunnelDevices NONE = (number, settings) -> {
        throw new PortException(
                "port \"" + settings.name() + "\": this switch has no peer \"" + settings.device() + '"',
                "name a peer of the configuration");
    };

    /**
     * Opens the tunnel to the peer that {@link PortSettings#device} names.
     *
     * @param number port number that the device counts under
     * @throws PortException when there is no such peer, or its addresses cannot be used; {@link PortException#deviceMissing} when
     *     nothing is wrong but that the host does not have the local address, or no route to the peer, yet: then the port waits for it
     */
    PortDevice open(int number, PortSettings settings);
}
