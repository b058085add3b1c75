package io.weir.datapath.port;

/**
 * A way out: one per port and worker, so that no two threads share it. It counts what it sent, and what it dropped with the
 * reasons of the stage "egress", or of "esp-encrypt" where it is a tunnel's, in the worker's counters.
 *
 * <p>Threading: called by one worker.
 */
public interface Transmitter {
    /** The way out completes checksums. */
    int TAKES_CHECKSUM = 1;
    /** The way out segments TCP. */
    int TAKES_TSO = 1 << 1;
    /** The way out segments UDP. */
    int TAKES_USO = 1 << 2;
    /** All offloads. */
    int TAKES_ALL = TAKES_CHECKSUM | TAKES_TSO | TAKES_USO;

    /** The {@code TAKES_...} bits of this way out. */
    int offloads();

    /**
     * Whether the way out judges by itself whether a frame is too large, as it can cut it smaller, or tells its sender: the port's MTU
     * is not looked at then.
     */
    default boolean judgesSize() {
        return false;
    }

    /**
     * Sends a frame, now or with the next {@link #flush}. The frame and its virtio-net header must not change before that,
     * unless the way out takes no offloads: such a one copies at once.
     *
     * @param address the frame's first byte; its virtio-net header stands in front
     * @param length bytes
     */
    void transmit(long address, int length);

    /**
     * As {@link #transmit(long, int)}, of a frame at a security level. A way out that carries levels sends it so that the other end
     * learns of it; to all others it is a frame like any.
     *
     * @param label number of the level, 0 for none
     */
    default void transmit(long address, int length, int label) {
        transmit(address, length);
    }

    /** Sends what is waiting. */
    void flush();

    /** Whom to tell of each frame that the way out refuses, beside counting it. */
    default void tell(Refusals refusals) {}

    /** Hears of frames that a way out refused. */
    interface Refusals {
        /** Nobody hears. */
        Refusals NONE = (address, length, reasonCode) -> {};

        /** The frame at that address was dropped, for a reason that counts at ways out. */
        void refused(long address, int length, int reasonCode);
    }
}
