package io.weir.ipsec.tunnel;

import java.net.InetAddress;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.UdpHeader;
import io.weir.ipsec.transport.Encapsulation;
import io.weir.ipsec.transport.TransportSettings;
import io.weir.kernel.Memory;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Makes a frame of a refused datagram, so that captures can show it: the peer's packet with an Ethernet header whose addresses are
 * locally administered, and IP and UDP headers made from the tunnel's settings. What the network's headers held beside is lost.
 *
 * <p>Threading: one worker.
 */
final class OuterHeaders {
    private static final long MAC_LOCAL = 0x0200_5EC0_0001L;
    private static final long MAC_REMOTE = 0x0200_5EC0_0002L;
    private static final int MAC_LENGTH = 6;
    private static final int HOP_LIMIT = 64;
    private static final int NETWORK = EthernetHeader.LENGTH;

    private final byte[] headers;
    private final boolean version4;
    private final boolean udp;
    private final int transport;
    private final UnsafeBuffer out = new UnsafeBuffer(0, 0);

    OuterHeaders(TransportSettings settings) {
        byte[] source = settings.remote().getAddress();
        udp = settings.encapsulation() == Encapsulation.UDP;
        version4 = source.length == Integer.BYTES;
        transport = NETWORK + (version4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH);
        headers = new byte[transport + (udp ? UdpHeader.LENGTH : 0)];
        UnsafeBuffer view = new UnsafeBuffer(headers);
        put48(view, 0, MAC_LOCAL);
        put48(view, MAC_LENGTH, MAC_REMOTE);
        put16(view, EthernetHeader.TYPE_OFFSET, version4 ? EthernetHeader.TYPE_IPV4 : EthernetHeader.TYPE_IPV6);
        int protocol = udp ? IpProtocol.UDP : IpProtocol.ESP;
        if (version4) {
            put8(view, NETWORK, 0x45);
            put16(view, NETWORK + 8, HOP_LIMIT << 8 | protocol);
        } else {
            put16(view, NETWORK + Ipv6Header.NEXT_HEADER_OFFSET, protocol << 8 | HOP_LIMIT);
        }
        addresses(view, source, settings.local());
        if (udp) {
            put16(view, transport, settings.port());
            put16(view, transport + 2, settings.port());
        }
    }

    private void addresses(UnsafeBuffer view, byte[] source, InetAddress local) {
        int at = NETWORK + (version4 ? Ipv4Header.SOURCE_OFFSET : Ipv6Header.SOURCE_OFFSET);
        view.putBytes(at, source);
        view.putBytes(at + source.length, local.getAddress());
    }

    /** Bytes in front of the datagram. */
    int length() {
        return headers.length;
    }

    /**
     * Writes headers and datagram.
     *
     * @param frame where they go; with room for both
     * @param trafficClass of the outer header, or -1 when nobody knows
     * @return bytes of the frame
     */
    int write(long frame, long datagram, int datagramLength, int trafficClass) {
        Memory.copy(headers, 0, frame, headers.length);
        Memory.copy(datagram, frame + headers.length, datagramLength);
        out.wrap(frame, headers.length);
        int packet = headers.length - NETWORK + datagramLength;
        int known = Math.max(trafficClass, 0);
        if (version4) {
            put8(out, NETWORK + 1, known);
            put16(out, NETWORK + Ipv4Header.TOTAL_LENGTH_OFFSET, packet);
            int checksum = InternetChecksum.of(out, NETWORK, Ipv4Header.MIN_LENGTH);
            put16(out, NETWORK + Ipv4Header.CHECKSUM_OFFSET, checksum);
        } else {
            put32(out, NETWORK, 6 << 28 | known << 20);
            put16(out, NETWORK + Ipv6Header.PAYLOAD_LENGTH_OFFSET, packet - Ipv6Header.LENGTH);
        }
        if (udp) {
            put16(out, transport + UdpHeader.LENGTH_OFFSET, headers.length - transport + datagramLength);
        }
        return headers.length + datagramLength;
    }
}
