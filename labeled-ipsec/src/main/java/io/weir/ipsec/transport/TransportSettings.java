package io.weir.ipsec.transport;

import java.net.Inet6Address;
import java.net.InetAddress;

import io.weir.kernel.inet.InetSocketOptions;

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
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int UDP_LENGTH = 8;

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

    /** Bytes of the headers in front of an ESP packet. */
    int headerLength() {
        return (ipv6() ? IPV6_LENGTH : IPV4_LENGTH) + (encapsulation == Encapsulation.UDP ? UDP_LENGTH : 0);
    }

    InetSocketOptions socketOptions() {
        int bound = encapsulation == Encapsulation.UDP ? port : 0;
        return new InetSocketOptions(local, remote, bound, dontFragment, InetSocketOptions.DEFAULT_BUFFER_BYTES);
    }
}
