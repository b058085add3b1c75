package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.TcpHeader;

import static io.weir.datapath.wire.NetworkOrder.i32;
import static io.weir.datapath.wire.NetworkOrder.put16;
import static io.weir.datapath.wire.NetworkOrder.put32;
import static io.weir.datapath.wire.NetworkOrder.put48;
import static io.weir.datapath.wire.NetworkOrder.put64;
import static io.weir.datapath.wire.NetworkOrder.put8;
import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * Writes the answers to rejected packets as untagged Ethernet frames: TCP resets (RFC 9293 section 3.10.7.1), ICMP type 3 code
 * 13 (RFC 1812 section 5.2.7.1) and ICMPv6 type 1 code 1 (RFC 4443 section 3.1). The sender of an answer is the host that the
 * rejected packet was meant for.
 *
 * <p>Threading: belongs to one worker.
 */
final class RejectReplies {
    private static final int NETWORK = EthernetHeader.LENGTH;
    private static final int HOP_LIMIT = 64;
    private static final int TCP_LENGTH = TcpHeader.MIN_LENGTH;
    private static final int ACKNOWLEDGMENT_OFFSET = 8;
    private static final int DATA_OFFSET_OFFSET = 12;
    private static final int ICMP_LENGTH = 8;
    private static final int ICMP_CHECKSUM_OFFSET = 2;
    private static final int ICMP_PROHIBITED = 3 << 8 | 13;
    private static final int ICMPV6_PROHIBITED = 1 << 8 | 1;
    private static final int ICMP_PARAMETER_PROBLEM = IcmpHeader.PARAMETER_PROBLEM << 8;
    private static final int DONT_FRAGMENT = 0x4000;

    // RFC 1812 section 4.3.2.3 and RFC 4443 section 2.4: as much of the packet as fits these.
    private static final int MOST_ICMP = 576;
    private static final int MOST_ICMPV6 = 1280;

    private final UnsafeBuffer out = new UnsafeBuffer(0, 0);

    /** What a reset of a session needs that no packet tells. */
    static final class Reset {
        long sourceMac;
        long destinationMac;
        boolean ipv6;
        long sourceHigh;
        long sourceLow;
        long destinationHigh;
        long destinationLow;
        int sourcePort;
        int destinationPort;
        int sequence;
        int acknowledgment;
    }

    /** Answers a TCP segment; returns the frame's length. */
    int resetSender(long room, PacketBatch batch, int i, UnsafeBuffer frame) {
        int segment = batch.transportOffset(i);
        int transport = turned(room, batch, i, frame, IpProtocol.TCP, TCP_LENGTH);
        int ports = i32(frame, segment);
        put32(out, transport, ports << 16 | ports >>> 16);
        int flags = u8(frame, segment + TcpHeader.FLAGS_OFFSET);
        if ((flags & TcpHeader.ACK) != 0) {
            tcp(transport, i32(frame, segment + ACKNOWLEDGMENT_OFFSET), 0, TcpHeader.RST);
        } else {
            int next = i32(frame, segment + TcpHeader.SEQUENCE_OFFSET) + segmentLength(batch, i, frame, flags);
            tcp(transport, 0, next, TcpHeader.RST | TcpHeader.ACK);
        }
        return finishTcp(transport);
    }

    /** SYN and FIN use a sequence number each. */
    private static int segmentLength(PacketBatch batch, int i, UnsafeBuffer frame, int flags) {
        int segment = batch.transportOffset(i);
        int end = batch.networkOffset(i) + batch.packetLength(i);
        return end - segment - TcpHeader.headerLength(frame, segment) + (flags >>> 1 & 1) + (flags & 1);
    }

    /** Resets the connection in the name of the segment's sender; returns the frame's length. */
    int resetReceiver(long room, PacketBatch batch, int i, UnsafeBuffer frame) {
        int segment = batch.transportOffset(i);
        int transport = alike(room, batch, i, frame, TCP_LENGTH);
        put32(out, transport, i32(frame, segment));
        boolean acknowledges = (u8(frame, segment + TcpHeader.FLAGS_OFFSET) & TcpHeader.ACK) != 0;
        tcp(
                transport,
                i32(frame, segment + TcpHeader.SEQUENCE_OFFSET),
                acknowledges ? i32(frame, segment + ACKNOWLEDGMENT_OFFSET) : 0,
                acknowledges ? TcpHeader.RST | TcpHeader.ACK : TcpHeader.RST);
        return finishTcp(transport);
    }

