package io.weir.datapath.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The options at the end of a pcapng block: code, length, value, padded to four bytes. Of an option given several times the
 * first counts.
 *
 * <p>Threading: immutable.
 */
final class PcapngOptions {
    static final int END = 0;
    static final int COMMENT = 1;
    static final int SECTION_APPLICATION = 4;
    static final int INTERFACE_NAME = 2;
    static final int INTERFACE_TIME_RESOLUTION = 9;
    static final int INTERFACE_FCS_LENGTH = 13;
    static final int INTERFACE_TIME_OFFSET = 14;
    static final int FRAME_FLAGS = 2;
    static final int FRAME_DROP_COUNT = 4;
    static final int STATISTICS_RECEIVED = 4;
    static final int STATISTICS_DROPPED = 5;

    static final int DIRECTION_MASK = 3;
    static final int INBOUND = 1;
    static final int OUTBOUND = 2;

    /** Longest value of an option: its length field has 16 bits. */
    static final int MAX_LENGTH = 0xFFFF;

    private final Map<Integer, byte[]> values;
    private final ByteOrder order;

    private PcapngOptions(Map<Integer, byte[]> values, ByteOrder order) {
        this.values = values;
        this.order = order;
    }

    /** Options from the body's position to its limit, of a block at {@code at}. */
    static PcapngOptions read(ByteBuffer body, FileCursor cursor, long at) throws IOException {
        Map<Integer, byte[]> values = new HashMap<>();
        while (body.remaining() >= Integer.BYTES) {
            int code = body.getShort() & 0xFFFF;
            int length = body.getShort() & 0xFFFF;
            if (code == END) {
                break;
            }
            if (length > body.remaining()) {
                throw cursor.fail(
                        at,
                        "option " + code + " of a block has length " + length + ", " + body.remaining()
                                + " bytes are left",
                        "the file is damaged from here on");
            }
            byte[] value = new byte[length];
            body.get(value);
            body.position(Math.min(body.limit(), body.position() + PcapngFormat.padded(length) - length));
            values.putIfAbsent(code, value);
        }
        return new PcapngOptions(values, cursor.order());
    }

    /** Text of an option, ill-formed UTF-8 replaced; empty when it is absent. */
    String text(int code) {
        byte @Nullable [] value = values.get(code);
        return value == null ? "" : new String(value, UTF_8);
    }

    /** Number in an option of 1, 2, 4 or 8 bytes; 0 when it is absent or of another length, at most 2^63 - 1. */
    long unsigned(int code) {
        byte[] value = values.getOrDefault(code, new byte[0]);
        ByteBuffer view = ByteBuffer.wrap(value).order(order);
        return switch (value.length) {
            case 1 -> view.get() & 0xFF;
            case Short.BYTES -> view.getShort() & 0xFFFF;
            case Integer.BYTES -> Integer.toUnsignedLong(view.getInt());
            case Long.BYTES -> view.getLong() & Long.MAX_VALUE;
            default -> 0;
        };
    }

    /** Signed number in an option of eight bytes; 0 when it is absent or of another length. */
    long signed(int code) {
        byte[] value = values.getOrDefault(code, new byte[0]);
        return value.length == Long.BYTES ? ByteBuffer.wrap(value).order(order).getLong() : 0;
    }

    boolean has(int code) {
        return values.containsKey(code);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach((code, value) ->
                text.append(code).append('=').append(Arrays.toString(value)).append(' '));
        return text.toString().strip();
    }
}
