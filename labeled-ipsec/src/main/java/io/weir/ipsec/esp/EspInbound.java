package io.weir.ipsec.esp;

/**
 * Inbound processing (RFC 4303 section 3.4) of one tunnel: finds the SA by SPI, checks the window, authenticates, decrypts, moves the
 * window.
 *
 * <p>Threading: one worker.
 */
public interface EspInbound extends AutoCloseable {
    /**
     * Opens one ESP packet.
     *
     * @param packet address of its SPI; not changed
     * @param length bytes
     * @param out where the inner packet goes; room for {@code length} bytes
     * @param nowNs monotonic time
     * @return bytes of the inner packet without padding, or the negative code of a drop reason of the stage "esp-decrypt". All ways of
     *     not being authentic have one code
     */
    int open(long packet, int length, long out, long nowNs);

    /** Next header of the packet opened last. */
    int nextHeader();

    /** Number of the level of the SA that the packet opened last came on, 0 for none. */
    int level();

    /** Lets go of SAs that are there no more, though no packet may come. */
    default void idle() {}

    @Override
    default void close() {}
}
