package io.weir.datapath.parse;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.Icmpv6Header;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.SctpHeader;
import io.weir.datapath.wire.TcpHeader;
import io.weir.datapath.wire.UdpHeader;

/**
 * Whether a virtio-net header (virtio 1.2 section 5.1.6.2) agrees with the frame behind it.
 *
 * <p>A checksum request is an order to overwrite two bytes later, when every check is done. So it may name only the checksum
 * field of the transport header that was found, or bytes behind the IP headers of a packet without one; else it could
 * change an address or a port that a rule has judged.
 *
 * <p>A segmentation request costs a frame a segment on a way out that cannot segment. So it must make no more segments than
 * Linux does, and the UDP length must cover all of them, as Linux writes it: where one receiver takes the super-frame
 * whole and another its segments, both must find the same bytes.
 *
 * <p>Threading: owned by one parse stage.
 */
final class OffloadCheck {
    // Bit 2 tells that the reader may find coalescing figures in the checksum fields; it asks for nothing.
    private static final int RSC_INFO = 4;
    private static final int KNOWN_FLAGS = VirtioNetHeader.NEEDS_CHECKSUM | VirtioNetHeader.DATA_VALID | RSC_INFO;

    private static final int CHECKSUM_LENGTH = 2;
    // Linux TCP_MIN_SND_MSS: options and payload of a segment, unless one segment holds all.
    private static final int MIN_TCP_SEGMENT = 48;
    // Linux UDP_MAX_SEGMENTS.
    private static final int MAX_UDP_SEGMENTS = 128;
    private static final int INVALID = DropReason.OFFLOAD_INVALID.code();

    private final VirtioNetHeader header = new VirtioNetHeader();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    /** OFFLOAD_INVALID, or 0; {@code networkEnd} is where the IP headers of an IP packet end. */
    int check(PacketBatch batch, int i, int networkEnd) {
        if (VirtioNetHeader.isEmptyBefore(batch.address(i))) {
            return DropReason.NONE;
        }
        header.wrapBefore(batch.address(i));
        int flags = header.flags();
        if ((flags & ~KNOWN_FLAGS) != 0) {
            return INVALID;
        }
        boolean segmented = header.gsoType() != VirtioNetHeader.GSO_NONE || header.hasEcn();
        boolean needsChecksum = (flags & VirtioNetHeader.NEEDS_CHECKSUM) != 0;
        boolean valid = (!needsChecksum || checksumFits(batch, i, networkEnd))
                && (!segmented || (needsChecksum && segmentationFits(batch, i)));
        return valid ? DropReason.NONE : INVALID;
    }

    private boolean checksumFits(PacketBatch batch, int i, int networkEnd) {
        int start = header.checksumStart();
        int offset = header.checksumOffset();
        if (start + offset + CHECKSUM_LENGTH > batch.length(i)) {
            return false;
        }
        int transport = batch.transportOffset(i);
        if (transport != 0) {
            return start == transport && offset == checksumOffset(batch.ipProtocol(i));
        }
        return batch.ipProtocol(i) >= 0 && start >= networkEnd && !batch.is(i, PacketBatch.IS_FRAGMENT);
    }

    private static int checksumOffset(int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> TcpHeader.CHECKSUM_OFFSET;
            case IpProtocol.UDP -> UdpHeader.CHECKSUM_OFFSET;
            case IpProtocol.SCTP -> SctpHeader.CHECKSUM_OFFSET;
            case IpProtocol.ICMPV6 -> Icmpv6Header.CHECKSUM_OFFSET;
            default -> IcmpHeader.CHECKSUM_OFFSET;
        };
    }

    private boolean segmentationFits(PacketBatch batch, int i) {
        boolean whole = batch.transportOffset(i) != 0 && !batch.is(i, PacketBatch.IS_FRAGMENT);
        int protocol = batch.ipProtocol(i);
        boolean agrees = switch (header.gsoType()) {
            case VirtioNetHeader.GSO_TCPV4 -> protocol == IpProtocol.TCP && batch.is(i, PacketBatch.IS_IPV4);
            case VirtioNetHeader.GSO_TCPV6 -> protocol == IpProtocol.TCP && batch.is(i, PacketBatch.IS_IPV6);
            case VirtioNetHeader.GSO_UDP_L4 -> protocol == IpProtocol.UDP && !header.hasEcn();
            default -> false;
        };
        return whole && agrees && header.gsoSize() > 0 && segmentsFit(batch, i);
    }

    private boolean segmentsFit(PacketBatch batch, int i) {
        batch.wrap(i, frame);
        int transport = batch.transportOffset(i);
        int available = batch.networkOffset(i) + batch.packetLength(i) - transport;
        if (batch.ipProtocol(i) == IpProtocol.UDP) {
            return UdpHeader.length(frame, transport) == available
                    && segments(available - UdpHeader.LENGTH) <= MAX_UDP_SEGMENTS;
        }
        int headerLength = TcpHeader.headerLength(frame, transport);
        int segments = segments(available - headerLength);
        boolean large = headerLength - TcpHeader.MIN_LENGTH + header.gsoSize() >= MIN_TCP_SEGMENT;
        return segments <= 1 || (large && segments <= VirtioNetHeader.MAX_SEGMENTS);
    }

    private int segments(int payload) {
        return (payload + header.gsoSize() - 1) / header.gsoSize();
    }
}
