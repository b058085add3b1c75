package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.TcpHeader;
import io.weir.datapath.wire.VlanTag;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * A TCP segment in a frame, as the coalescer sees it: which flow it belongs to, and whether it may be part of a super-frame.
 *
 * <p>The rules are those of the Linux kernel's GRO: no IP options or extension headers, no fragments, no flags but ACK and PSH, some
 * payload, checksums that hold. All header bytes but lengths, checksums, the IPv4 identification, the sequence number and PSH
 * must be equal in all segments of a super-frame.
 *
 * <p>Threading: one worker; wrapped again for each frame.
 */
final class TcpFrame {
    private static final int VERSION_4_IHL_5 = 0x45;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int ACKNOWLEDGMENT_OFFSET = 8;
    private static final int WINDOW_OFFSET = 14;
    private static final int URGENT_OFFSET = 18;
    private static final int TTL_OFFSET = 8;
    private static final int ALL_BUT_DONT_FRAGMENT = 0xBFFF;

    final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int length;
    private int network;
    private int transport;
    private int headers;
    private boolean version4;
    private boolean tcp;
    private boolean mergeable;

    /** Looks at the frame of {@code length} bytes at that address. */
    TcpFrame wrap(long address, int length) {
        view.wrap(address, length);
        this.length = length;
        tcp = false;
        mergeable = false;
        if (length >= EthernetHeader.LENGTH + Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH) {
            read();
        }
        return this;
    }

    private void read() {
        int type = u16(view, EthernetHeader.TYPE_OFFSET);
        network = EthernetHeader.LENGTH;
        if (type == VlanTag.TYPE_CUSTOMER) {
            type = u16(view, EthernetHeader.TYPE_OFFSET + VlanTag.LENGTH);
            network += VlanTag.LENGTH;
        }
        version4 = type == EthernetHeader.TYPE_IPV4;
        boolean sound = version4 ? readIpv4() : type == EthernetHeader.TYPE_IPV6 && readIpv6();
        if (sound && length - transport >= TcpHeader.MIN_LENGTH) {
            tcp = true;
            headers = transport + TcpHeader.headerLength(view, transport);
            int flags = u8(view, transport + TcpHeader.FLAGS_OFFSET) & ~TcpHeader.PSH;
            mergeable = flags == TcpHeader.ACK
                    && headers >= transport + TcpHeader.MIN_LENGTH
                    && headers < length
                    && (u8(view, transport + TcpHeader.DATA_OFFSET_OFFSET) & 0xF) == 0;
        }
    }

    private boolean readIpv4() {
        transport = network + Ipv4Header.MIN_LENGTH;
        return length >= transport
                && u8(view, network) == VERSION_4_IHL_5
                && u8(view, network + Ipv4Header.PROTOCOL_OFFSET) == IpProtocol.TCP
                && Ipv4Header.totalLength(view, network) == length - network
                && (u16(view, network + Ipv4Header.FRAGMENT_OFFSET) & ALL_BUT_DONT_FRAGMENT) == 0;
    }

    private boolean readIpv6() {
        transport = network + Ipv6Header.LENGTH;
        return length >= transport
                && u8(view, network) >>> 4 == 6
                && u8(view, network + Ipv6Header.NEXT_HEADER_OFFSET) == IpProtocol.TCP
                && u16(view, network + Ipv6Header.PAYLOAD_LENGTH_OFFSET) == length - transport;
    }

    /** Whether the frame holds a whole, plain TCP segment. */
    boolean isTcp() {
        return tcp;
    }

    /** Whether flags and payload let the segment be part of a super-frame. */
    boolean isMergeable() {
        return mergeable;
    }

    int networkOffset() {
        return network;
    }

    /** Bytes of all headers. */
    int headersLength() {
        return headers;
    }

    int payloadLength() {
        return length - headers;
    }

    int sequence() {
        return i32(view, transport + TcpHeader.SEQUENCE_OFFSET);
    }

    boolean isPush() {
        return (u8(view, transport + TcpHeader.FLAGS_OFFSET) & TcpHeader.PSH) != 0;
    }

    /** Bits that differ between flows, for a quick look: ports and the last bytes of the addresses. */
    int flowHash() {
        int addresses = version4
                ? i32(view, network + Ipv4Header.SOURCE_OFFSET) * 31
                        + i32(view, network + Ipv4Header.DESTINATION_OFFSET)
                : i32(view, network + Ipv6Header.SOURCE_OFFSET + 12) * 31
                        + i32(view, network + Ipv6Header.DESTINATION_OFFSET + 12);
        return addresses * 31 + i32(view, transport);
    }

    /** Whether both segments are of one flow; both are TCP. */
    boolean sameFlow(UnsafeBuffer first) {
        if (first.capacity() < transport + TcpHeader.MIN_LENGTH
                || u16(first, network - 2) != u16(view, network - 2)
                || i32(first, transport) != i32(view, transport)) {
            return false;
        }
        return version4
                ? i64(first, network + Ipv4Header.SOURCE_OFFSET) == i64(view, network + Ipv4Header.SOURCE_OFFSET)
                : equal(first, network + Ipv6Header.SOURCE_OFFSET, transport);
    }

