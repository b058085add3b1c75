package io.weir.ipsec.tunnel;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** A frame under construction, written byte by byte without the code under test. */
final class TestPacket {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ACK = 0x10;
    static final int PSH = 0x08;
    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int CWR = 0x80;

    int version = 4;
    int vlan;
    long destinationMac = 0x5254_0000_0002L;
    long sourceMac = 0x5254_0000_000AL;
    String source4 = "0a080114";
    String destination4 = "0a090115";
    String source6 = "fd000008000000000000000000000020";
    String destination6 = "fd000009000000000000000000000021";
    int trafficClass;
    int hopLimit = 64;
    int identification = 0x1234;
    int fragmentField = 0x4000;
    byte[] ipOptions = {};
    int protocol = TCP;
    int sourcePort = 50000;
    int destinationPort = 5432;
    int sequence = 1;
    int acknowledgment = 2;
    int flags = ACK;
    int window = 0xFFFF;
    byte[] tcpOptions = {};
    byte[] payload = {};

    static TestPacket tcp() {
        return new TestPacket();
    }

    static TestPacket tcp6() {
        TestPacket packet = new TestPacket();
        packet.version = 6;
        return packet;
    }

    static TestPacket udp(int payloadLength) {
        TestPacket packet = new TestPacket();
        packet.protocol = UDP;
        packet.payload = counting(payloadLength, 7);
        return packet;
    }

    TestPacket payload(byte[] bytes) {
        payload = bytes;
        return this;
    }

    TestPacket sequence(int number) {
        sequence = number;
        return this;
    }

    TestPacket flags(int bits) {
        flags = bits;
        return this;
    }

    TestPacket identification(int id) {
        identification = id;
        return this;
    }

    TestPacket trafficClass(int value) {
        trafficClass = value;
        return this;
    }

    /** Bytes that differ from their neighbours. */
    static byte[] counting(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8) * 7 + seed);
        }
        return bytes;
    }

    int networkOffset() {
        return vlan == 0 ? 14 : 18;
    }

    int transportOffset() {
        return networkOffset() + (version == 4 ? 20 + ipOptions.length : 40);
    }

    int headersLength() {
        return transportOffset() + (protocol == TCP ? 20 + tcpOptions.length : 8);
    }

    /** The frame, all its checksums written. */
    byte[] frame() {
        byte[] bytes = new byte[headersLength() + payload.length];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        mac(out, destinationMac);
        mac(out, sourceMac);
        if (vlan != 0) {
            out.putShort((short) 0x8100).putShort((short) vlan);
        }
        out.putShort((short) (version == 4 ? 0x0800 : 0x86DD));
        if (version == 4) {
            ipv4(out);
        } else {
            ipv6(out);
        }
        transport(out);
        if (version == 4) {
            write16(bytes, networkOffset() + 10, sum(bytes, networkOffset(), transportOffset(), 0));
        }
        int field = transportOffset() + (protocol == TCP ? 16 : 6);
        int sum = transportSum(bytes, networkOffset(), transportOffset(), protocol);
        write16(bytes, field, sum == 0 && protocol == UDP ? 0xFFFF : sum);
        return bytes;
    }

    private static void mac(ByteBuffer out, long mac) {
        out.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    private void ipv4(ByteBuffer out) {
        int headerLength = 20 + ipOptions.length;
        out.put((byte) (0x40 | headerLength / 4)).put((byte) trafficClass);
        out.putShort((short) (transportLength() + headerLength)).putShort((short) identification);
        out.putShort((short) fragmentField)
                .put((byte) hopLimit)
                .put((byte) protocol)
                .putShort((short) 0);
        out.put(HexFormat.of().parseHex(source4))
                .put(HexFormat.of().parseHex(destination4))
                .put(ipOptions);
    }

    private void ipv6(ByteBuffer out) {
        out.putInt(6 << 28 | trafficClass << 20).putShort((short) transportLength());
        out.put((byte) protocol).put((byte) hopLimit);
        out.put(HexFormat.of().parseHex(source6)).put(HexFormat.of().parseHex(destination6));
    }

    private int transportLength() {
        return headersLength() - transportOffset() + payload.length;
    }

    private void transport(ByteBuffer out) {
        out.putShort((short) sourcePort).putShort((short) destinationPort);
        if (protocol == TCP) {
            out.putInt(sequence).putInt(acknowledgment);
            out.put((byte) (((20 + tcpOptions.length) / 4) << 4)).put((byte) flags);
            out.putShort((short) window).putInt(0).put(tcpOptions);
        } else {
            out.putShort((short) transportLength()).putShort((short) 0);
        }
        out.put(payload);
    }

    /** The checksum that belongs in a transport header whose field is zero; 0 when the field holds the right one. */
    static int transportSum(byte[] frame, int network, int transport, int protocol) {
        boolean version4 = (frame[network] & 0xF0) == 0x40;
        int end = version4 ? network + u16(frame, network + 2) : network + 40 + u16(frame, network + 4);
        byte[] pseudo = version4
                ? Arrays.copyOfRange(frame, network + 12, network + 20)
                : Arrays.copyOfRange(frame, network + 8, network + 40);
        long seed = (long) protocol + (end - transport);
        for (int i = 0; i < pseudo.length; i += 2) {
            seed += u16(pseudo, i);
        }
        return sum(frame, transport, end, seed);
    }

    static int sum(byte[] bytes, int from, int to, long seed) {
        long sum = seed;
        for (int i = from; i < to; i += 2) {
            sum += (bytes[i] & 0xFF) << 8 | (i + 1 < to ? bytes[i + 1] & 0xFF : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    static int i32(byte[] bytes, int at) {
        return u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    static void write16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }
}
