package io.weir.datapath.bridge;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Writes the answers that the switch gives in a neighbour's name: ARP replies (RFC 826) and solicited neighbour advertisements
 * (RFC 4861 section 4.4), as untagged Ethernet frames.
 *
 * <p>Threading: belongs to one neighbour stage.
 */
final class NeighbourReplies {
    static final int ARP_LENGTH = 42;
    static final int ADVERTISEMENT_LENGTH = 86;

    private static final int ETHERTYPE_OFFSET = 12;
    private static final int NETWORK = 14;
    private static final int IPV6_LENGTH = 40;
    private static final int ICMP = NETWORK + IPV6_LENGTH;
    private static final int ICMP_LENGTH = 32;

    private static final int ROUTER_FLAG = 1 << 31;
    private static final int SOLICITED_FLAG = 1 << 30;
    private static final int OVERRIDE_FLAG = 1 << 29;

    private final UnsafeBuffer out = new UnsafeBuffer(0, 0);

    /** Answers the ARP request in {@code request}, whose ARP packet starts at {@code arp}: the target is at that MAC. */
    int arpReply(long address, UnsafeBuffer request, int arp, long mac) {
        out.wrap(address, ARP_LENGTH);
        out.putBytes(0, request, arp + 8, 6);
        putMac(6, mac);
        putU16(ETHERTYPE_OFFSET, 0x0806);
        out.putInt(NETWORK, 0x0001_0800, BIG_ENDIAN);
        out.putInt(NETWORK + 4, 0x0604_0002, BIG_ENDIAN);
        putMac(NETWORK + 8, mac);
        out.putBytes(NETWORK + 14, request, arp + 24, 4);
        out.putBytes(NETWORK + 18, request, arp + 8, 10);
        return ARP_LENGTH;
    }

    /** Answers the neighbour solicitation whose IPv6 header starts at {@code network} and whose ICMPv6 message at {@code icmp}. */
    int advertisement(long address, UnsafeBuffer request, int network, int icmp, long mac, boolean router) {
        out.wrap(address, ADVERTISEMENT_LENGTH);
        out.putBytes(0, request, 6, 6);
        putMac(6, mac);
        putU16(ETHERTYPE_OFFSET, 0x86DD);
        out.putInt(NETWORK, 0x6000_0000, BIG_ENDIAN);
        out.putInt(NETWORK + 4, ICMP_LENGTH << 16 | 58 << 8 | 255, BIG_ENDIAN);
        out.putBytes(NETWORK + 8, request, icmp + 8, 16);
        out.putBytes(NETWORK + 24, request, network + 8, 16);
        out.putInt(ICMP, 136 << 24, BIG_ENDIAN);
        out.putInt(ICMP + 4, (router ? ROUTER_FLAG : 0) | SOLICITED_FLAG | OVERRIDE_FLAG, BIG_ENDIAN);
        out.putBytes(ICMP + 8, request, icmp + 8, 16);
        putU16(ICMP + 24, 0x0201);
        putMac(ICMP + 26, mac);
        long sum = InternetChecksum.pseudoHeader6(out, NETWORK, IpProtocol.ICMPV6, ICMP_LENGTH)
                + InternetChecksum.sum(out, ICMP, ICMP_LENGTH);
        putU16(ICMP + 2, InternetChecksum.finish(sum));
        return ADVERTISEMENT_LENGTH;
    }

    private void putU16(int offset, int value) {
        out.putShort(offset, (short) value, BIG_ENDIAN);
    }

    private void putMac(int offset, long mac) {
        putU16(offset, (int) (mac >>> 32));
        out.putInt(offset + 2, (int) mac, BIG_ENDIAN);
    }
}
