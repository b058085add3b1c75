package io.weir.datapath.worker;

import java.nio.ByteBuffer;
import java.util.Random;

import io.weir.datapath.packet.VirtioNetHeader;

/** Frames for the wire: {@link #MAC_A} is the guest that speaks first, {@link #MAC_B} the one that answers. */
final class TestFrames {
    static final long MAC_A = 0x0200_0000_000AL;
    static final long MAC_B = 0x0200_0000_000BL;
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    static final int HEADERS_LENGTH = 54;

    /** For local experiments (IEEE 802-2014 clause 9.2.3): no kernel answers it. */
    private static final int TYPE_EXPERIMENTAL = 0x88B5;

    private static final int MACS_LENGTH = 12;
    private static final int GSO_SIZE = 1448;

    private TestFrames() {}

    /** A frame of that length, at least 14, with random content of a fixed seed. */
    static byte[] ofLength(long to, long from, int length) {
        byte[] frame = new byte[length];
        new Random(length).nextBytes(frame);
        addresses(ByteBuffer.wrap(frame), to, from).putShort((short) TYPE_EXPERIMENTAL);
        return frame;
    }

    /** A frame of 64 bytes that carries a number. */
    static byte[] numbered(long to, long from, int number) {
        byte[] frame = ofLength(to, from, 64);
        ByteBuffer.wrap(frame).putInt(MACS_LENGTH + 2, number);
        return frame;
    }

    static int number(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(MACS_LENGTH + 2);
    }

    /** The frame with a tag in front of its type. */
    static byte[] tagged(byte[] frame, int type, int tci) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, MACS_LENGTH)
                .putShort((short) type)
                .putShort((short) tci)
                .put(frame, MACS_LENGTH, frame.length - MACS_LENGTH)
                .array();
    }

    /** A TCP super-frame over IPv4 with that many data bytes, its checksum left to others. */
    static GuestSocket.Frame superFrame(long to, long from, int dataBytes) {
        byte[] frame = new byte[HEADERS_LENGTH + dataBytes];
        new Random(dataBytes).nextBytes(frame);
        ByteBuffer headers = addresses(ByteBuffer.wrap(frame), to, from)
                .putShort((short) 0x0800)
                .putShort((short) 0x4500)
                .putShort((short) (40 + dataBytes))
                .putInt(0x1234_4000)
                .putShort((short) 0x4006)
                .putShort((short) 0)
                .putInt(0x0A09_0001)
                .putInt(0x0A09_0002)
                .putShort((short) 4000)
                .putShort((short) 5000)
                .putInt(1_000_000)
                .putInt(1)
                .putShort((short) 0x5010)
                .putShort((short) 0xFFFF);
        headers.putShort((short) 0).putShort((short) 0);
        headers.putShort(24, (short) ~sum(frame, 14, 20, 0));
        headers.putShort(50, (short) sum(frame, 26, 8, 6 + 20 + dataBytes));
        return new GuestSocket.Frame(offload(VirtioNetHeader.GSO_TCPV4, GSO_SIZE, 34), frame);
    }

    /** The super-frame with a tag, the places in its offload header moved with it. */
    static GuestSocket.Frame taggedSuperFrame(long to, long from, int dataBytes, int type, int tci) {
        GuestSocket.Frame plain = superFrame(to, from, dataBytes);
        return new GuestSocket.Frame(
                offload(VirtioNetHeader.GSO_TCPV4, GSO_SIZE, 38), tagged(plain.bytes(), type, tci));
    }

    private static byte[] offload(int gsoType, int gsoSize, int checksumStart) {
        return new byte[] {
            VirtioNetHeader.NEEDS_CHECKSUM,
            (byte) gsoType,
            (byte) (checksumStart + 20),
            0,
            (byte) gsoSize,
            (byte) (gsoSize >> 8),
            (byte) checksumStart,
            0,
            16,
            0
        };
    }

    private static ByteBuffer addresses(ByteBuffer frame, long to, long from) {
        return frame.putShort((short) (to >> 32))
                .putInt((int) to)
                .putShort((short) (from >> 32))
                .putInt((int) from);
    }

    /** Whether IPv4 header and TCP checksum of an untagged frame without IP options are right (RFC 1071). */
    static boolean checksumsHold(byte[] frame) {
        int tcpLength = frame.length - 34;
        return sum(frame, 14, 20, 0) == 0xFFFF
                && sum(frame, 34, tcpLength, 6 + tcpLength + sum(frame, 26, 8, 0)) == 0xFFFF;
    }

    private static int sum(byte[] bytes, int offset, int length, int start) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            sum += (bytes[offset + i] & 0xFFL) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (int) sum;
    }
}
