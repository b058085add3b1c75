package io.weir.datapath.segment;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6ExtensionChain;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.TcpHeader;
import io.weir.datapath.wire.UdpHeader;
import io.weir.datapath.wire.VlanTag;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Cuts a TCP or UDP super-frame into the frames that its sender would have sent without segmentation offload.
 *
 * <pre>
 * super-frame:  | headers | payload, up to 64 KiB                |   virtio-net header: gsoType, gsoSize
 * segments:     | headers | gsoSize |  | headers | gsoSize |  | headers | rest |
 * </pre>
 *
 * Each segment has its own lengths, IPv4 identification (counting up), TCP sequence number and checksums; CWR stays with the
 * first segment only (RFC 3168 section 6.1.2), PSH and FIN with the last.
 *
 * <p>Use: {@code for (int n = s.begin(address, length); n > 0; n--) { length = s.next(destination); ... }}. The super-frame
 * stays as it is, and must do so until the last segment is written.
 *
 * <p>Who is done with a segment before the next one is written spares the copy of the payload:
 * {@code at = s.nextInPlace(spare); ... s.segmentLength() bytes at that address ...; s.restore()}.
 *
 * <p>Threading: one instance a worker.
 */
public final class Segmenter {
    // Two that the parse stage lets in, and one that an access port pushes on the way out.
    private static final int MAX_TAGS = 3;
    private static final int PROTOCOL_OTHER = -1;
    // Bytes that headers in place may hide of the payload before: more only with many IPv6 extension headers.
    private static final int HIDDEN_MAX = 256;

    private final VirtioNetHeader header = new VirtioNetHeader();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer segment = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer hidden = new UnsafeBuffer(BufferUtil.allocateDirectAligned(HIDDEN_MAX, 64));
    private final Ipv6ExtensionChain chain = new Ipv6ExtensionChain();

    private int protocol;
    private boolean version4;
    private int networkOffset;
    private int transportOffset;
    private int headersLength;
    private int payloadEnd;
    private int segmentSize;
    private int segments;
    private int index;
    private int segmentLength;
    private int hiddenLength;

    /**
     * Starts on the frame of {@code length} bytes at {@code address}, with its virtio-net header in front.
     *
     * @return segments to come, 1 to {@link VirtioNetHeader#MAX_SEGMENTS}; 0 when the frame is no super-frame of TCP or UDP
     *     over IPv4 or IPv6, malformed, or would become more segments
     */
    public int begin(long address, int length) {
        return begin(address, length, Integer.MAX_VALUE);
    }

    /**
     * As {@link #begin(long, int)}, with segments of TCP made smaller where they would be longer than that. Datagrams of UDP
     * stay as their sender wants them.
     *
     * @param limit bytes of a segment with all its headers
     */
    public int begin(long address, int length, int limit) {
        segments = 0;
        index = 0;
        header.wrapBefore(address);
        segmentSize = header.gsoSize();
        protocol = protocol(header.gsoType());
        if (length < EthernetHeader.LENGTH || segmentSize == 0 || protocol == PROTOCOL_OTHER) {
            return 0;
        }
        frame.wrap(address, length);
        if (networkFits(length) && transportFits() && sizeFits(limit)) {
            int payload = payloadEnd - headersLength;
            int needed = Math.max(1, (payload + segmentSize - 1) / segmentSize);
            segments = needed <= VirtioNetHeader.MAX_SEGMENTS ? needed : 0;
        }
        return segments;
    }

    private static int protocol(int gsoType) {
        return switch (gsoType) {
            case VirtioNetHeader.GSO_TCPV4, VirtioNetHeader.GSO_TCPV6 -> IpProtocol.TCP;
            case VirtioNetHeader.GSO_UDP_L4 -> IpProtocol.UDP;
            default -> PROTOCOL_OTHER;
        };
    }

