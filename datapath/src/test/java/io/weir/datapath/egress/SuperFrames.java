package io.weir.datapath.egress;

import java.nio.ByteBuffer;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.SampleFrames;

/** Super-frames over IPv4 without options and the virtio-net headers that a kernel puts in front of them. */
final class SuperFrames {
    static final int TRANSPORT = 34;
    static final int TCP_HEADERS_LENGTH = 54;
    static final int UDP_HEADERS_LENGTH = 42;

    private SuperFrames() {}

    /** TCP whose checksum field holds the sum of the pseudo-header, as a sender leaves it that leaves the rest to others. */
    static byte[] tcp(int payloadLength) {
        byte[] frame = SampleFrames.ethernet(
                0x0800, SampleFrames.ipv4(6, SampleFrames.tcp(SampleFrames.counting(payloadLength))));
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int sum = 6 + frame.length - TRANSPORT;
        for (int i = 26; i < TRANSPORT; i += 2) {
            sum += bytes.getShort(i) & 0xFFFF;
        }
        bytes.putShort(TRANSPORT + 16, (short) ((sum & 0xFFFF) + (sum >>> 16)));
        return frame;
    }

    static byte[] udp(int payloadLength) {
        return SampleFrames.ethernet(
                0x0800, SampleFrames.ipv4(17, SampleFrames.udp(SampleFrames.counting(payloadLength))));
    }

    static byte[] tcpHeader(int gsoSize) {
        return header(VirtioNetHeader.GSO_TCPV4, TCP_HEADERS_LENGTH, gsoSize, 16);
    }

    static byte[] udpHeader(int gsoSize) {
        return header(VirtioNetHeader.GSO_UDP_L4, UDP_HEADERS_LENGTH, gsoSize, 6);
    }

    /** Asks for the checksum of a TCP frame only. */
    static byte[] checksumHeader() {
        return header(VirtioNetHeader.GSO_NONE, 0, 0, 16);
    }

    private static byte[] header(int type, int headersLength, int gsoSize, int checksumOffset) {
        return new byte[] {
            VirtioNetHeader.NEEDS_CHECKSUM,
            (byte) type,
            (byte) headersLength,
            0,
            (byte) gsoSize,
            (byte) (gsoSize >> 8),
            TRANSPORT,
            0,
            (byte) checksumOffset,
            0
        };
    }
}
