package io.weir.ipsec.transport;

import io.weir.kernel.inet.InetSocket;

/**
 * The path MTU of a socket.
 *
 * <p>Threading: one worker.
 */
final class SocketMtu {
    private static final int ETHERNET_MTU = 1500;

    private final InetSocket socket;
    private int last = ETHERNET_MTU;

    SocketMtu(InetSocket socket) {
        this.socket = socket;
    }

    /** Bytes of the largest IP packet; the last that was known while there is no route. */
    int now() {
        int mtu = socket.mtu();
        if (mtu > 0) {
            last = mtu;
        }
        return last;
    }
}
