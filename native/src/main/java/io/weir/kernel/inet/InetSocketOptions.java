package io.weir.kernel.inet;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * What an {@link InetSocket} is opened with.
 *
 * <p>Threading: immutable.
 *
 * @param local address of this host that is bound
 * @param remote the only address that datagrams come from and go to, of the same family
 * @param port of both sides, 0 to 65,535; 0 for raw sockets
 * @param dontFragment datagrams longer than the path's MTU are refused with EMSGSIZE; otherwise they are fragmented
 * @param bufferBytes of the receive and of the send buffer, each; less when the process may not have that much
 */
public record InetSocketOptions(
        InetAddress local, InetAddress remote, int port, boolean dontFragment, int bufferBytes) {
    /** Holds what a 10 Gbit/s link delivers in 6 ms. */
    public static final int DEFAULT_BUFFER_BYTES = 8 << 20;

    private static final int PORT_MAX = 65_535;

    public InetSocketOptions {
        if (local.getClass() != remote.getClass()) {
            throw new IllegalArgumentException("local and remote must be of one family: were " + local.getHostAddress()
                    + " and " + remote.getHostAddress());
        }
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port must be 0 to 65535: was " + port);
        }
    }

    public InetSocketOptions(InetAddress local, InetAddress remote, int port) {
        this(local, remote, port, true, DEFAULT_BUFFER_BYTES);
    }

    public boolean ipv6() {
        return local instanceof Inet6Address;
    }
}