    /** Resets a connection of which there is no segment at hand; returns the frame's length. */
    int reset(long room, Reset reset) {
        int transport = NETWORK + (reset.ipv6 ? Ipv6Header.LENGTH : Ipv4Header.MIN_LENGTH);
        out.wrap(room, transport + TCP_LENGTH);
        link(reset.destinationMac, reset.sourceMac, reset.ipv6);
        if (reset.ipv6) {
            ipv6(IpProtocol.TCP, TCP_LENGTH);
            put64(out, NETWORK + Ipv6Header.SOURCE_OFFSET, reset.sourceHigh);
            put64(out, NETWORK + Ipv6Header.SOURCE_OFFSET + Long.BYTES, reset.sourceLow);
            put64(out, NETWORK + Ipv6Header.DESTINATION_OFFSET, reset.destinationHigh);
            put64(out, NETWORK + Ipv6Header.DESTINATION_OFFSET + Long.BYTES, reset.destinationLow);
        } else {
            ipv4(IpProtocol.TCP, TCP_LENGTH, (int) reset.sourceLow, (int) reset.destinationLow);
        }
        put32(out, transport, reset.sourcePort << 16 | reset.destinationPort);
        tcp(transport, reset.sequence, reset.acknowledgment, TcpHeader.RST | TcpHeader.ACK);
        return finishTcp(transport);
    }

    /** Answers any other packet; returns the frame's length. */
    int prohibited(long room, PacketBatch batch, int i, UnsafeBuffer frame) {
        boolean version4 = batch.is(i, PacketBatch.IS_IPV4);
        return error(room, batch, i, frame, version4 ? ICMP_PROHIBITED : ICMPV6_PROHIBITED, 0);
    }

    /** Answers an IPv4 packet whose byte {@code pointer} is wrong (RFC 792, "Parameter Problem"); returns the frame's length. */
    int parameterProblem(long room, PacketBatch batch, int i, UnsafeBuffer frame, int pointer) {
        return error(room, batch, i, frame, ICMP_PARAMETER_PROBLEM, pointer << 24);
    }

    private int error(long room, PacketBatch batch, int i, UnsafeBuffer frame, int typeAndCode, int rest) {
        boolean version4 = batch.is(i, PacketBatch.IS_IPV4);
        int headers = version4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH;
        int most = (version4 ? MOST_ICMP : MOST_ICMPV6) - headers - ICMP_LENGTH;
        int quoted = Math.min(batch.packetLength(i), most);
        int length = ICMP_LENGTH + quoted;
        int transport = turned(room, batch, i, frame, version4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, length);
        put16(out, transport, typeAndCode);
        put16(out, transport + ICMP_CHECKSUM_OFFSET, 0);
        put32(out, transport + 4, rest);
        out.putBytes(transport + ICMP_LENGTH, frame, batch.networkOffset(i), quoted);
        long pseudo = version4 ? 0 : InternetChecksum.pseudoHeader6(out, NETWORK, IpProtocol.ICMPV6, length);
        long sum = pseudo + InternetChecksum.sum(out, transport, length);
        put16(out, transport + ICMP_CHECKSUM_OFFSET, InternetChecksum.finish(sum));
        return transport + length;
    }

    /** Headers from the packet's destination to its source; returns where the transport header goes. */
    private int turned(long room, PacketBatch batch, int i, UnsafeBuffer frame, int protocol, int length) {
        boolean version4 = batch.is(i, PacketBatch.IS_IPV4);
        int network = batch.networkOffset(i);
        int transport = NETWORK + (version4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH);
        out.wrap(room, transport + length);
        link(/* destination= */ batch.sourceMac(i), /* source= */ batch.destinationMac(i), !version4);
        if (version4) {
            int source = i32(frame, network + Ipv4Header.SOURCE_OFFSET);
            ipv4(protocol, length, i32(frame, network + Ipv4Header.DESTINATION_OFFSET), source);
        } else {
            ipv6(protocol, length);
            out.putBytes(NETWORK + Ipv6Header.SOURCE_OFFSET, frame, network + Ipv6Header.DESTINATION_OFFSET, 16);
            out.putBytes(NETWORK + Ipv6Header.DESTINATION_OFFSET, frame, network + Ipv6Header.SOURCE_OFFSET, 16);
        }
        return transport;
    }

