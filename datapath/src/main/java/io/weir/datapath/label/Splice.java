package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.LlcHeader;
import io.weir.kernel.Memory;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Bytes to put in place of others directly behind the fixed part of an IP header: the IPv4 options, or the hop-by-hop options
 * header of IPv6. What is in front of them moves, the payload stays where it is.
 *
 * <pre>
 *  before:        | virtio-net | Ethernet, IP | old  | payload |
 *  after: | virtio-net | Ethernet, IP | new bytes    | payload |      growth = new - old
 * </pre>
 *
 * The IPv4 checksum is updated by the difference (RFC 1624 section 3), so that one that was wrong stays wrong.
 *
 * <p>Threading: belongs to one worker.
 */
final class Splice implements AutoCloseable {
    /** Bytes of the longest hop-by-hop options header. */
    static final int MAX_LENGTH = 2048;

    private static final int PATCH_BYTES = 2 * MAX_LENGTH;
    private static final int LLC_LENGTH_BYTES = 2;

    private final long memory = Memory.map(PATCH_BYTES);
    private final UnsafeBuffer patch = new UnsafeBuffer(memory, PATCH_BYTES);
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private final VirtioNetHeader offload = new VirtioNetHeader();

    private int network;
    private boolean version4;
    private boolean llc;
    private int oldLength;
    private int newLength;
    private int nextHeader;

    /** For an IPv4 header at {@code network}, whose options take {@code oldLength} bytes now. */
    void beginIpv4(int network, boolean llc, int oldLength) {
        begin(network, /* version4= */ true, llc, oldLength);
    }

    /**
     * For an IPv6 header at {@code network}, whose hop-by-hop options header takes {@code oldLength} bytes now.
     *
     * @param nextHeader what the IPv6 header is to say
     */
    void beginIpv6(int network, boolean llc, int oldLength, int nextHeader) {
        begin(network, /* version4= */ false, llc, oldLength);
        this.nextHeader = nextHeader;
    }

    private void begin(int network, boolean version4, boolean llc, int oldLength) {
        this.network = network;
        this.version4 = version4;
        this.llc = llc;
        this.oldLength = oldLength;
        newLength = oldLength;
    }

    /** Where the new bytes are written, from 0 on. */
    UnsafeBuffer patch() {
        return patch;
    }

    /** How many they are; a multiple of four in IPv4, of eight in IPv6. */
    void length(int bytes) {
        newLength = bytes;
    }

    /** Bytes by which the frame grows; its begin moves towards lower addresses by as many. */
    int growth() {
        return newLength - oldLength;
    }

    /**
     * Puts the bytes in: into the frame that was looked at, or a copy of it, at {@code address}, with room for the growth in
     * front of its virtio-net header. Returns the address at which the frame begins now.
     */
    long apply(long address) {
        int fixed = network + (version4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH);
        frame.wrap(address, fixed + oldLength);
        long before = version4 ? headerSum(fixed + oldLength) : 0;
        long to = move(address, fixed);
        frame.wrap(to, fixed + newLength);
        frame.putBytes(fixed, patch, 0, newLength);
        if (llc) {
            put16(frame, llcLengthOffset(network), llcLength(frame, network) + growth());
        }
        if (version4) {
            writeIpv4(before, fixed + newLength);
        } else {
            writeIpv6();
        }
        return to;
    }

    /** The IEEE 802.3 length of a frame whose network header stands behind LLC and SNAP. */
    static int llcLength(UnsafeBuffer frame, int network) {
        return u16(frame, llcLengthOffset(network));
    }

    private static int llcLengthOffset(int network) {
        return network - LlcHeader.SNAP_LENGTH - LLC_LENGTH_BYTES;
    }

    private long move(long address, int fixed) {
        int growth = growth();
        long to = address - growth;
        // Whichever of the two would be overwritten by the other goes first.
        if (growth > 0) {
            offload.moveBefore(address, to, growth);
            Memory.copy(address, to, fixed);
        } else if (growth < 0) {
            Memory.copy(address, to, fixed);
            offload.moveBefore(address, to, growth);
        }
        return to;
    }

    private long headerSum(int end) {
        return InternetChecksum.sum(frame, network, end - network);
    }

    private void writeIpv4(long before, int end) {
        int checksum = u16(frame, network + Ipv4Header.CHECKSUM_OFFSET);
        put8(frame, network, 0x40 | ((Ipv4Header.MIN_LENGTH + newLength) >>> 2));
        put16(frame, network + Ipv4Header.TOTAL_LENGTH_OFFSET, Ipv4Header.totalLength(frame, network) + growth());
        int removed = ~InternetChecksum.fold(before) & 0xFFFF;
        long difference = headerSum(end) + InternetChecksum.sum16(removed);
        long sum = InternetChecksum.sum16(~checksum & 0xFFFF) + difference;
        put16(frame, network + Ipv4Header.CHECKSUM_OFFSET, InternetChecksum.finish(sum));
    }

    private void writeIpv6() {
        int payload = network + Ipv6Header.PAYLOAD_LENGTH_OFFSET;
        put16(frame, payload, u16(frame, payload) + growth());
        put8(frame, network + Ipv6Header.NEXT_HEADER_OFFSET, nextHeader);
    }

    @Override
    public void close() {
        Memory.unmap(memory, PATCH_BYTES);
    }
}
