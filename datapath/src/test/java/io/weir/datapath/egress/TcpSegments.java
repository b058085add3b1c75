package io.weir.datapath.egress;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads TCP frames over IPv4 without options, the slow and obvious way. */
final class TcpSegments {
    private TcpSegments() {}

    /** The frame without its outer tag. */
    static byte[] untagged(byte[] frame) {
        if (ByteBuffer.wrap(frame).getShort(12) != (short) 0x8100) {
            return frame;
        }
        return ByteBuffer.allocate(frame.length - 4)
                .put(frame, 0, 12)
                .put(frame, 16, frame.length - 16)
                .array();
    }

    /** Whether the TCP checksum is right (RFC 1071, RFC 9293 section 3.1). */
    static boolean checksumHolds(byte[] frame) {
        int length = frame.length - SuperFrames.TRANSPORT;
        long sum = 6 + length + sum(frame, 26, 8) + sum(frame, SuperFrames.TRANSPORT, length);
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return sum == 0xFFFF;
    }

    private static long sum(byte[] bytes, int offset, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[offset + i] & 0xFFL) << ((i & 1) == 0 ? 8 : 0);
        }
        return sum;
    }

    /** What the segments carry, one after the other. */
    static byte[] payload(List<byte[]> segments, int headersLength) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        segments.forEach(segment -> payload.write(segment, headersLength, segment.length - headersLength));
        return payload.toByteArray();
    }

    static long sequence(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(SuperFrames.TRANSPORT + 4) & 0xFFFF_FFFFL;
    }
}
