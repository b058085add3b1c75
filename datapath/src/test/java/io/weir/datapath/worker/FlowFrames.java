package io.weir.datapath.worker;

import java.nio.ByteBuffer;
import java.util.Arrays;

import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.wire.SampleFrames;

/**
 * Frames of flows between hosts A, B and C, whose addresses end in their letter: MAC 02:00:00:00:00:0a, 10.0.0.10, fd00::a. Built
 * the slow and obvious way.
 */
final class FlowFrames {
    static final long MAC_A = 0x0200_0000_000AL;
    static final long MAC_B = 0x0200_0000_000BL;
    static final long MAC_C = 0x0200_0000_000CL;
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;

    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86DD;

    private FlowFrames() {}

    /** 10.0.0.N with N the last byte of the MAC address. */
    static int ip(long mac) {
        return 0x0A00_0000 | (int) (mac & 0xFF);
    }

    static String ipText(long mac) {
        return "10.0.0." + (mac & 0xFF);
    }

    static byte[] udp(long from, long to, int sourcePort, int destinationPort) {
        return udp(from, to, ip(from), ip(to), sourcePort, destinationPort);
    }

    static byte[] udp(long from, long to, int source, int destination, int sourcePort, int destinationPort) {
        return ipv4(from, to, source, destination, 17, 0, udpMessage(sourcePort, destinationPort, 20));
    }

    private static byte[] udpMessage(int sourcePort, int destinationPort, int payload) {
        return ByteBuffer.allocate(8 + payload)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) (8 + payload))
                .array();
    }

    static byte[] tcp(long from, long to, int sourcePort, int destinationPort, int flags, int sequence, int ack) {
        ByteBuffer segment = ByteBuffer.allocate(20)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(sequence)
                .putInt(ack)
                .put((byte) 0x50)
                .put((byte) flags)
                .putShort((short) 60_000)
                .putInt(0);
        ByteBuffer pseudo = ByteBuffer.allocate(32)
                .putInt(ip(from))
                .putInt(ip(to))
                .putShort((short) 6)
                .putShort((short) 20);
        segment.putShort(16, checksum(pseudo.put(segment.array())));
        return ipv4(from, to, ip(from), ip(to), 6, 0, segment.array());
    }

    static byte[] icmp(long from, long to, int type, int code, int identifier) {
        return icmp(from, to, type << 8 | code, identifier << 16 | 1, new byte[24]);
    }

    /** An ICMP error about a frame, which was IPv4 and untagged. */
    static byte[] icmpError(long from, long to, int type, int code, byte[] about) {
        return icmp(from, to, type << 8 | code, 0, Arrays.copyOfRange(about, 14, 14 + 28));
    }

    private static byte[] icmp(long from, long to, int typeAndCode, int word, byte[] payload) {
        ByteBuffer message = ByteBuffer.allocate(8 + payload.length)
                .putShort((short) typeAndCode)
                .putShort((short) 0)
                .putInt(word)
                .put(payload);
        message.putShort(2, checksum(message));
        return ipv4(from, to, ip(from), ip(to), 1, 0, message.array());
    }

    /** Fragment of a UDP datagram: the first one holds the header. */
    static byte[] fragment(long from, long to, int destinationPort, boolean first) {
        byte[] payload = first ? udpMessage(4000, destinationPort, 56) : new byte[64];
        return ipv4(from, to, ip(from), ip(to), 17, first ? 0x2000 : 8, payload);
    }

    static byte[] ipv4(long from, long to, int source, int destination, int protocol, int fragment, byte[] payload) {
        ByteBuffer header = ByteBuffer.allocate(20)
                .putShort((short) 0x4500)
                .putShort((short) (20 + payload.length))
                .putShort((short) 7)
                .putShort((short) fragment)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination);
        header.putShort(10, checksum(header));
        return Traffic.frame(to, from, TYPE_IPV4, header.array(), payload);
    }

    /** A neighbour-discovery message of hop limit 255 with a link-layer option of that type. */
    static byte[] discovery(
            long from, long to, String source, String destination, int type, String target, int option) {
        ByteBuffer message = ByteBuffer.allocate(32)
                .put((byte) type)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(0);
        put(message, target);
        message.put((byte) option).put((byte) 1).putShort((short) (from >>> 32)).putInt((int) from);
        return ipv6(from, to, source, destination, 58, message.array());
    }

    static byte[] routerAdvertisement(long from) {
        return ipv6(from, 0x3333_0000_0001L, "fe80::1", "ff02::1", 58, new byte[] {
            (byte) 134, 0, 0, 0, 64, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0
        });
    }

    static byte[] ipv6(long from, long to, String source, String destination, int protocol, byte[] payload) {
        ByteBuffer header = ByteBuffer.allocate(40)
                .putInt(0x6000_0000)
                .putShort((short) payload.length)
                .put((byte) protocol)
                .put((byte) 255);
        put(header, source);
        put(header, destination);
        return Traffic.frame(to, from, TYPE_IPV6, header.array(), payload);
    }

    private static void put(ByteBuffer into, String address) {
        long[] halves = TablePolicy.address(address);
        into.putLong(halves[0]).putLong(halves[1]);
    }

    /** A frame that is neither IP nor ARP. */
    static byte[] opaque(long from, long to) {
        return Traffic.frame(to, from, 0x88B5, SampleFrames.counting(46));
    }

    static short checksum(ByteBuffer bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.capacity(); i += 2) {
            sum += bytes.getShort(i) & 0xFFFF;
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return (short) ~((sum & 0xFFFF) + (sum >>> 16));
    }
}
