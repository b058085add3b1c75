package io.weir.kernel.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Reads the attributes {@code {u16 length, u16 type, payload, padding to 4}} of a netlink message, in native order.
 * Attributes that run over the end are ignored; an absent one reads as the default.
 *
 * <p>Threading: immutable, over a buffer that must not change meanwhile.
 */
final class Attributes {
    private static final int HEADER_LENGTH = 4;
    private static final int TYPE_MASK = 0x3fff; // without the flags "nested" and "network byte order"
    private static final HexFormat MAC = HexFormat.ofDelimiter(":");

    private final ByteBuffer bytes;

    Attributes(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.nativeOrder());
    }

    private @Nullable ByteBuffer payload(int type) {
        int at = 0;
        while (at + HEADER_LENGTH <= bytes.limit()) {
            int length = Short.toUnsignedInt(bytes.getShort(at));
            if (length < HEADER_LENGTH || at + length > bytes.limit()) {
                return null;
            }
            if ((bytes.getShort(at + 2) & TYPE_MASK) == type) {
                return bytes.slice(at + HEADER_LENGTH, length - HEADER_LENGTH).order(ByteOrder.nativeOrder());
            }
            at += (length + 3) & ~3;
        }
        return null;
    }

    boolean has(int type) {
        return payload(type) != null;
    }

    Attributes nested(int type) {
        ByteBuffer payload = payload(type);
        return new Attributes(payload == null ? ByteBuffer.allocate(0) : payload);
    }

    int int32(int type, int otherwise) {
        ByteBuffer payload = payload(type);
        return payload == null || payload.limit() < Integer.BYTES ? otherwise : payload.getInt(0);
    }

    int int8(int type, int otherwise) {
        ByteBuffer payload = payload(type);
        return payload == null || payload.limit() < 1 ? otherwise : Byte.toUnsignedInt(payload.get(0));
    }

    byte[] bytes(int type) {
        ByteBuffer payload = payload(type);
        if (payload == null) {
            return new byte[0];
        }
        byte[] copy = new byte[payload.limit()];
        payload.get(0, copy);
        return copy;
    }

    /** Text up to its zero byte, empty when absent. */
    String text(int type) {
        String text = new String(bytes(type), StandardCharsets.UTF_8);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    /** As {@code 52:54:00:aa:01:02}, empty when absent. */
    String mac(int type) {
        return MAC.formatHex(bytes(type));
    }
}
