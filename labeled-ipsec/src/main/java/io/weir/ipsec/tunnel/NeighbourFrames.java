package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.ArpPacket;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.Icmpv6Header;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.NeighbourMessage;

import static io.weir.datapath.wire.NetworkOrder.put16;

/**
 * Writes the frames by which a gateway is found and finds others: ARP (RFC 826), neighbour solicitation and advertisement (RFC 4861
 * sections 4.3 and 4.4), untagged.
 *
 * <p>Threading: one worker.
 */
final class NeighbourFrames {
    static final int ARP_LENGTH = EthernetHeader.LENGTH + ArpPacket.LENGTH;
    static final int ND_LENGTH = EthernetHeader.LENGTH + Ipv6Header.LENGTH + 32;

    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final int HOP_LIMIT = 255;
    private static final int NETWORK = EthernetHeader.LENGTH;
    private static final int MESSAGE = NETWORK + Ipv6Header.LENGTH;
    private static final int MESSAGE_LENGTH = 32;
    private static final int OPTION = 24;

    // ff02::1:ff00:0/104, RFC 4291 section 2.7.1; as Ethernet address 33:33 and its last 32 bits, RFC 2464 section 7.
    private static final long SOLICITED_NODE_HIGH = 0xFF02L << 48;
    private static final long SOLICITED_NODE_LOW = 0x0000_0001_FF00_0000L;
    private static final long SOLICITED_NODE_MAC = 0x3333_FF00_0000L;
    private static final long NODE_BITS = 0xFF_FFFFL;

    private final EthernetHeader ethernet = new EthernetHeader();
    private final ArpPacket arp = new ArpPacket();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final NeighbourMessage message = new NeighbourMessage();

    /** Tells the host that the address is at {@code mac}. */
    int arpReply(UnsafeBuffer out, long mac, int address, long hostMac, int hostAddress) {
        link(out, hostMac, mac, EthernetHeader.TYPE_ARP);
        arp.wrap(out, NETWORK, ArpPacket.LENGTH).format().operation(ArpPacket.REPLY);
        arp.senderMac(mac).senderIp(address).targetMac(hostMac).targetIp(hostAddress);
        return ARP_LENGTH;
    }

    /** Asks who has {@code target}, in the name of {@code address} at {@code mac}. */
    int arpRequest(UnsafeBuffer out, long mac, int address, int target) {
        link(out, BROADCAST, mac, EthernetHeader.TYPE_ARP);
        arp.wrap(out, NETWORK, ArpPacket.LENGTH).format().operation(ArpPacket.REQUEST);
        arp.senderMac(mac).senderIp(address).targetMac(0).targetIp(target);
        return ARP_LENGTH;
    }

    /** Tells the host that the address is at {@code mac}, where a router is. */
    int advertisement(UnsafeBuffer out, long mac, long high, long low, long hostMac, long hostHigh, long hostLow) {
        link(out, hostMac, mac, EthernetHeader.TYPE_IPV6);
        int flags = NeighbourMessage.FLAG_ROUTER | NeighbourMessage.FLAG_SOLICITED | NeighbourMessage.FLAG_OVERRIDE;
        network(out).source(high, low).destination(hostHigh, hostLow);
        message(out, NeighbourMessage.NEIGHBOUR_ADVERTISEMENT, flags)
                .target(high, low)
                .linkAddress(OPTION, NeighbourMessage.OPTION_TARGET_LINK_ADDRESS, mac);
        return finish(out);
    }

    /** Asks who has the target, in the name of that address at {@code mac}. */
    int solicitation(UnsafeBuffer out, long mac, long high, long low, long targetHigh, long targetLow) {
        link(out, SOLICITED_NODE_MAC | (targetLow & NODE_BITS), mac, EthernetHeader.TYPE_IPV6);
        network(out).source(high, low).destination(SOLICITED_NODE_HIGH, SOLICITED_NODE_LOW | (targetLow & NODE_BITS));
        message(out, NeighbourMessage.NEIGHBOUR_SOLICITATION, 0)
                .target(targetHigh, targetLow)
                .linkAddress(OPTION, NeighbourMessage.OPTION_SOURCE_LINK_ADDRESS, mac);
        return finish(out);
    }

    private void link(UnsafeBuffer out, long destination, long source, int type) {
        ethernet.wrap(out, 0, EthernetHeader.LENGTH)
                .destination(destination)
                .source(source)
                .etherType(type);
    }

    private Ipv6Header network(UnsafeBuffer out) {
        return ipv6.wrap(out, NETWORK, Ipv6Header.LENGTH)
                .versionClassLabel(0, 0)
                .payloadLength(MESSAGE_LENGTH)
                .nextHeader(IpProtocol.ICMPV6)
                .hopLimit(HOP_LIMIT);
    }

    private NeighbourMessage message(UnsafeBuffer out, int type, int flags) {
        return message.wrap(out, MESSAGE, MESSAGE_LENGTH)
                .type(type)
                .code(0)
                .checksum(0)
                .flags(flags);
    }

    private static int finish(UnsafeBuffer out) {
        long sum = InternetChecksum.pseudoHeader6(out, NETWORK, IpProtocol.ICMPV6, MESSAGE_LENGTH)
                + InternetChecksum.sum(out, MESSAGE, MESSAGE_LENGTH);
        put16(out, MESSAGE + Icmpv6Header.CHECKSUM_OFFSET, InternetChecksum.finish(sum));
        return ND_LENGTH;
    }
}
