package io.weir.datapath.capture;

import java.util.Arrays;

/**
 * One frame as a capture file holds it. What the file's format or writer leaves out is empty, zero or
 * {@link Direction#UNKNOWN}.
 *
 * @param port name of the interface the frame was captured on; empty when the file names none
 * @param direction which way it went
 * @param timestampNs time since 1970-01-01 00:00 UTC in ns, 0 to 2^63 - 1
 * @param originalLength length of the frame on the wire in bytes, at least that of {@code bytes}
 * @param bytes what was captured, from the destination MAC address on; handed over, never changed again
 * @param comment what the writer said about the frame: text from a file, escape it before showing it
 * @param shedBefore frames of the same interface lost since the one before
 */
// Frames are compared in tests only, and by content: equals and hashCode below see to the array.
@SuppressWarnings("ArrayRecordComponent")
public record PcapFrame(
        String port,
        Direction direction,
        long timestampNs,
        int originalLength,
        byte[] bytes,
        String comment,
        long shedBefore) {

    public PcapFrame {
        if (timestampNs < 0) {
            throw new IllegalArgumentException(
                    "timestamp of a frame must not be before 1970: was " + timestampNs + " ns");
        }
        if (originalLength < bytes.length) {
            throw new IllegalArgumentException("original length of a frame must be at least the captured one, "
                    + bytes.length + ": was " + originalLength);
        }
    }

    /** A whole frame about which nothing but its bytes and port is known. */
    public static PcapFrame of(String port, long timestampNs, byte[] bytes) {
        return new PcapFrame(port, Direction.UNKNOWN, timestampNs, bytes.length, bytes, "", 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PcapFrame frame
                && port.equals(frame.port)
                && direction == frame.direction
                && timestampNs == frame.timestampNs
                && originalLength == frame.originalLength
                && Arrays.equals(bytes, frame.bytes)
                && comment.equals(frame.comment)
                && shedBefore == frame.shedBefore;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(timestampNs) + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return port + ' ' + direction.label() + ' ' + timestampNs + "ns " + FrameSummary.of(this);
    }
}