    /**
     * Whether all headers are as a continuation of a super-frame needs them, but for sequence number and checksums.
     *
     * @param first the frame that the super-frame began with, of the same flow
     * @param merged segments of the super-frame up to now
     */
    boolean continues(UnsafeBuffer first, int merged) {
        return equal(first, 0, network)
                && (version4 ? continues4(first, merged) : continues6(first))
                && i32(first, transport + ACKNOWLEDGMENT_OFFSET) == i32(view, transport + ACKNOWLEDGMENT_OFFSET)
                && u8(first, transport + TcpHeader.DATA_OFFSET_OFFSET)
                        == u8(view, transport + TcpHeader.DATA_OFFSET_OFFSET)
                && u16(first, transport + WINDOW_OFFSET) == u16(view, transport + WINDOW_OFFSET)
                && u16(first, transport + URGENT_OFFSET) == u16(view, transport + URGENT_OFFSET)
                && equal(first, transport + TcpHeader.MIN_LENGTH, headers);
    }

    /** Identifications count up, as who segments a super-frame makes them; with DF they may also stay (RFC 6864 section 4.1). */
    private boolean continues4(UnsafeBuffer first, int merged) {
        int begun = u16(first, network + Ipv4Header.IDENTIFICATION_OFFSET);
        int mine = u16(view, network + Ipv4Header.IDENTIFICATION_OFFSET);
        int fragment = u16(view, network + Ipv4Header.FRAGMENT_OFFSET);
        boolean counts = mine == (begun + merged & 0xFFFF) || (mine == begun && fragment == DONT_FRAGMENT);
        return counts
                && u16(first, network) == u16(view, network)
                && u16(first, network + Ipv4Header.FRAGMENT_OFFSET) == fragment
                && u16(first, network + TTL_OFFSET) == u16(view, network + TTL_OFFSET);
    }

    private boolean continues6(UnsafeBuffer first) {
        return i32(first, network) == i32(view, network)
                && u16(first, network + Ipv6Header.NEXT_HEADER_OFFSET)
                        == u16(view, network + Ipv6Header.NEXT_HEADER_OFFSET);
    }

    private boolean equal(UnsafeBuffer first, int from, int to) {
        int at = from;
        for (; to - at >= Long.BYTES; at += Long.BYTES) {
            if (first.getLong(at) != view.getLong(at)) {
                return false;
            }
        }
        for (; at < to; at++) {
            if (first.getByte(at) != view.getByte(at)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the checksums of the IPv4 header and of the segment hold. */
    boolean checksumsHold() {
        int segment = length - transport;
        if (version4 && InternetChecksum.of(view, network, Ipv4Header.MIN_LENGTH) != 0) {
            return false;
        }
        long pseudo = version4
                ? InternetChecksum.pseudoHeader4(view, network, IpProtocol.TCP, segment)
                : InternetChecksum.pseudoHeader6(view, network, IpProtocol.TCP, segment);
        return InternetChecksum.finish(pseudo + InternetChecksum.sum(view, transport, segment)) == 0;
    }

    /**
     * Writes lengths, checksums and the virtio-net header of a super-frame that begins with this frame's headers.
     *
     * @param gsoSize payload bytes of each segment but the last
     * @param push whether its last segment asked to be delivered at once
     */
    void writeSuperFrame(VirtioNetHeader header, int frameLength, int gsoSize, boolean push) {
        int segment = frameLength - transport;
        if (push) {
            put8(view, transport + TcpHeader.FLAGS_OFFSET, TcpHeader.ACK | TcpHeader.PSH);
        }
        long pseudo;
        if (version4) {
            put16(view, network + Ipv4Header.TOTAL_LENGTH_OFFSET, frameLength - network);
            put16(view, network + Ipv4Header.CHECKSUM_OFFSET, 0);
            int checksum = InternetChecksum.of(view, network, Ipv4Header.MIN_LENGTH);
            put16(view, network + Ipv4Header.CHECKSUM_OFFSET, checksum);
            pseudo = InternetChecksum.pseudoHeader4(view, network, IpProtocol.TCP, segment);
        } else {
            put16(view, network + Ipv6Header.PAYLOAD_LENGTH_OFFSET, segment);
            pseudo = InternetChecksum.pseudoHeader6(view, network, IpProtocol.TCP, segment);
        }
        put16(view, transport + TcpHeader.CHECKSUM_OFFSET, InternetChecksum.fold(pseudo));
        header.set(
                VirtioNetHeader.NEEDS_CHECKSUM,
                version4 ? VirtioNetHeader.GSO_TCPV4 : VirtioNetHeader.GSO_TCPV6,
                headers,
                gsoSize,
                transport,
                TcpHeader.CHECKSUM_OFFSET);
    }
}
