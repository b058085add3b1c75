package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.WireLevel;
import io.weir.datapath.port.WireLabelSettings;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * The Common Architecture Label IPv6 Security Option of one domain of interpretation (DOI), RFC 5570 section 5, as Linux reads
 * and writes it (net/ipv6/calipso.c, net/ipv6/exthdrs.c). It stands in a hop-by-hop options header, aligned to 4n + 2.
 *
 * <pre>
 *  0        1        2                 6        7        8                 10
 *  +--------+--------+-----------------+--------+--------+-----------------+------------
 *  | 7      | length | DOI             | words  | level  | CRC, low byte 1.| bitmap of 4 * words bytes
 *  +--------+--------+-----------------+--------+--------+-----------------+------------
 * </pre>
 *
 * The length is that of what follows it. Bit 0 of the bitmap's first byte (0x80) is category 0.
 *
 * <p>Threading: immutable.
 */
public final class CalipsoOption {
    /** Type octet: skipped by who does not know it, not changed on the way. */
    public static final int TYPE = 7;

    /** Bytes of the longest option that is written: all categories of a {@link WireLevel}. */
    public static final int MAX_LENGTH = 10 + (WireLevel.MAX_CATEGORY + 1) / Byte.SIZE;

    private static final int TYPE_AND_LENGTH = 2;
    private static final int DOI_OFFSET = 2;
    private static final int WORDS_OFFSET = 6;
    private static final int LEVEL_OFFSET = 7;
    private static final int CRC_OFFSET = 8;
    private static final int BITMAP_OFFSET = 10;
    private static final int MIN_DATA_LENGTH = BITMAP_OFFSET - TYPE_AND_LENGTH;
    private static final int LEVEL_WORDS = (WireLevel.MAX_CATEGORY + 1) / Integer.SIZE;

    private static final int INVALID = DropReason.WIRE_LABEL_INVALID.code();
    private static final int DOMAIN = DropReason.WIRE_LABEL_DOMAIN.code();

    private final int doi;

    public CalipsoOption(WireLabelSettings settings) {
        doi = (int) settings.calipsoDoi();
    }

    /** WIRE_LABEL_INVALID, WIRE_LABEL_DOMAIN, or 0, for the option at {@code option}, which lies inside the view. */
    public int check(UnsafeBuffer frame, int option) {
        int length = u8(frame, option + 1);
        if (length < MIN_DATA_LENGTH || u8(frame, option + WORDS_OFFSET) * 4 > length - MIN_DATA_LENGTH) {
            return INVALID;
        }
        if (crcField(frame, option) != Crc16.of(frame, option, TYPE_AND_LENGTH + length, option + CRC_OFFSET)) {
            return INVALID;
        }
        return i32(frame, option + DOI_OFFSET) == doi ? DropReason.NONE : DOMAIN;
    }

    private static int crcField(UnsafeBuffer frame, int option) {
        return u8(frame, option + CRC_OFFSET) | u8(frame, option + CRC_OFFSET + 1) << Byte.SIZE;
    }

    /**
     * Reads the level of an option that {@link #check} found good.
     *
     * @return false when it lies beyond what a {@link WireLevel} holds
     */
    public boolean read(UnsafeBuffer frame, int option, WireLevel level) {
        int sensitivity = u8(frame, option + LEVEL_OFFSET);
        if (sensitivity > WireLevel.MAX_SENSITIVITY) {
            return false;
        }
        level.begin(sensitivity);
        int words = u8(frame, option + WORDS_OFFSET);
        for (int word = 0; word < words; word++) {
            int bits = Integer.reverse(i32(frame, option + BITMAP_OFFSET + 4 * word));
            if (word < LEVEL_WORDS) {
                int half = (word & 1) * Integer.SIZE;
                level.word(word / 2, level.word(word / 2) | Integer.toUnsignedLong(bits) << half);
            } else if (bits != 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes the option for a level, up to {@link #MAX_LENGTH} bytes; returns its length in bytes, type and length included. */
    public int write(UnsafeBuffer to, int option, WireLevel level) {
        int words = words(level);
        int length = BITMAP_OFFSET + 4 * words;
        put8(to, option, TYPE);
        put8(to, option + 1, length - TYPE_AND_LENGTH);
        put32(to, option + DOI_OFFSET, doi);
        put8(to, option + WORDS_OFFSET, words);
        put8(to, option + LEVEL_OFFSET, level.sensitivity());
        for (int word = 0; word < words; word++) {
            int bits = (int) (level.word(word / 2) >>> ((word & 1) * Integer.SIZE));
            put32(to, option + BITMAP_OFFSET + 4 * word, Integer.reverse(bits));
        }
        int crc = Crc16.of(to, option, length, option + CRC_OFFSET);
        put8(to, option + CRC_OFFSET, crc);
        put8(to, option + CRC_OFFSET + 1, crc >>> Byte.SIZE);
        return length;
    }

    /** 32-bit words up to that of the highest category. */
    private static int words(WireLevel level) {
        int words = LEVEL_WORDS;
        while (words > 0 && (int) (level.word((words - 1) / 2) >>> ((words - 1 & 1) * Integer.SIZE)) == 0) {
            words--;
        }
        return words;
    }
}