    private boolean networkFits(int length) {
        int typeOffset = EthernetHeader.TYPE_OFFSET;
        int type = u16(frame, typeOffset);
        for (int tags = 0; tags < MAX_TAGS && VlanTag.isTagType(type); tags++) {
            if (VlanTag.check(frame, typeOffset, length) != DropReason.NONE) {
                return false;
            }
            typeOffset += VlanTag.LENGTH;
            type = u16(frame, typeOffset);
        }
        networkOffset = typeOffset + 2;
        version4 = type == EthernetHeader.TYPE_IPV4;
        int gsoType = header.gsoType();
        return switch (type) {
            case EthernetHeader.TYPE_IPV4 -> gsoType != VirtioNetHeader.GSO_TCPV6 && ipv4Fits(length);
            case EthernetHeader.TYPE_IPV6 -> gsoType != VirtioNetHeader.GSO_TCPV4 && ipv6Fits(length);
            default -> false;
        };
    }

    private boolean ipv4Fits(int length) {
        if (Ipv4Header.check(frame, networkOffset, length) != DropReason.NONE) {
            return false;
        }
        transportOffset = networkOffset + Ipv4Header.headerLength(frame, networkOffset);
        payloadEnd = networkOffset + Ipv4Header.totalLength(frame, networkOffset);
        int fragment = u16(frame, networkOffset + Ipv4Header.FRAGMENT_OFFSET)
                & (Ipv4Header.MORE_FRAGMENTS | Ipv4Header.FRAGMENT_OFFSET_MASK);
        return fragment == 0 && u8(frame, networkOffset + Ipv4Header.PROTOCOL_OFFSET) == protocol;
    }

    private boolean ipv6Fits(int length) {
        if (Ipv6Header.check(frame, networkOffset, length) != DropReason.NONE) {
            return false;
        }
        int first = networkOffset + Ipv6Header.LENGTH;
        payloadEnd = first + u16(frame, networkOffset + Ipv6Header.PAYLOAD_LENGTH_OFFSET);
        int next = u8(frame, networkOffset + Ipv6Header.NEXT_HEADER_OFFSET);
        int reason = chain.walk(frame, next, first, payloadEnd);
        transportOffset = chain.offset();
        return reason == DropReason.NONE && chain.fragmentHeader() == 0 && chain.protocol() == protocol;
    }

    private boolean transportFits() {
        if (protocol == IpProtocol.UDP) {
            headersLength = transportOffset + UdpHeader.LENGTH;
            return UdpHeader.check(frame, transportOffset, payloadEnd) == DropReason.NONE;
        }
        if (TcpHeader.check(frame, transportOffset, payloadEnd) != DropReason.NONE) {
            return false;
        }
        headersLength = transportOffset + TcpHeader.headerLength(frame, transportOffset);
        return true;
    }

    private boolean sizeFits(int limit) {
        if (protocol == IpProtocol.TCP) {
            segmentSize = Math.min(segmentSize, limit - headersLength);
        }
        return segmentSize > 0;
    }

    /** Bytes that the largest segment takes at its destination; valid after {@link #begin} found segments. */
    public int maxSegmentLength() {
        return Math.min(headersLength + segmentSize, payloadEnd);
    }

    /**
     * Writes the next segment to {@code destination}, where {@link #maxSegmentLength} bytes are free. What stands in front of
     * them, a virtio-net header perhaps, is the caller's.
     *
     * @return length of the segment in bytes, or 0 when all have been written
     */
    public int next(long destination) {
        if (index >= segments) {
            return 0;
        }
        int from = headersLength + index * segmentSize;
        int size = Math.min(segmentSize, payloadEnd - from);
        segment.wrap(destination, headersLength + size);
        segment.putBytes(0, frame, 0, headersLength);
        segment.putBytes(headersLength, frame, from, size);
        return finishSegment(headersLength + size);
    }

