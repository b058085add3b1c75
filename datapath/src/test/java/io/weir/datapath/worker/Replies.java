package io.weir.datapath.worker;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Reads what the switch answers, and fails unless every checksum is right. */
final class Replies {
    private Replies() {}

    /** Of a TCP segment in IPv4: flags, numbers, ports. */
    static String tcp(byte[] frame) {
        ByteBuffer bytes = checked(frame, 6);
        int flags = bytes.get(47) & 0xFF;
        return ((flags & FlowFrames.RST) != 0 ? "RST " : "") + ((flags & FlowFrames.ACK) != 0 ? "ACK " : "") + "seq "
                + bytes.getInt(38) + " ack " + bytes.getInt(42) + " from " + (bytes.getShort(34) & 0xFFFF) + " to "
                + (bytes.getShort(36) & 0xFFFF);
    }

    /** Of an ICMP error about UDP in IPv4. */
    static String icmp(byte[] frame) {
        ByteBuffer bytes = checked(frame, 1);
        return "ICMP " + bytes.get(34) + "/" + bytes.get(35) + " quotes UDP " + bytes.getShort(62) + " > "
                + bytes.getShort(64);
    }

    private static ByteBuffer checked(byte[] frame, int protocol) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        assertEquals(protocol, bytes.get(23));
        assertEquals(frame.length - 14, bytes.getShort(16));
        assertEquals(0xFFFF, sum(bytes, 14, 34, 0), "header checksum");
        int pseudo = protocol == 6 ? sum(bytes, 26, 34, protocol + frame.length - 34) : 0;
        assertEquals(0xFFFF, sum(bytes, 34, frame.length, pseudo), "checksum");
        return bytes;
    }

    private static int sum(ByteBuffer bytes, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i += 2) {
            sum += (bytes.get(i) & 0xFF) << 8 | (i + 1 < to ? bytes.get(i + 1) & 0xFF : 0);
        }
        return (sum & 0xFFFF) + (sum >>> 16);
    }
}
