package io.weir.datapath.bridge;

import java.io.ByteArrayOutputStream;

/** Builds frames as byte arrays, header by header. Addresses: MAC in the low 48 bits of a long, IPv4 as an int. */
final class Frames {
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    static final long HOST_A = 0x0200_0000_000AL;
    static final long HOST_B = 0x0200_0000_000BL;
    static final long HOST_C = 0x0200_0000_000CL;
    static final int TPID_CUSTOMER = 0x8100;
    static final int TPID_SERVICE = 0x88A8;

    private Frames() {}

    static byte[] ethernet(long destination, long source, int etherType, byte[] payload) {
        return new Bytes()
                .mac(destination)
                .mac(source)
                .u16(etherType)
                .raw(payload)
                .done();
    }

    /** An untagged frame with a payload that no stage looks into. */
    static byte[] plain(long destination, long source) {
        return ethernet(destination, source, 0x88B5, new byte[46]);
    }

    /** The same frame with a tag in front of its EtherType. */
    static byte[] tagged(int tagType, int tci, byte[] frame) {
        Bytes bytes = new Bytes();
        for (int i = 0; i < 12; i++) {
            bytes.u8(frame[i]);
        }
        bytes.u16(tagType).u16(tci);
        for (int i = 12; i < frame.length; i++) {
            bytes.u8(frame[i]);
        }
        return bytes.done();
    }

    static byte[] tagged(int tci, byte[] frame) {
        return tagged(TPID_CUSTOMER, tci, frame);
    }

    static byte[] arp(long destination, int operation, long senderMac, int senderIp, long targetMac, int targetIp) {
        byte[] body = new Bytes()
                .u16(1)
                .u16(0x0800)
                .u8(6)
                .u8(4)
                .u16(operation)
                .mac(senderMac)
                .u32(senderIp)
                .mac(targetMac)
                .u32(targetIp)
                .done();
        return ethernet(destination, senderMac, 0x0806, body);
    }

    static byte[] arpRequest(long senderMac, int senderIp, int targetIp) {
        return arp(BROADCAST, 1, senderMac, senderIp, 0, targetIp);
    }

    static long groupMac4(int group) {
        return 0x0100_5E00_0000L | (group & 0x7F_FFFF);
    }

    static long groupMac6(byte[] group) {
        return 0x3333_0000_0000L
                | (group[12] & 0xFFL) << 24
                | (group[13] & 0xFFL) << 16
                | (group[14] & 0xFFL) << 8
                | (group[15] & 0xFFL);
    }

    /** IPv4 with a router-alert option where the protocol is IGMP, as RFC 2236 section 2 asks for. */
    static byte[] ipv4(int source, int destination, int protocol, byte[] payload) {
        boolean routerAlert = protocol == 2;
        int headerLength = routerAlert ? 24 : 20;
        Bytes header = new Bytes()
                .u8(0x40 | headerLength / 4)
                .u8(0)
                .u16(headerLength + payload.length)
                .u32(0)
                .u8(1)
                .u8(protocol)
                .u16(0)
                .u32(source)
                .u32(destination);
        if (routerAlert) {
            header.u32(0x9404_0000);
        }
        byte[] bytes = header.done();
        putU16(bytes, 10, checksum(bytes, 0));
        return new Bytes().raw(bytes).raw(payload).done();
    }

    static byte[] udp() {
        return new Bytes().u16(5000).u16(5000).u16(20).u16(0).raw(new byte[12]).done();
    }

    static byte[] udp4(long sourceMac, int source, int group) {
        return ethernet(groupMac4(group), sourceMac, 0x0800, ipv4(source, group, 17, udp()));
    }

    static byte[] igmp(long sourceMac, int source, int destination, byte[] message) {
        byte[] summed = message.clone();
        putU16(summed, 2, checksum(summed, 0));
        return ethernet(groupMac4(destination), sourceMac, 0x0800, ipv4(source, destination, 2, summed));
    }

    /** An IGMPv2 message, or v1 for type 0x12. */
    static byte[] igmpV2(int type, int maxResponseTenths, int group) {
        return new Bytes().u8(type).u8(maxResponseTenths).u16(0).u32(group).done();
    }

    /** An IGMPv3 report of one group record. */
    static byte[] igmpV3Report(int recordType, int group, int... sources) {
        Bytes bytes = new Bytes().u8(0x22).u8(0).u16(0).u16(0).u16(1);
        bytes.u8(recordType).u8(0).u16(sources.length).u32(group);
        for (int source : sources) {
            bytes.u32(source);
        }
        return bytes.done();
    }

