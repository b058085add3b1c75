package io.weir.ipsec.tunnel;

import io.weir.ipsec.transport.DatagramTransport;

/**
 * Largest ESP packet that the path takes. The kernel keeps the path's MTU (RFC 1191, RFC 8201); it is asked once a second, and when
 * it has refused a datagram for its size.
 *
 * <p>Threading: one worker; {@link #bytes} any thread.
 */
final class PathMtu {
    private static final long ASK_AGAIN_NS = 1_000_000_000L;

    private final DatagramTransport transport;
    private long askedNs;
    // One writer, the worker; the control thread reads it for the status.
    private volatile int bytes;
    private int espMax;

    PathMtu(DatagramTransport transport, long nowNs) {
        this.transport = transport;
        ask(nowNs);
    }

    /** Bytes of an ESP packet at most. */
    int espMax(long nowNs) {
        if (nowNs - askedNs >= ASK_AGAIN_NS) {
            ask(nowNs);
        }
        return espMax;
    }

    /** Asks the kernel. */
    void ask(long nowNs) {
        askedNs = nowNs;
        int found = transport.pathMtu();
        espMax = found - transport.headerLength();
        if (found != bytes) {
            bytes = found;
        }
    }

    /** Bytes of an IP packet at most, as of the last time it was asked. */
    int bytes() {
        return bytes;
    }
}
