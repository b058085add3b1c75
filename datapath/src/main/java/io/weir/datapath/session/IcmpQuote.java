package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;

/**
 * The packet that an ICMP error quotes (RFC 792, RFC 4443 section 2.4): whose session it is about.
 *
 * <p>Threading: owned by one worker, and filled again per packet.
 */
public final class IcmpQuote {
    /** Whether the packet is an ICMP or ICMPv6 error, which quotes another. */
    public static boolean isError(PacketBatch batch, int i, UnsafeBuffer frame) {
        return false;
    }

    /**
     * Fills the key as of the quoted packet, when it is one that the error's receiver has sent.
     *
     * @param frame sees exactly the frame, whose packet is an {@link #isError error}
     * @return whether the quote is whole enough and true to itself
     */
    public boolean read(PacketBatch batch, int i, UnsafeBuffer frame, SessionKey key) {
        return false;
    }

    /** Whether the quoted packet is TCP and its sequence number is quoted. */
    public boolean hasSequence() {
        return false;
    }

    /** Sequence number of the quoted segment, when {@link #hasSequence}. */
    public int sequence() {
        return 0;
    }
}
