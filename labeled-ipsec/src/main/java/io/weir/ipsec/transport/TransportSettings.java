package io.weir.ipsec.transport;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * What a {@link DatagramTransport} needs to know of a tunnel.
 *
 * <p>Threading: immutable.
 *
 * @param peer name of the peer, for messages
 * @param local address of this host
 * @param remote address of the peer, of the same family
 * @param port UDP port of both sides, 1 to 65,535; of no meaning for RAW
 * @param transport of no meaning for RAW
 * @param dontFragment whether packets may not be fragmented on their path
 */
public record TransportSettings(
        String peer,
        InetAddress local,
        InetAddress remote,
        Encapsulation encapsulation,
        int port,
        Transport transport,
        boolean dontFragment) {
    private static final int PORT_MAX = 65_535;

    public TransportSettings {
        if (local.getClass() != remote.getClass()) {
            throw new IllegalArgumentException("peer \"" + peer + "\": local " + local.getHostAddress() + " and remote "
                    + remote.getHostAddress() + " are of different families; give two of one");
        }
        if (encapsulation == Encapsulation.UDP && (port < 1 || port > PORT_MAX)) {
            throw new IllegalArgumentException("peer \"" + peer + "\": port must be 1 to 65535: was " + port);
        }
    }

    boolean ipv6() {
        return local instanceof Inet6Address;
    }
}
