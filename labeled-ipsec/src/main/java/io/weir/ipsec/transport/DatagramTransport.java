package io.weir.ipsec.transport;

/**
 * Datagrams to and from one peer: the payloads of UDP (RFC 3948) or of IP protocol 50. Sends and receives in batches, and lets the
 * kernel segment and coalesce where it can.
 *
 * <p>Threading: one worker; opened and closed by the control thread while no worker has it.
 */
public interface DatagramTransport extends AutoCloseable {
    /** Messages received at a time. */
    int RECEIVED_MAX = 16;

    /** Bytes of a message that was coalesced, at most. */
    int MESSAGE_MAX = 65_535;

    /** Bytes of one {@link #send}, at most: what IPv4 and UDP headers leave of the longest packet that the kernel segments. */
    int SEND_MAX = 65_492;

    /** Datagrams that every kernel makes of one {@link #send}. */
    int SEGMENTS_MAX = 64;

    /** Short name for people: {@code socket}, {@code epoll}, {@code io_uring}, {@code raw}. */
    String name();

    /** Whether {@link #send} takes more than one datagram at a time. */
    boolean segments();

    /** Most datagrams of one {@link #send}. */
    int maxSegments();

    /**
     * Queues datagrams that lie one after the other. The bytes must not change before {@link #flush} has returned.
     *
     * @param address of the first
     * @param length of all together
     * @param segment length of each but the last, which may be shorter
     * @param trafficClass DSCP and ECN of the outer header; a transport that cannot set them sends 0
     */
    void send(long address, int length, int segment, int trafficClass);

    /**
     * Sends what is queued.
     *
     * @return datagrams that the network below did not take; {@link #errno} says why
     */
    int flush();

    /** Why the last {@link #flush} failed, 0 when it did not. */
    int errno();

    /**
     * Receives without waiting. What was received before is gone then.
     *
     * @return messages, at most {@link #RECEIVED_MAX}, or negative errno
     */
    int receive();

    /** Address of a received message: of the UDP payload or the ESP packet. Valid until the next {@link #receive}. */
    long address(int message);

    /** Bytes of a received message. */
    int length(int message);

    /** Bytes of each datagram in the message but the last, which may be shorter; its length when it is one datagram. */
    int segment(int message);

    /** DSCP and ECN of the outer header, or -1 when the transport cannot tell. */
    int trafficClass(int message);

    /** A descriptor that polls readable when a message is there. */
    int pollDescriptor();

    /** Largest IP packet on the path to the peer in bytes, as the kernel knows it now. A system call: ask once a batch at most. */
    int pathMtu();

    /** Bytes that the network and transport headers below take of {@link #pathMtu}. */
    int headerLength();

    /** Messages that the kernel could not queue since the transport was opened, because receiving was too slow. Any thread. */
    default long drops() {
        return 0;
    }

    /**
     * Calls that failed of an ICMP error which says that nobody listens at the peer, since the transport was opened. It may be forged:
     * for people only. Any thread.
     */
    default long unreachable() {
        return 0;
    }

    @Override
    void close();
}
