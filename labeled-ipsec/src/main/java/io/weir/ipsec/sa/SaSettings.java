package io.weir.ipsec.sa;

import java.util.Locale;

/**
 * Everything an operator says about one SA (RFC 4301 section 4.4.2). The constructor refuses what no SA can be, and says why.
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

    /** Lowest SPI that is not reserved. */
    public static final int MIN_SPI = 256;

    /** Longest packet that an SA can pad to. */
    public static final int MAX_TFC_LENGTH = 65_535;

    /** Which way the packets of an SA go. */
    public enum Direction {
        INBOUND,
        OUTBOUND;

        /** As {@code weir.yaml} writes it. */
        public String label() {
            return this == INBOUND ? "in" : "out";
        }
    }

    public SaSettings {
        String name = name(direction, spi);
        require(Integer.compareUnsigned(spi, MIN_SPI) >= 0, name, "the SPI must be 256 or more");
        require(
                key.length() == cipher.keyMaterialLength(),
                name,
                "a key of " + cipher.label() + " must have " + cipher.keyMaterialLength()
                        + " bytes with its salt or authentication key: has " + key.length());
        require(level >= 0, name, "the level must be 0 or more: was " + level);
        if (direction == Direction.INBOUND) {
            require(
                    replayWindow > 0 && replayWindow <= ReplayWindow.MAX_PACKETS && replayWindow % Long.SIZE == 0,
                    name,
                    "the replay window must be a multiple of 64 from 64 to 4096: was " + replayWindow);
            require(tfcLength == 0, name, "packets are padded by the side that sends them: leave tfc away");
        }
        require(
                tfcLength >= 0 && tfcLength <= MAX_TFC_LENGTH,
                name,
                "tfc must be 0 (none) to " + MAX_TFC_LENGTH + " bytes: was " + tfcLength);
    }

    /** Such as {@code "out SA 0x1001"}, for messages. */
    public String name() {
        return name(direction, spi);
    }

    static String name(Direction direction, int spi) {
        return String.format(Locale.ROOT, "%s SA 0x%x", direction.label(), spi);
    }

    private static void require(boolean holds, String name, String message) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + message);
        }
    }
}
