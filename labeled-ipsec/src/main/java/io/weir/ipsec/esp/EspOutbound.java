package io.weir.ipsec.esp;

/**
 * Outbound processing (RFC 4303 section 3.3) of one tunnel: picks the SA by level equality, numbers, pads, encrypts, authenticates.
 *
 * <p>Threading: one worker.
 */
public interface EspOutbound extends AutoCloseable {
    /** Bytes at most that sealing adds to an inner packet, whatever its SA. */
    int MAX_OVERHEAD = 128;

    /**
     * Seals one inner packet or frame.
     *
     * @param level number of its security level; only an SA of exactly that level takes it
     * @param inner address of its first byte, in memory of the worker's; not changed, but the bytes behind it may be until this returns
     * @param innerLength bytes
     * @param nextHeader 4, 41 (RFC 4303 section 2.6) or 143 (RFC 8986: Ethernet)
     * @param out where the ESP packet goes, from its SPI on; room for {@code innerLength} or the SA's TFC length, and MAX_OVERHEAD;
     *     in no page of the inner packet's
     * @param nowNs monotonic time
     * @return length of the ESP packet, or the negative code of a drop reason of the stage "esp-encrypt"
     */
    int seal(int level, long inner, int innerLength, int nextHeader, long out, long nowNs);

    /** Largest inner packet whose ESP packet has at most so many bytes, for the SA of that level; negative code when there is none. */
    int innerCapacity(int level, int espLength);

    @Override
    default void close() {}
}
