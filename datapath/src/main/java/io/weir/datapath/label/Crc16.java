package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;

import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * The CRC of CALIPSO options, RFC 5570 section 5.1: that of HDLC (RFC 1662 section C.2), least significant bit first.
 *
 * <p>Threading: stateless.
 */
final class Crc16 {
    private static final int POLYNOMIAL = 0x8408;
    private static final int BEGIN = 0xFFFF;

    private static final int[] TABLE = new int[256]; // [next byte ^ low byte of the remainder]

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int remainder = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                remainder = remainder >>> 1 ^ ((remainder & 1) == 0 ? 0 : POLYNOMIAL);
            }
            TABLE[i] = remainder;
        }
    }

    private Crc16() {}

    /** CRC, 0 to 65,535, of {@code length} bytes at {@code offset}, with the two bytes at {@code field} taken for zero. */
    static int of(UnsafeBuffer view, int offset, int length, int field) {
        int remainder = BEGIN;
        for (int at = offset; at < offset + length; at++) {
            int next = at == field || at == field + 1 ? 0 : u8(view, at);
            remainder = remainder >>> Byte.SIZE ^ TABLE[(remainder ^ next) & 0xFF];
        }
        return ~remainder & 0xFFFF;
    }
}
