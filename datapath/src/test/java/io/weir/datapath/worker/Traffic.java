package io.weir.datapath.worker;

import java.nio.ByteBuffer;

import io.weir.datapath.wire.SampleFrames;

/** Frames between hosts: MAC addresses in the low 48 bits of a long, IPv4 addresses as ints. */
final class Traffic {
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    static final long SPANNING_TREE = 0x0180_C200_0000L;
    static final long HOST_A = 0x0200_0000_000AL;
    static final long HOST_B = 0x0200_0000_000BL;
    static final long HOST_C = 0x0200_0000_000CL;
    static final int IP_A = 0x0A00_0001;
    static final int IP_B = 0x0A00_0002;
    static final int GROUP = 0xEF01_0203;
    static final int ALL_HOSTS = 0xE000_0001;
    static final int OPAQUE = 0x88B5;

    private static final int UDP = 17;
    private static final int IGMP = 2;

    private Traffic() {}

    static byte[] frame(long destination, long source, int type, byte[]... payload) {
        byte[] body = SampleFrames.join(payload);
        return addresses(ByteBuffer.allocate(14 + body.length), destination, source)
                .putShort((short) type)
                .put(body)
                .array();
    }

    /** A frame of the shortest length, which no stage looks into. */
    static byte[] plain(long destination, long source) {
        return frame(destination, source, OPAQUE, SampleFrames.counting(46));
    }

    /** The frame with a tag in front of its type. */
    static byte[] tagged(int tagType, int tci, byte[] frame) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) tagType)
                .putShort((short) tci)
                .put(frame, 12, frame.length - 12)
                .array();
    }

    static byte[] tagged(int tci, byte[] frame) {
        return tagged(0x8100, tci, frame);
    }

    static byte[] bpdu(long source) {
        return frame(SPANNING_TREE, source, 38, SampleFrames.hex("424203"), SampleFrames.counting(43));
    }

    static byte[] arpRequest(long senderMac, int senderIp, int targetIp) {
        return arp(BROADCAST, 1, senderMac, senderIp, 0, targetIp);
    }

    static byte[] arp(long destination, int operation, long senderMac, int senderIp, long targetMac, int targetIp) {
        ByteBuffer body = ByteBuffer.allocate(46)
                .putLong(0x0001_0800_0604_0000L | operation)
                .putShort((short) (senderMac >>> 32))
                .putInt((int) senderMac)
                .putInt(senderIp)
                .putShort((short) (targetMac >>> 32))
                .putInt((int) targetMac)
                .putInt(targetIp);
        return frame(destination, senderMac, 0x0806, body.array());
    }

    /** UDP to a multicast group. */
    static byte[] multicast(long sourceMac, int source, int group) {
        byte[] udp = SampleFrames.udp(SampleFrames.counting(20));
        return frame(groupMac(group), sourceMac, 0x0800, ipv4(source, group, UDP, udp));
    }

    static byte[] igmpQuery(long sourceMac, int source) {
        return igmp(sourceMac, source, ALL_HOSTS, 0x1164_0000, 0);
    }

    static byte[] igmpReport(long sourceMac, int source, int group) {
        return igmp(sourceMac, source, group, 0x1600_0000, group);
    }

    static byte[] igmpLeave(long sourceMac, int source, int group) {
        return igmp(sourceMac, source, 0xE000_0002, 0x1700_0000, group);
    }

    private static byte[] igmp(long sourceMac, int source, int destination, int start, int group) {
        ByteBuffer message = ByteBuffer.allocate(8).putInt(start).putInt(group);
        message.putShort(2, checksum(message));
        return frame(groupMac(destination), sourceMac, 0x0800, ipv4(source, destination, IGMP, message.array()));
    }

    private static long groupMac(int group) {
        return 0x0100_5E00_0000L | (group & 0x7F_FFFF);
    }

    private static byte[] ipv4(int source, int destination, int protocol, byte[] payload) {
        ByteBuffer header = ByteBuffer.allocate(20)
                .putShort((short) 0x4500)
                .putShort((short) (20 + payload.length))
                .putInt(0)
                .put((byte) 1)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination);
        header.putShort(10, checksum(header));
        return SampleFrames.join(header.array(), payload);
    }

    /** RFC 1071, the slow and obvious way. */
    private static short checksum(ByteBuffer bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.capacity(); i += 2) {
            sum += bytes.getShort(i) & 0xFFFF;
        }
        return (short) ~((sum & 0xFFFF) + (sum >>> 16));
    }

    private static ByteBuffer addresses(ByteBuffer into, long destination, long source) {
        return into.putShort((short) (destination >>> 32))
                .putInt((int) destination)
                .putShort((short) (source >>> 32))
                .putInt((int) source);
    }
}