    /** IPv6 with a hop-by-hop router alert where asked for (as MLD has it). */
    static byte[] ipv6(byte[] source, byte[] destination, int hopLimit, boolean routerAlert, byte[] icmp) {
        byte[] summed = icmp.clone();
        putU16(summed, 2, checksum(summed, pseudoHeader(source, destination, icmp.length)));
        int length = summed.length + (routerAlert ? 8 : 0);
        Bytes bytes = new Bytes()
                .u32(0x6000_0000)
                .u16(length)
                .u8(routerAlert ? 0 : 58)
                .u8(hopLimit);
        bytes.raw(source).raw(destination);
        if (routerAlert) {
            bytes.u8(58).u8(0).u32(0x0502_0000).u16(0x0100);
        }
        return bytes.raw(summed).done();
    }

    static byte[] mld(long sourceMac, byte[] source, byte[] destination, byte[] message) {
        return ethernet(groupMac6(destination), sourceMac, 0x86DD, ipv6(source, destination, 1, true, message));
    }

    static byte[] mldV1(int type, int maxResponseMs, byte[] group) {
        return new Bytes()
                .u8(type)
                .u8(0)
                .u16(0)
                .u16(maxResponseMs)
                .u16(0)
                .raw(group)
                .done();
    }

    static byte[] mldV2Report(int recordType, byte[] group, byte[]... sources) {
        Bytes bytes = new Bytes().u8(143).u8(0).u16(0).u16(0).u16(1);
        bytes.u8(recordType).u8(0).u16(sources.length).raw(group);
        for (byte[] source : sources) {
            bytes.raw(source);
        }
        return bytes.done();
    }

    static byte[] udp6(long sourceMac, byte[] source, byte[] group) {
        Bytes bytes =
                new Bytes().u32(0x6000_0000).u16(20).u8(17).u8(64).raw(source).raw(group);
        return ethernet(groupMac6(group), sourceMac, 0x86DD, bytes.raw(udp()).done());
    }

    /** Neighbour solicitation, advertisement or router advertisement: the ICMPv6 message with one link-layer option. */
    static byte[] ndMessage(int type, int flags, byte[] target, int optionType, long optionMac) {
        Bytes bytes = new Bytes().u8(type).u8(0).u16(0).u32(flags).raw(target);
        if (optionType != 0) {
            bytes.u8(optionType).u8(1).mac(optionMac);
        }
        return bytes.done();
    }

    static byte[] nd(long destinationMac, long sourceMac, byte[] source, byte[] destination, byte[] message) {
        return ethernet(destinationMac, sourceMac, 0x86DD, ipv6(source, destination, 255, false, message));
    }

    static byte[] solicitation(long sourceMac, byte[] source, byte[] target) {
        byte[] node = address6("ff02::1:ff00:0");
        System.arraycopy(target, 13, node, 13, 3);
        return nd(groupMac6(node), sourceMac, source, node, ndMessage(135, 0, target, 1, sourceMac));
    }

    static int address4(String text) {
        byte[] bytes = address(text);
        return (bytes[0] & 0xFF) << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
    }

    static byte[] address6(String text) {
        return address(text);
    }

    private static byte[] address(String literal) {
        try {
            return java.net.InetAddress.getByName(literal).getAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException("not an address literal: " + literal, e);
        }
    }

    /** RFC 1071, the slow and obvious way. */
    static int checksum(byte[] bytes, long initial) {
        long sum = initial;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xFF) << 8 | (i + 1 < bytes.length ? bytes[i + 1] & 0xFF : 0);
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    static long pseudoHeader(byte[] source, byte[] destination, int length) {
        byte[] bytes =
                new Bytes().raw(source).raw(destination).u32(length).u32(58).done();
        return ~checksum(bytes, 0) & 0xFFFF;
    }

    static void putU16(byte[] bytes, int offset, int value) {
        bytes[offset] = (byte) (value >> 8);
        bytes[offset + 1] = (byte) value;
    }

    private static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes u8(int value) {
            out.write(value);
            return this;
        }

        Bytes u16(int value) {
            return u8(value >> 8).u8(value);
        }

        Bytes u32(int value) {
            return u16(value >>> 16).u16(value);
        }

        Bytes mac(long value) {
            return u16((int) (value >>> 32)).u32((int) value);
        }

        Bytes raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        byte[] done() {
            return out.toByteArray();
        }
    }
}
