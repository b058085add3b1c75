package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.Ipv4Header;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Cuts an IPv4 packet into fragments (RFC 791 section 3.2), each as a frame with the packet's link header.
 *
 * <p>Of options only those that say so are copied to the later fragments; the others' places hold "no operation".
 *
 * <p>Threading: one worker.
 */
final class Ipv4Fragments {
    private static final int UNIT = 8;
    private static final int OPTION_END = 0;
    private static final int OPTION_NO_OPERATION = 1;
    private static final int OPTION_COPIED = 0x80;

    private final UnsafeBuffer packet = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer out = new UnsafeBuffer(0, 0);
    private int network;
    private int headersLength;
    private int packetEnd;
    private int size;
    private int from;

    /**
     * Starts on the frame at {@code address}, whose IPv4 header was found sound.
     *
     * @param network bytes from the frame's begin to the IPv4 header
     * @param packetMax bytes of a fragment at most
     * @return fragments to come, or 0 when not even eight bytes of payload fit
     */
    int begin(long address, int network, int packetMax) {
        packet.wrap(address, network + Ipv4Header.MIN_LENGTH);
        int headerLength = Ipv4Header.headerLength(packet, network);
        packetEnd = network + Ipv4Header.totalLength(packet, network);
        packet.wrap(address, packetEnd);
        this.network = network;
        headersLength = network + headerLength;
        from = headersLength;
        size = (packetMax - headerLength) & -UNIT;
        return size < UNIT ? 0 : (packetEnd - headersLength + size - 1) / size;
    }

    /** Writes the next fragment as a frame; returns its length. */
    int next(long destination) {
        int length = Math.min(size, packetEnd - from);
        out.wrap(destination, headersLength + length);
        out.putBytes(0, packet, 0, headersLength);
        out.putBytes(headersLength, packet, from, length);
        int before = u16(packet, network + Ipv4Header.FRAGMENT_OFFSET);
        int field = before + (from - headersLength) / UNIT;
        boolean last = from + length == packetEnd;
        put16(out, network + Ipv4Header.FRAGMENT_OFFSET, last ? field : field | Ipv4Header.MORE_FRAGMENTS);
        put16(out, network + Ipv4Header.TOTAL_LENGTH_OFFSET, headersLength - network + length);
        if (from > headersLength) {
            dropOptions();
        }
        put16(out, network + Ipv4Header.CHECKSUM_OFFSET, 0);
        put16(out, network + Ipv4Header.CHECKSUM_OFFSET, InternetChecksum.of(out, network, headersLength - network));
        from += length;
        return headersLength + length;
    }

    private void dropOptions() {
        int option = network + Ipv4Header.MIN_LENGTH;
        while (option < headersLength) {
            int type = u8(out, option);
            if (type == OPTION_END) {
                return;
            }
            int length = type == OPTION_NO_OPERATION ? 1 : u8(out, option + 1);
            if ((type & OPTION_COPIED) == 0) {
                out.setMemory(option, length, (byte) OPTION_NO_OPERATION);
            }
            option += length;
        }
    }
}
