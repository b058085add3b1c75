package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The checksum of SCTP, CRC32c over common header and chunks, RFC 9260 section 6.8 and appendix A.
 *
 * <p>Threading: stateless; the table is never written after class initialisation.
 */
public final class SctpChecksum {
    // The generator polynomial 0x1EDC6F41, bits reversed.
    private static final int POLYNOMIAL = 0x82F6_3B78;

    private static final int[] TABLE = new int[256]; // [next byte ^ low byte of the remainder]

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int remainder = i;
            for (int bit = 0; bit < 8; bit++) {
                remainder = (remainder >>> 1) ^ ((remainder & 1) == 0 ? 0 : POLYNOMIAL);
            }
            TABLE[i] = remainder;
        }
    }

    private SctpChecksum() {}

    /** Writes the checksum of the packet of {@code length} bytes, 12 or more, at {@code offset}. */
    public static void write(UnsafeBuffer view, int offset, int length) {
        view.putInt(offset + SctpHeader.CHECKSUM_OFFSET, 0);
        view.putInt(offset + SctpHeader.CHECKSUM_OFFSET, crc32c(view, offset, length), LITTLE_ENDIAN);
    }

    static int crc32c(UnsafeBuffer view, int offset, int length) {
        int remainder = -1;
        for (int i = offset; i < offset + length; i++) {
            remainder = (remainder >>> 8) ^ TABLE[(remainder ^ view.getByte(i)) & 0xFF];
        }
        return ~remainder;
    }
}
