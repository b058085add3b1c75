package io.weir.control.config;

import java.util.Locale;

/** Security parameter indexes as text: decimal or, as other tools print them, hexadecimal. */
public final class SpiText {
    /** RFC 4303 section 2.1 reserves the lower ones. */
    public static final int MIN = 256;

    private SpiText() {}

    /**
     * The number that the text says, unsigned.
     *
     * @throws NumberFormatException when it is none, or not an SPI that an SA may have
     */
    public static int parse(String text) {
        long value = Long.decode(text.strip());
        if (value < MIN || value > 0xFFFF_FFFFL) {
            throw new NumberFormatException("an SPI is 256 to 4294967295");
        }
        return (int) value;
    }

    /** {@code 0x1001}. */
    public static String of(int spi) {
        return String.format(Locale.ROOT, "0x%x", spi);
    }
}
