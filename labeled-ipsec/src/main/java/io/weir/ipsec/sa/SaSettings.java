package io.weir.ipsec.sa;

/**
 * Everything an operator says about one SA (RFC 4301 section 4.4.2).
 *
 * @param direction as seen from this host
 * @param spi 256 up, unsigned: RFC 4303 section 2.1 reserves the lower ones
 * @param level number of the security level of all its packets, 0 for none
 * @param context the label as text, for people and logs; empty for none
 * @param esn whether sequence numbers have 64 bits (RFC 4303 section 2.2.1)
 * @param replayWindow packets, a multiple of 64 up to 4,096; inbound only
 * @param tfcLength bytes that each inner packet is padded to at least (RFC 4303 section 2.7), 0 for none; outbound only
 */
public record SaSettings(
        Direction direction,
        int spi,
        int level,
        String context,
        EspCipher cipher,
        SaKey key,
        boolean esn,
        int replayWindow,
        int tfcLength,
        Lifetime lifetime) {
    /** Window of a new SA. */
    public static final int DEFAULT_REPLAY_WINDOW = 4096;

    /** Which way the packets of an SA go. */
    public enum Direction {
        INBOUND,
        OUTBOUND
    }
}
