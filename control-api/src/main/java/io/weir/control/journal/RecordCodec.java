package io.weir.control.journal;

import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

import com.google.protobuf.InvalidProtocolBufferException;

import io.weir.control.v1.FlowRecord;

/**
 * A record as it stands in the journal: format number (1 byte), CRC-32C over the rest (4 bytes, big-endian), then
 * {@code weir.v1.FlowRecord} in protobuf.
 *
 * <p>Threading: pure.
 */
final class RecordCodec {
    static final int HEADER_LENGTH = 5;
    private static final byte FORMAT = 1;

    private RecordCodec() {}

    static byte[] encode(FlowRecord record) {
        byte[] body = record.toByteArray();
        byte[] bytes = new byte[HEADER_LENGTH + body.length];
        System.arraycopy(body, 0, bytes, HEADER_LENGTH, body.length);
        int checksum = checksum(bytes);
        bytes[0] = FORMAT;
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[1 + i] = (byte) (checksum >>> (8 * (Integer.BYTES - 1 - i)));
        }
        return bytes;
    }

    /** The record, or null when the bytes are none. */
    static @Nullable FlowRecord decode(byte[] bytes) {
        if (bytes.length < HEADER_LENGTH || bytes[0] != FORMAT || stored(bytes) != checksum(bytes)) {
            return null;
        }
        try {
            return FlowRecord.parser().parseFrom(bytes, HEADER_LENGTH, bytes.length - HEADER_LENGTH);
        } catch (InvalidProtocolBufferException none) {
            return null;
        }
    }

    private static int stored(byte[] bytes) {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = (value << 8) | (bytes[1 + i] & 0xFF);
        }
        return value;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, HEADER_LENGTH, bytes.length - HEADER_LENGTH);
        return (int) crc.getValue();
    }
}
