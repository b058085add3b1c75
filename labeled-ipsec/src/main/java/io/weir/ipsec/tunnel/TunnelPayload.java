package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;

/**
 * What the packets of a tunnel hold, and what that demands at its ends.
 *
 * <p>Threading: one worker.
 */
interface TunnelPayload extends AutoCloseable {
    /** Answer of {@link #admit}: the tunnel took the frame for itself, so that nothing of it is sent. */
    int CONSUMED = -1;

    /** Bytes in front of the inner packet for the headers of a frame that enters the switch. */
    int headroom();

    /**
     * Looks at a frame before it is sealed, and makes of its headers what the peer shall see.
     *
     * @param level of the frame
     * @return {@link DropReason#NONE}, {@link #CONSUMED}, or the code of a reason of the stage "esp-encrypt"
     */
    int admit(InnerFrame frame, int level, long nowNs);

    /** The frame that was admitted is sealed: its headers become what they were, for others may send it too. */
    default void sealed(InnerFrame frame) {}

    /** Bytes of the frame in front of what is sealed. */
    int innerOffset(InnerFrame frame);

    /** Bytes that are sealed of a frame of that length with the headers of {@code frame}: of it, or of a part that was cut from it. */
    int innerLength(InnerFrame frame, int length);

    /** Next header of the ESP packet: 4, 41 or 143. */
    int nextHeader(InnerFrame frame);

    /**
     * Judges what was opened, and makes a frame of it.
     *
     * @param view begins {@link #headroom} bytes before the inner packet, and ends with it
     * @param nextHeader of the ESP packet
     * @return {@link DropReason#NONE}, or the code of a reason of the stage "esp-decrypt"
     */
    int deliver(UnsafeBuffer view, int nextHeader, int level, long nowNs);

    /**
     * Keeps the frame that {@link #deliver} has just refused as unreachable, until its host has answered; it becomes one of the
     * tunnel's own frames then, or when it has waited for too long. False when it is not kept.
     *
     * @param view as {@link #deliver} has left it
     */
    default boolean keep(UnsafeBuffer view, int nextHeader, int level, long nowNs) {
        return false;
    }

    /** Gives up frames that have been kept for too long. */
    default void expire(long nowNs) {}

    @Override
    default void close() {}
}