    /**
     * Writes the next segment around its payload in the super-frame, or to {@code spare} where that cannot be. The segment is valid
     * until {@link #restore}, which must come before anything else.
     *
     * @param spare where {@link #maxSegmentLength} bytes are free
     * @return address of the segment, or 0 when all have been written
     */
    public long nextInPlace(long spare) {
        hiddenLength = 0;
        if (index >= segments) {
            return 0;
        }
        if (segmentSize < headersLength || headersLength > HIDDEN_MAX) {
            next(spare);
            return spare;
        }
        int start = index * segmentSize;
        hiddenLength = headersLength;
        hidden.putBytes(0, frame, start, headersLength);
        int length = Math.min(headersLength + segmentSize, payloadEnd - start);
        segment.wrap(frame, start, length);
        if (start > 0) {
            segment.putBytes(0, frame, 0, headersLength);
        }
        finishSegment(length);
        return segment.addressOffset();
    }

    /** Bytes of the segment written last. */
    public int segmentLength() {
        return segmentLength;
    }

    /** Makes the super-frame what it was before {@link #nextInPlace}. */
    public void restore() {
        if (hiddenLength > 0) {
            segment.putBytes(0, hidden, 0, hiddenLength);
        }
    }

    private int finishSegment(int length) {
        segmentLength = length;
        int transportLength = length - transportOffset;
        if (protocol == IpProtocol.TCP) {
            writeTcp();
        } else {
            put16(segment, transportOffset + UdpHeader.LENGTH_OFFSET, transportLength);
        }
        long pseudoHeader = version4 ? writeIpv4(length, transportLength) : writeIpv6(length, transportLength);
        writeChecksum(pseudoHeader, transportLength);
        index++;
        return length;
    }

    private void writeTcp() {
        int sequence = i32(frame, transportOffset + TcpHeader.SEQUENCE_OFFSET) + index * segmentSize;
        put32(segment, transportOffset + TcpHeader.SEQUENCE_OFFSET, sequence);
        int flags = u8(frame, transportOffset + TcpHeader.FLAGS_OFFSET);
        if (index > 0) {
            flags &= ~TcpHeader.CWR;
        }
        if (index < segments - 1) {
            flags &= ~(TcpHeader.PSH | TcpHeader.FIN);
        }
        put8(segment, transportOffset + TcpHeader.FLAGS_OFFSET, flags);
    }

    private long writeIpv4(int length, int transportLength) {
        put16(segment, networkOffset + Ipv4Header.TOTAL_LENGTH_OFFSET, length - networkOffset);
        int identification = u16(frame, networkOffset + Ipv4Header.IDENTIFICATION_OFFSET) + index;
        put16(segment, networkOffset + Ipv4Header.IDENTIFICATION_OFFSET, identification);
        put16(segment, networkOffset + Ipv4Header.CHECKSUM_OFFSET, 0);
        int checksum = InternetChecksum.of(segment, networkOffset, transportOffset - networkOffset);
        put16(segment, networkOffset + Ipv4Header.CHECKSUM_OFFSET, checksum);
        return InternetChecksum.pseudoHeader4(segment, networkOffset, protocol, transportLength);
    }

    private long writeIpv6(int length, int transportLength) {
        int payloadLength = length - networkOffset - Ipv6Header.LENGTH;
        put16(segment, networkOffset + Ipv6Header.PAYLOAD_LENGTH_OFFSET, payloadLength);
        return InternetChecksum.pseudoHeader6(segment, networkOffset, protocol, transportLength);
    }

    // In UDP a zero means "no checksum" (RFC 768, "Fields"), so that its equal 0xFFFF is written.
    private void writeChecksum(long pseudoHeader, int transportLength) {
        boolean udp = protocol == IpProtocol.UDP;
        int field = transportOffset + (udp ? UdpHeader.CHECKSUM_OFFSET : TcpHeader.CHECKSUM_OFFSET);
        put16(segment, field, 0);
        long sum = pseudoHeader + InternetChecksum.sum(segment, transportOffset, transportLength);
        int checksum = InternetChecksum.finish(sum);
        put16(segment, field, udp && checksum == 0 ? 0xFFFF : checksum);
    }
}