    /** Headers of the packet's own direction, for TCP. */
    private int alike(long room, PacketBatch batch, int i, UnsafeBuffer frame, int length) {
        boolean version4 = batch.is(i, PacketBatch.IS_IPV4);
        int network = batch.networkOffset(i);
        int transport = NETWORK + (version4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH);
        out.wrap(room, transport + length);
        link(batch.destinationMac(i), batch.sourceMac(i), !version4);
        if (version4) {
            int source = i32(frame, network + Ipv4Header.SOURCE_OFFSET);
            ipv4(IpProtocol.TCP, length, source, i32(frame, network + Ipv4Header.DESTINATION_OFFSET));
        } else {
            ipv6(IpProtocol.TCP, length);
            out.putBytes(NETWORK + Ipv6Header.SOURCE_OFFSET, frame, network + Ipv6Header.SOURCE_OFFSET, 32);
        }
        return transport;
    }

    private void link(long destination, long source, boolean ipv6) {
        put48(out, 0, destination);
        put48(out, 6, source);
        put16(out, EthernetHeader.TYPE_OFFSET, ipv6 ? EthernetHeader.TYPE_IPV6 : EthernetHeader.TYPE_IPV4);
    }

    private void ipv4(int protocol, int payload, int source, int destination) {
        put16(out, NETWORK, 0x4500);
        put16(out, NETWORK + Ipv4Header.TOTAL_LENGTH_OFFSET, Ipv4Header.MIN_LENGTH + payload);
        put16(out, NETWORK + Ipv4Header.IDENTIFICATION_OFFSET, 0);
        put16(out, NETWORK + Ipv4Header.FRAGMENT_OFFSET, DONT_FRAGMENT);
        put16(out, NETWORK + 8, HOP_LIMIT << 8 | protocol);
        put16(out, NETWORK + Ipv4Header.CHECKSUM_OFFSET, 0);
        put32(out, NETWORK + Ipv4Header.SOURCE_OFFSET, source);
        put32(out, NETWORK + Ipv4Header.DESTINATION_OFFSET, destination);
        put16(out, NETWORK + Ipv4Header.CHECKSUM_OFFSET, InternetChecksum.of(out, NETWORK, Ipv4Header.MIN_LENGTH));
    }

    private void ipv6(int protocol, int payload) {
        put32(out, NETWORK, 0x6000_0000);
        put32(out, NETWORK + Ipv6Header.PAYLOAD_LENGTH_OFFSET, payload << 16 | protocol << 8 | HOP_LIMIT);
    }

    private void tcp(int transport, int sequence, int acknowledgment, int flags) {
        put32(out, transport + TcpHeader.SEQUENCE_OFFSET, sequence);
        put32(out, transport + ACKNOWLEDGMENT_OFFSET, acknowledgment);
        put8(out, transport + DATA_OFFSET_OFFSET, TCP_LENGTH >>> 2 << 4);
        put8(out, transport + TcpHeader.FLAGS_OFFSET, flags);
        put16(out, transport + 14, 0);
        put32(out, transport + TcpHeader.CHECKSUM_OFFSET, 0);
    }

    private int finishTcp(int transport) {
        long pseudo = transport == NETWORK + Ipv4Header.MIN_LENGTH
                ? InternetChecksum.pseudoHeader4(out, NETWORK, IpProtocol.TCP, TCP_LENGTH)
                : InternetChecksum.pseudoHeader6(out, NETWORK, IpProtocol.TCP, TCP_LENGTH);
        long sum = pseudo + InternetChecksum.sum(out, transport, TCP_LENGTH);
        put16(out, transport + TcpHeader.CHECKSUM_OFFSET, InternetChecksum.finish(sum));
        return transport + TCP_LENGTH;
    }
}
