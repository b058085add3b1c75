package io.weir.ipsec.esp;

import java.nio.ByteOrder;

import io.weir.kernel.Memory;

/**
 * Where the fields of an ESP packet lie, RFC 4303 section 2, and what is authenticated of them.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |               Security Parameters Index (SPI)                 |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                      Sequence Number                          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                     IV, 8 or 16 bytes                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                    Payload Data (variable)                    |
 *   +               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |               |     TFC Padding * (optional, variable)        |
 *   +-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                         |        Padding (0-255 bytes)        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                               |  Pad Length   | Next Header   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |             Integrity Check Value, 16 or 32 bytes             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Threading: none; static.
 */
final class EspHeader {
    /** SPI and sequence number. */
    static final int LENGTH = 8;

    static final int SEQUENCE_OFFSET = 4;

    /** Pad length and next header. */
    static final int TRAILER_LENGTH = 2;

    /** SPI and a sequence number of 64 bits. */
    static final int EXTENDED_AAD_LENGTH = 12;

    /** IPv4 and IPv6 in tunnel mode, RFC 4303 section 2.6. */
    static final int IPV4 = 4;

    static final int IPV6 = 41;

    /** Nothing: a dummy packet, RFC 4303 section 2.6. */
    static final int NONE = 59;

    /** Ethernet frames, RFC 8986 section 10.1. */
    static final int ETHERNET = 143;

    private static final boolean SWAPS = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private EspHeader() {}

    /** 32 bits in network order. */
    static int readInt(long address) {
        int value = Memory.readInt(address);
        return SWAPS ? Integer.reverseBytes(value) : value;
    }

    static void writeInt(long address, int value) {
        Memory.writeInt(address, SWAPS ? Integer.reverseBytes(value) : value);
    }

    /** 0 to 65,535. */
    static int readUnsignedShort(long address) {
        return (readByte(address) << Byte.SIZE) | readByte(address + 1);
    }

    /** 0 to 255. */
    static int readByte(long address) {
        return Memory.readByte(address) & 0xFF;
    }

    /**
     * Writes what is authenticated with an extended sequence number: SPI, high and low half for AEAD (RFC 4106 section 5, RFC 7634
     * section 2.1), and the high half last for encrypt-then-MAC (RFC 4303 section 2.2.1).
     */
    static void writeExtendedAad(long aad, boolean highLast, int spi, long sequence) {
        int high = (int) (sequence >>> Integer.SIZE);
        int low = (int) sequence;
        writeInt(aad, spi);
        writeInt(aad + SEQUENCE_OFFSET, highLast ? low : high);
        writeInt(aad + LENGTH, highLast ? high : low);
    }
}
