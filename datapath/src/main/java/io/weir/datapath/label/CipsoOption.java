package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.WireLevel;
import io.weir.datapath.port.WireLabelSettings;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * The Commercial IP Security Option of one domain of interpretation (DOI), FIPS 188 and draft-ietf-cipso-ipsecurity, as
 * Linux reads and writes it (net/ipv4/cipso_ipv4.c, pass-through mapping): the same options are accepted, a fault is found at
 * the same byte, and a level becomes the same bytes.
 *
 * <pre>
 *  0        1        2                 6
 *  +--------+--------+-----------------+------------------------
 *  | 134    | length | DOI             | tags, the first of which is the level
 *  +--------+--------+-----------------+------------------------
 *  tag:  0        1        2        3        4
 *        +--------+--------+--------+--------+------------------
 *        | type   | length | 0      | level  | categories
 *        +--------+--------+--------+--------+------------------
 *        type 1: a bitmap, bit 0 of byte 0 (0x80) is category 0;  type 2: 16-bit numbers, ascending;
 *        type 5: pairs of 16-bit numbers (high, low), descending; a last low of 0 is omitted
 * </pre>
 *
 * <p>Threading: immutable.
 */
public final class CipsoOption {
    /** Type octet: copied into fragments, class control, number 6. */
    public static final int TYPE = 0x86;

    /** All that an IPv4 header has room for. */
    public static final int MAX_LENGTH = 40;

    private static final int DOI_OFFSET = 2;
    private static final int TAGS_OFFSET = 6;
    private static final int MIN_LENGTH = 8;
    private static final int TAG_LEVEL_OFFSET = 3;
    private static final int TAG_HEADER_LENGTH = 4;
    private static final int CATEGORIES_OFFSET = TAGS_OFFSET + TAG_HEADER_LENGTH;
    private static final int MAX_CATEGORIES_LENGTH = MAX_LENGTH - CATEGORIES_OFFSET;
    private static final int MAX_BITMAP_CATEGORY = MAX_CATEGORIES_LENGTH * Byte.SIZE - 1;
    private static final int NO_ROOM = -1;

    private static final int INVALID = DropReason.WIRE_LABEL_INVALID.code();
    private static final int DOMAIN = DropReason.WIRE_LABEL_DOMAIN.code();

    private final int doi;
    private final int[] tags;

