package io.weir.ipsec.transport;

import io.weir.kernel.inet.InetSocket;

/**
 * The path MTU of a socket.
 *
 * <p>Threading: one worker.
 */
final class SocketMtu {
    private static final int ETHERNET_MTU = 1500;

    // Of the device that takes the place of one that went down (ETH_MIN_MTU). The socket keeps that route until it
    // sends, and into 68
    // bytes fits nothing to send.
    private static final int DEAD_ROUTE_MTU = 68;

    private final InetSocket socket;
    private int last = ETHERNET_MTU;

    SocketMtu(InetSocket socket) {
        this.socket = socket;
    }

    /** Bytes of the largest IP packet; the last that was known while there is no route. */
    int now() {
        int mtu = socket.mtu();
        if (mtu > DEAD_ROUTE_MTU) {
            last = mtu;
        }
        return last;
    }
}
