package io.weir.datapath.port;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.PacketPool;

/**
 * Where the frames of one port come from.
 *
 * <p>Threading: called by the worker that owns the port.
 */
public interface Receiver {
    /** Returned by {@link #receive} when the device is gone: do not call again. */
    int GONE = -1;

    /**
     * Adds up to the batch's capacity of frames, each with its virtio-net header in front. Never waits.
     *
     * @return frames added, 0 when none was there, or {@link #GONE}
     */
    int receive(PacketBatch batch, PacketPool pool);

    /** The frames of the batch have left: their memory may be used again. */
    default void release(PacketBatch batch) {}

    /** Whether frames are there of which {@link #pollDescriptor} does not tell. */
    default boolean pending() {
        return false;
    }

    /** A descriptor that polls readable when a frame is there. */
    int pollDescriptor();

    /** Called a hundred times a second, whether frames come or not: for what must not wait for the next. */
    default void housekeeping(long nowNs) {}

    /** Frames that the kernel dropped before they could be read, since the port was opened. Any thread. */
    default long kernelDrops() {
        return 0;
    }
}