    public CipsoOption(WireLabelSettings settings) {
        doi = (int) settings.cipsoDoi();
        tags = settings.cipsoTags().stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Whether the option at {@code option} is well-formed and of this domain; its length is 2 or more, and inside the view.
     *
     * @return 0, or a fault: {@link #reason} and {@link #pointer} tell of what kind and where
     */
    public int check(UnsafeBuffer frame, int option) {
        int length = u8(frame, option + 1);
        if (length < MIN_LENGTH) {
            return fault(INVALID, 1);
        }
        if (i32(frame, option + DOI_OFFSET) != doi) {
            return fault(DOMAIN, DOI_OFFSET);
        }
        int tag = TAGS_OFFSET;
        while (tag < length) {
            int fault = checkTag(frame, option, tag, length - tag);
            if (fault != DropReason.NONE) {
                return fault;
            }
            tag += u8(frame, option + tag + 1);
        }
        return DropReason.NONE;
    }

    private int checkTag(UnsafeBuffer frame, int option, int tag, int room) {
        int type = u8(frame, option + tag);
        if (!isKnown(type)) {
            return fault(DOMAIN, tag);
        }
        // The last byte of an option cannot be a tag; Linux reads on into what follows, with the same outcome.
        int length = room < 2 ? 0 : u8(frame, option + tag + 1);
        if (length > room || length < TAG_HEADER_LENGTH) {
            return fault(INVALID, tag + 1);
        }
        int categories = option + tag + TAG_HEADER_LENGTH;
        int end = option + tag + length;
        boolean ordered = switch (type) {
            case WireLabelSettings.TAG_ENUMERATED -> ascends(frame, categories, end);
            case WireLabelSettings.TAG_RANGES -> descends(frame, categories, end);
            default -> true;
        };
        return ordered ? DropReason.NONE : fault(INVALID, tag + TAG_HEADER_LENGTH);
    }

    private boolean isKnown(int type) {
        for (int tag : tags) {
            if (tag == type) {
                return true;
            }
        }
        return false;
    }

    private static boolean ascends(UnsafeBuffer frame, int from, int end) {
        int previous = -1;
        for (int at = from; at + 1 < end; at += 2) {
            int category = u16(frame, at);
            if (category <= previous) {
                return false;
            }
            previous = category;
        }
        return (end - from & 1) == 0;
    }

    private static boolean descends(UnsafeBuffer frame, int from, int end) {
        int previous = 0xFFFF;
        for (int at = from; at + 1 < end; at += 4) {
            if (u16(frame, at) > previous) {
                return false;
            }
            previous = low(frame, at, end);
        }
        return (end - from & 1) == 0;
    }

    private static int low(UnsafeBuffer frame, int range, int end) {
        return range + 4 <= end ? u16(frame, range + 2) : 0;
    }

    private static int fault(int reason, int pointer) {
        return reason << Byte.SIZE | pointer;
    }

    /** The drop reason of a fault: WIRE_LABEL_DOMAIN for an unknown DOI or a tag that it lacks, else WIRE_LABEL_INVALID. */
    public static int reason(int fault) {
        return fault >>> Byte.SIZE;
    }

    /** Where a fault is, in bytes from the option's begin. */
    public static int pointer(int fault) {
        return fault & 0xFF;
    }

    /**
     * Reads the level of an option that {@link #check} found good: that of its first tag.
     *
     * @return false when it lies beyond what a {@link WireLevel} holds
     */
    public boolean read(UnsafeBuffer frame, int option, WireLevel level) {
        int tag = option + TAGS_OFFSET;
        int sensitivity = u8(frame, tag + TAG_LEVEL_OFFSET);
        if (sensitivity > WireLevel.MAX_SENSITIVITY) {
            return false;
        }
        level.begin(sensitivity);
        int from = tag + TAG_HEADER_LENGTH;
        int end = tag + u8(frame, tag + 1);
        return switch (u8(frame, tag)) {
            case WireLabelSettings.TAG_ENUMERATED -> readNumbers(frame, from, end, level);
            case WireLabelSettings.TAG_RANGES -> readRanges(frame, from, end, level);
            default -> readBitmap(frame, from, end, level);
        };
    }

    private static boolean readBitmap(UnsafeBuffer frame, int from, int end, WireLevel level) {
        for (int at = from; at < end; at++) {
            int first = (at - from) * Byte.SIZE;
            long bits = Integer.toUnsignedLong(Integer.reverse(u8(frame, at)) >>> 24);
            int word = first / Long.SIZE;
            level.word(word, level.word(word) | bits << first);
        }
        return true;
    }

    private static boolean readNumbers(UnsafeBuffer frame, int from, int end, WireLevel level) {
        for (int at = from; at < end; at += 2) {
            int category = u16(frame, at);
            if (category > WireLevel.MAX_CATEGORY) {
                return false;
            }
            level.add(category);
        }
        return true;
    }

    private static boolean readRanges(UnsafeBuffer frame, int from, int end, WireLevel level) {
        for (int at = from; at < end; at += 4) {
            int high = u16(frame, at);
            int low = low(frame, at, end);
            if (low <= high && high > WireLevel.MAX_CATEGORY) {
                return false;
            }
            for (int category = low; category <= high; category++) {
                level.add(category);
            }
        }
        return true;
    }

    /**
     * Writes the option for a level with the first tag of the domain that can hold it, into {@link #MAX_LENGTH} bytes at
     * {@code option}.
     *
     * @return the option's length in bytes, not padded; 0, with those bytes lost, when no tag can hold the level
     */
    public int write(UnsafeBuffer to, int option, WireLevel level) {
        return write(to, option, level, MAX_LENGTH);
    }

    /** As the other, with the first tag with which the option is no longer than {@code most} bytes. */
    int write(UnsafeBuffer to, int option, WireLevel level, int most) {
        for (int tag : tags) {
            to.setMemory(option, MAX_LENGTH, (byte) 0);
            int categories = writeCategories(tag, to, option + CATEGORIES_OFFSET, level);
            if (categories != NO_ROOM && CATEGORIES_OFFSET + categories <= most) {
                put8(to, option, TYPE);
                put8(to, option + 1, CATEGORIES_OFFSET + categories);
                put32(to, option + DOI_OFFSET, doi);
                put8(to, option + TAGS_OFFSET, tag);
                put8(to, option + TAGS_OFFSET + 1, TAG_HEADER_LENGTH + categories);
                put8(to, option + TAGS_OFFSET + TAG_LEVEL_OFFSET, level.sensitivity());
                return CATEGORIES_OFFSET + categories;
            }
        }
        return 0;
    }

    private static int writeCategories(int tag, UnsafeBuffer to, int at, WireLevel level) {
        return switch (tag) {
            case WireLabelSettings.TAG_ENUMERATED -> writeNumbers(to, at, level);
            case WireLabelSettings.TAG_RANGES -> writeRanges(to, at, level);
            default -> writeBitmap(to, at, level);
        };
    }

    private static int writeBitmap(UnsafeBuffer to, int at, WireLevel level) {
        int length = 0;
        for (int category = level.next(0); category >= 0; category = level.next(category + 1)) {
            if (category > MAX_BITMAP_CATEGORY) {
                return NO_ROOM;
            }
            int index = category / Byte.SIZE;
            put8(to, at + index, u8(to, at + index) | 0x80 >>> category % Byte.SIZE);
            length = index + 1;
        }
        return length;
    }

    private static int writeNumbers(UnsafeBuffer to, int at, WireLevel level) {
        int length = 0;
        for (int category = level.next(0); category >= 0; category = level.next(category + 1)) {
            if (length + 2 > MAX_CATEGORIES_LENGTH) {
                return NO_ROOM;
            }
            put16(to, at + length, category);
            length += 2;
        }
        return length;
    }

    /** Ranges are found from the lowest up, and stand from the highest down: so each is written before those found so far. */
    private static int writeRanges(UnsafeBuffer to, int at, WireLevel level) {
        int length = rangesLength(level);
        if (length > MAX_CATEGORIES_LENGTH) {
            return NO_ROOM;
        }
        int begin = at + length;
        int low = level.next(0);
        while (low >= 0) {
            int beyond = beyond(level, low);
            if (low != 0) {
                begin -= 2;
                put16(to, begin, low);
            }
            begin -= 2;
            put16(to, begin, beyond - 1);
            low = level.next(beyond);
        }
        return length;
    }

    private static int rangesLength(WireLevel level) {
        int length = 0;
        int low = level.next(0);
        while (low >= 0 && length <= MAX_CATEGORIES_LENGTH) {
            length += low == 0 ? 2 : 4;
            low = level.next(beyond(level, low));
        }
        return length;
    }

    /** The first category above {@code low} that the level has not. */
    private static int beyond(WireLevel level, int low) {
        int category = low + 1;
        while (category <= WireLevel.MAX_CATEGORY && level.has(category)) {
            category++;
        }
        return category;
    }
}
