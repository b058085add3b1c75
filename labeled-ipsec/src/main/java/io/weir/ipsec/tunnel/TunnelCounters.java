package io.weir.ipsec.tunnel;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a tunnel counts beside its port.
 *
 * <p>Threading: one writer, the worker; any thread reads.
 */
final class TunnelCounters {
    /** Datagrams handed to the network. */
    static final int SENT = 0;
    /** Datagrams that the network did not take. */
    static final int REFUSED = 1;
    /** Datagrams from the peer, those in coalesced messages each for itself. */
    static final int RECEIVED = 2;
    /** NAT keepalives from the peer (RFC 3948 section 2.3). */
    static final int KEEPALIVES = 3;
    /** IKE messages from the peer (RFC 3948 section 2.2), which nobody here speaks. */
    static final int IKE_MESSAGES = 4;
    /** TCP segments that were added to a super-frame. */
    static final int COALESCED = 5;
    /** ICMP errors that senders were told by. */
    static final int ICMP_ERRORS = 6;
    /** ARP packets and neighbour-discovery messages of the tunnel's own. */
    static final int NEIGHBOUR_MESSAGES = 7;
    /** Times that the network could not be read. */
    static final int RECEIVE_ERRORS = 8;

    private static final int COUNTERS = 9;

    private final AtomicLongArray counts = new AtomicLongArray(COUNTERS);

    void add(int counter, long count) {
        counts.lazySet(counter, counts.getPlain(counter) + count);
    }

    long read(int counter) {
        return counts.get(counter);
    }
}
