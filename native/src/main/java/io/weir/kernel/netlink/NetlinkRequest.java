package io.weir.kernel.netlink;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Builds one request: {@code nlmsghdr {u32 length, u16 type, u16 flags, u32 sequence, u32 port}}, a fixed header, then
 * attributes.
 *
 * <p>Threading: one thread; used once.
 */
final class NetlinkRequest {
    static final int HEADER_LENGTH = 16;
    static final int FLAG_REQUEST = 0x1;
    static final int FLAG_ACK = 0x4;
    static final int FLAG_REPLACE = 0x100;
    static final int FLAG_EXCLUSIVE = 0x200;
    static final int FLAG_DUMP = 0x300;
    static final int FLAG_CREATE = 0x400;

    private static final int CAPACITY = 4096;
    private static final int FLAGS_OFFSET = 6;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int NESTED = 0x8000;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.nativeOrder());
    private final int type;

    NetlinkRequest(int type, int flags) {
        this.type = type;
        bytes.putInt(0).putShort((short) type).putShort((short) (flags | FLAG_REQUEST));
        bytes.putInt(0).putInt(0);
    }

    int type() {
        return type;
    }

    boolean dump() {
        return (bytes.getShort(FLAGS_OFFSET) & FLAG_DUMP) == FLAG_DUMP;
    }

    NetlinkRequest int8(int value) {
        bytes.put((byte) value);
        return this;
    }

    NetlinkRequest int16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    NetlinkRequest int32(int value) {
        bytes.putInt(value);
        return this;
    }

    NetlinkRequest attribute(int attribute, int value) {
        return header(attribute, Integer.BYTES).int32(value);
    }

    NetlinkRequest attribute8(int attribute, int value) {
        return header(attribute, 1).int8(value).pad();
    }

    NetlinkRequest attribute16(int attribute, int value) {
        return header(attribute, Short.BYTES).int16(value).pad();
    }

    NetlinkRequest attribute(int attribute, byte[] value) {
        header(attribute, value.length);
        bytes.put(value);
        return pad();
    }

    /** Zero-terminated text. */
    NetlinkRequest attribute(int attribute, String value) {
        return attribute(attribute, (value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /** Starts a nested attribute; its position ends it. */
    int begin(int attribute) {
        int position = bytes.position();
        header(attribute | NESTED, 0);
        return position;
    }

    NetlinkRequest end(int position) {
        bytes.putShort(position, (short) (bytes.position() - position));
        return this;
    }

    private NetlinkRequest header(int attribute, int payloadLength) {
        return int16(4 + payloadLength).int16(attribute);
    }

    private NetlinkRequest pad() {
        while ((bytes.position() & 3) != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }

    /** Completes the header; its length. */
    int seal(int sequence) {
        bytes.putInt(0, bytes.position());
        bytes.putInt(SEQUENCE_OFFSET, sequence);
        return bytes.position();
    }

    /** Valid while this object is reachable. */
    long address() {
        return MemorySegment.ofBuffer(bytes.duplicate().clear()).address();
    }
}
