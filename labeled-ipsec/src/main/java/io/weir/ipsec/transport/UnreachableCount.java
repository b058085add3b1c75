package io.weir.ipsec.transport;

import java.util.concurrent.atomic.AtomicLong;

import io.weir.kernel.Errno;

/**
 * Counts ICMP errors which say that nobody listens at the peer. The kernel answers one call of a connected socket with each; several that
 * come before the next call are one. Anybody on the path can forge them, so that nothing but this count may follow.
 *
 * <p>Threading: written by the worker, read by any thread.
 */
final class UnreachableCount {
    // Of a parameter problem, by which IPv6 refuses a protocol.
    private static final int EPROTO = 71;

    private final AtomicLong count = new AtomicLong();

    /** A call ended with that error number, which is any. */
    void failed(int errno) {
        if (errno == Errno.ECONNREFUSED || errno == Errno.ENOPROTOOPT || errno == EPROTO) {
            count.lazySet(count.getPlain() + 1);
        }
    }

    long read() {
        return count.get();
    }
}
