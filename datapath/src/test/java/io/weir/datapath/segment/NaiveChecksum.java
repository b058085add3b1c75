package io.weir.datapath.segment;

/** The Internet checksum byte by byte, and a verifier of whole frames, without the code under test. */
final class NaiveChecksum {
    private NaiveChecksum() {}

    static int of(byte[] bytes, int from, int to, long start) {
        long sum = start;
        for (int i = from; i < to; i++) {
            sum += (i - from) % 2 == 0 ? (bytes[i] & 0xFF) << 8 : bytes[i] & 0xFF;
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) (~sum & 0xFFFF);
    }

    /** Sum of the pseudo-header of the packet whose IP header is at {@code ip}, for {@code length} bytes of transport. */
    static long pseudoHeader(byte[] frame, int ip, int protocol, int length) {
        boolean version4 = (frame[ip] & 0xF0) == 0x40;
        int from = version4 ? ip + 12 : ip + 8;
        int to = version4 ? ip + 20 : ip + 40;
        return (~of(frame, from, to, 0) & 0xFFFFL) + protocol + length;
    }

    /** Whether the transport checksum of a frame without padding is right. */
    static boolean transportHolds(byte[] frame, int ip, int transport, int protocol) {
        int length = frame.length - transport;
        return of(frame, transport, frame.length, pseudoHeader(frame, ip, protocol, length)) == 0;
    }
}
