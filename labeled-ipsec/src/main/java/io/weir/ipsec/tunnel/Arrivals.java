package io.weir.ipsec.tunnel;

import io.weir.ipsec.transport.DatagramTransport;

/**
 * Goes through received messages datagram by datagram; a message that the kernel has coalesced holds many.
 *
 * <p>Use: while {@link #hasNext}, look at the datagram, then {@link #advance}. What is left stays for the next batch.
 *
 * <p>Threading: one worker.
 */
final class Arrivals {
    private final DatagramTransport transport;
    private int messages;
    private int message;
    // Of the message under way.
    private int offset;
    private int messageLength;
    private int segment;

    Arrivals(DatagramTransport transport) {
        this.transport = transport;
    }

    /** Takes new messages; call it only when there is no next datagram. Returns how many, or a negative errno. */
    int receive() {
        int received = transport.receive();
        messages = Math.max(received, 0);
        message = 0;
        begin();
        return received;
    }

    private void begin() {
        offset = 0;
        if (message < messages) {
            messageLength = transport.length(message);
            segment = transport.segment(message);
        }
    }

    boolean hasNext() {
        return message < messages;
    }

    /** Address of the datagram's payload. */
    long address() {
        return transport.address(message) + offset;
    }

    /** Bytes of the datagram's payload. */
    int length() {
        int rest = messageLength - offset;
        return segment > 0 && segment < rest ? segment : rest;
    }

    /** DSCP and ECN of its outer header, or -1. */
    int trafficClass() {
        return transport.trafficClass(message);
    }

    /** On to the next datagram. */
    void advance() {
        offset += length();
        if (offset >= messageLength) {
            message++;
            begin();
        }
    }
}
