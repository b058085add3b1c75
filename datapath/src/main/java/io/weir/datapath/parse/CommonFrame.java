package io.weir.datapath.parse;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.TcpHeader;
import io.weir.datapath.wire.UdpHeader;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * The short way of the frames that most are: untagged, IPv4 without options and in one piece, TCP or UDP. It reads eight words
 * of a frame and no byte that the frame does not have. A frame that is anything else, or not plainly right, goes the way of the
 * parsers that know every rule, as if nobody had looked at it.
 *
 * <p>Threading: stateless.
 */
final class CommonFrame {
    private static final int NETWORK = EthernetHeader.LENGTH;
    private static final int TRANSPORT = NETWORK + Ipv4Header.MIN_LENGTH;
    private static final int MIN_LENGTH = TRANSPORT + UdpHeader.LENGTH;

    // The word at the EtherType: type, version, header length; behind them the type of service.
    private static final int TYPE_VERSION_AND_IHL = EthernetHeader.TYPE_IPV4 << 8 | 0x45;
    private static final int TYPE_OF_SERVICE_BITS = 8;
    // The word at the fragment field: flags and offset, time to live, protocol.
    private static final int IN_PARTS = (Ipv4Header.MORE_FRAGMENTS | Ipv4Header.FRAGMENT_OFFSET_MASK) << 16;
    private static final int PROTOCOL_MASK = 0xFF;

    private CommonFrame() {}

    /** Where the network layer's headers end. */
    static int networkEnd() {
        return TRANSPORT;
    }

    /** Whether a frame of no more than {@link ParseStage#MAX_FRAME_LENGTH} is such a one; then the batch has its metadata. */
    static boolean parse(PacketBatch batch, int i) {
        long frame = batch.address(i);
        int available = batch.length(i) - NETWORK;
        if (available < MIN_LENGTH - NETWORK
                || i32(frame + EthernetHeader.TYPE_OFFSET) >>> TYPE_OF_SERVICE_BITS != TYPE_VERSION_AND_IHL) {
            return false;
        }
        int packetLength = i32(frame + NETWORK) & 0xFFFF;
        int fragment = i32(frame + NETWORK + Ipv4Header.FRAGMENT_OFFSET);
        int protocol = fragment & PROTOCOL_MASK;
        if ((fragment & IN_PARTS) != 0
                || packetLength > available
                || !isTransport(protocol, frame + TRANSPORT, packetLength - Ipv4Header.MIN_LENGTH)) {
            return false;
        }
        long first = i64(frame);
        long last = i32(frame + Long.BYTES) & 0xFFFF_FFFFL;
        int dhcp = protocol == IpProtocol.UDP ? TransportParser.dhcp4(i32(frame + TRANSPORT)) : 0;
        batch.macs(i, first >>> 16, (first & 0xFFFF) << 32 | last);
        batch.traits(i, PacketBatch.IS_IPV4 | dhcp);
        batch.outerTag(i, 0);
        batch.etherType(i, EthernetHeader.TYPE_IPV4);
        batch.networkOffset(i, NETWORK);
        batch.transportOffset(i, TRANSPORT);
        batch.ipProtocol(i, protocol);
        batch.packetLength(i, packetLength);
        return true;
    }

    /** The rules of {@link UdpHeader#check()} and {@link TcpHeader#check()}, for a header with what is behind it. */
    private static boolean isTransport(int protocol, long header, int available) {
        if (protocol == IpProtocol.UDP) {
            int length = available < UdpHeader.LENGTH ? 0 : i32(header + UdpHeader.LENGTH_OFFSET) >>> 16;
            return length >= UdpHeader.LENGTH && length <= available;
        }
        if (protocol != IpProtocol.TCP || available < TcpHeader.MIN_LENGTH) {
            return false;
        }
        int length = i32(header + TcpHeader.DATA_OFFSET_OFFSET) >>> 28 << 2;
        return length >= TcpHeader.MIN_LENGTH && length <= available;
    }
}
