package io.weir.datapath.capture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a capture file front to back and knows where it is, so that every error can say so. Trusts no length: memory is
 * taken for what a format declared legal, never for what a file claims.
 *
 * <p>Threading: not thread-safe.
 */
final class FileCursor {
    private final InputStream in;
    private final String file;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private long offset;

    FileCursor(InputStream in, String file) {
        this.in = in;
        this.file = file;
    }

    /** Bytes read so far. */
    long offset() {
        return offset;
    }

    /** Byte order of what is read from now on. */
    void order(ByteOrder order) {
        this.order = order;
    }

    ByteOrder order() {
        return order;
    }

    /** Up to {@code length} bytes: fewer at the end of the file, none behind it. */
    ByteBuffer readUpTo(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        offset += bytes.length;
        return ByteBuffer.wrap(bytes).order(order);
    }

    /** Exactly {@code length} bytes of what {@code part} names. */
    ByteBuffer read(int length, String part) throws IOException {
        long start = offset;
        ByteBuffer bytes = readUpTo(length);
        if (bytes.remaining() < length) {
            throw truncated(start, part, length, bytes.remaining());
        }
        return bytes;
    }

    /** Passes over {@code length} bytes of what {@code part} names. */
    void skip(long length, String part) throws IOException {
        long start = offset;
        long left = length;
        while (left > 0) {
            long skipped = in.readNBytes((int) Math.min(left, 8192)).length;
            if (skipped == 0) {
                throw truncated(start, part, length, length - left);
            }
            left -= skipped;
            offset += skipped;
        }
    }

    CaptureFileException truncated(long start, String part, long length, long found) {
        return fail(
                start,
                "the file ends inside " + part + ": " + length + " bytes needed, " + found + " found",
                "the writer was cut off; what stands before is good and was read");
    }

    CaptureFileException fail(long at, String what, String remedy) {
        return new CaptureFileException(file, at, what, remedy);
    }
}
