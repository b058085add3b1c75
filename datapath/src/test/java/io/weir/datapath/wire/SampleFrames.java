package io.weir.datapath.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Well-formed frames of every kind that the switch understands, built from byte arrays without the flyweights. */
public final class SampleFrames {
    public static final byte[] MACS = hex("52540000000252540000000a");
    public static final byte[] IPV4_ADDRESSES = hex("0a0801140a080115");
    public static final byte[] IPV6_ADDRESSES =
            hex("fd000008000000000000000000000020" + "fd000008000000000000000000000021");

    private SampleFrames() {}

    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    public static byte[] u16(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** {@code length} bytes that differ from their neighbours. */
    public static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8));
        }
        return bytes;
    }

    public static byte[] ethernet(int type, byte[]... payload) {
        return join(MACS, u16(type), join(payload));
    }

    public static byte[] tagged(int tagType, int tci, int type, byte[]... payload) {
        return ethernet(tagType, u16(tci), u16(type), join(payload));
    }

    public static byte[] ipv4(int protocol, byte[]... payload) {
        return ipv4(protocol, 0x4000, new byte[0], payload);
    }

    public static byte[] ipv4(int protocol, int fragmentField, byte[] options, byte[]... payload) {
        byte[] body = join(payload);
        int headerLength = 20 + options.length;
        return join(
                new byte[] {(byte) (0x40 | headerLength / 4), 0},
                u16(headerLength + body.length),
                hex("1234"),
                u16(fragmentField),
                new byte[] {64, (byte) protocol, 0, 0},
                IPV4_ADDRESSES,
                options,
                body);
    }

    public static byte[] ipv6(int nextHeader, byte[]... payload) {
        byte[] body = join(payload);
        return join(
                hex("60000000"), u16(body.length), new byte[] {(byte) nextHeader, (byte) 255}, IPV6_ADDRESSES, body);
    }

    /** An extension header of {@code 8 * (units + 1)} bytes, filled with a PadN option. */
    public static byte[] extension(int nextHeader, int units) {
        ByteBuffer header = ByteBuffer.allocate(8 * (units + 1));
        header.put((byte) nextHeader).put((byte) units).put((byte) 1).put((byte) (8 * units + 4));
        return header.array();
    }

    public static byte[] fragmentHeader(int nextHeader, int offset, boolean more) {
        return join(new byte[] {(byte) nextHeader, 0}, u16(offset | (more ? 1 : 0)), hex("deadbeef"));
    }

    public static byte[] tcp(byte[]... payload) {
        return join(hex("c35015380000000100000002 5018 ffff 0000 0000"), join(payload));
    }

    /** TCP with twelve bytes of options: two no-operations and a timestamp. */
    public static byte[] tcpWithOptions(int flags, byte[]... payload) {
        byte[] start = hex("c3501538fffffff000000002");
        return join(
                start,
                new byte[] {(byte) 0x80, (byte) flags},
                hex("ffff00000000"),
                hex("0101080a0000000a0000000b"),
                join(payload));
    }

    public static byte[] udp(byte[]... payload) {
        byte[] body = join(payload);
        return join(hex("c3500035"), u16(8 + body.length), u16(0), body);
    }

    public static byte[] arp(int operation) {
        return join(hex("0001080006 04"), u16(operation), hex("52540000000a0a080114 0000000000000a080115"));
    }

    public static byte[] icmpv6(int type, byte[]... body) {
        return join(new byte[] {(byte) type, 0, 0, 0}, join(body));
    }

    /** The frame of that name among {@link #all}. */
    public static byte[] sample(String name) {
        return Objects.requireNonNull(all().get(name), name);
    }

    /** One well-formed frame of each kind, by name. */
    public static Map<String, byte[]> all() {
        Map<String, byte[]> frames = new LinkedHashMap<>();
        link(frames);
        version4(frames);
        version6(frames);
        return frames;
    }

    private static void link(Map<String, byte[]> frames) {
        frames.put("arp", ethernet(0x0806, arp(1), new byte[18]));
        frames.put("opaque", ethernet(0x88CC, counting(40)));
        frames.put("spanning tree", ethernet(38, hex("424203"), counting(35), new byte[8]));
        frames.put("llc supervisory", ethernet(4, hex("aaaa0101"), new byte[42]));
        frames.put("snap ipv4", ethernet(8 + 28, hex("aaaa030000000800"), ipv4(17, udp())));
        frames.put("snap foreign", ethernet(12, hex("aaaa0300000c2000"), counting(4), new byte[30]));
        frames.put("tagged", tagged(0x8100, 0xA064, 0x0800, ipv4(6, tcp())));
        frames.put("priority tag", tagged(0x8100, 0xE000, 0x0800, ipv4(17, udp(counting(3)))));
        frames.put("q-in-q", tagged(0x88A8, 200, 0x8100, u16(100), u16(0x86DD), ipv6(17, udp(counting(9)))));
        frames.put("stacked", tagged(0x9100, 300, 0x0806, arp(2)));
    }

    private static void version4(Map<String, byte[]> frames) {
        frames.put("tcp4", ethernet(0x0800, ipv4(6, tcp(counting(100)))));
        frames.put("tcp4 padded", ethernet(0x0800, ipv4(6, tcp()), new byte[6]));
        frames.put(
                "tcp4 options",
                ethernet(0x0800, ipv4(6, 0, hex("9404000001010100"), tcpWithOptions(0x18, counting(5)))));
        frames.put("udp4", ethernet(0x0800, ipv4(17, udp(counting(64)))));
        frames.put("sctp4", ethernet(0x0800, ipv4(132, hex("0b590b590000000100000000"), counting(16))));
        frames.put("icmp", ethernet(0x0800, ipv4(1, hex("0800000000010002"), counting(56))));
        frames.put("igmp v2 report", ethernet(0x0800, ipv4(2, 0, hex("94040000"), hex("16000000e0000105"))));
        frames.put("igmp v3 query", ethernet(0x0800, ipv4(2, 0, hex("94040000"), hex("1164000000000000027d0000"))));
        frames.put(
                "igmp v3 report",
                ethernet(
                        0x0800,
                        ipv4(
                                2,
                                0,
                                hex("94040000"),
                                hex("2200000000000002 04000000e0000105 01010002e0000106"),
                                hex("0a0000010a00000200000000"))));
        frames.put("ospf", ethernet(0x0800, ipv4(89, counting(24))));
        frames.put(
                "first fragment",
                ethernet(0x0800, ipv4(17, 0x2000, new byte[0], hex("c350003510080000"), counting(1472))));
        frames.put("later fragment", ethernet(0x0800, ipv4(17, 0x2000 | 185, new byte[0], counting(1480))));
        frames.put("last fragment", ethernet(0x0800, ipv4(17, 370, new byte[0], counting(13))));
    }

    private static void version6(Map<String, byte[]> frames) {
        frames.put("tcp6", ethernet(0x86DD, ipv6(6, tcp(counting(10)))));
        frames.put("udp6 destination options", ethernet(0x86DD, ipv6(60, extension(17, 1), udp(counting(4)))));
        frames.put("no next header", ethernet(0x86DD, ipv6(59)));
        frames.put("esp6", ethernet(0x86DD, ipv6(50, counting(40))));
        frames.put(
                "all extensions",
                ethernet(
                        0x86DD,
                        ipv6(
                                0,
                                extension(43, 0),
                                extension(51, 0),
                                join(hex("3c020000 00000001 00000002 00000000")),
                                extension(135, 0),
                                extension(139, 1),
                                extension(140, 0),
                                extension(58, 0),
                                icmpv6(128, hex("00010002")))));
        frames.put("fragment6", ethernet(0x86DD, ipv6(44, fragmentHeader(6, 0, true), tcp(counting(4)))));
        frames.put("later fragment6", ethernet(0x86DD, ipv6(44, fragmentHeader(6, 24, false), counting(5))));
        frames.put("atomic fragment6", ethernet(0x86DD, ipv6(44, fragmentHeader(17, 0, false), udp(counting(5)))));
        frames.put("echo6", ethernet(0x86DD, ipv6(58, icmpv6(128, hex("00010002"), counting(8)))));
        byte[] target = hex("fd000008000000000000000000000021");
        byte[] option = hex("010152540000000a");
        frames.put("router solicitation", ethernet(0x86DD, ipv6(58, icmpv6(133, new byte[4], option))));
        frames.put("router advertisement", ethernet(0x86DD, ipv6(58, icmpv6(134, new byte[12], option, counting(0)))));
        frames.put("neighbour solicitation", ethernet(0x86DD, ipv6(58, icmpv6(135, new byte[4], target, option))));
        frames.put("neighbour advertisement", ethernet(0x86DD, ipv6(58, icmpv6(136, hex("60000000"), target))));
        frames.put("redirect", ethernet(0x86DD, ipv6(58, icmpv6(137, new byte[4], target, target, option))));
        byte[] group = hex("ff0200000000000000000001ff000021");
        frames.put("mld report", ethernet(0x86DD, ipv6(0, hex("3a00050200000100"), icmpv6(131, new byte[4], group))));
        frames.put(
                "mld v2 query",
                ethernet(
                        0x86DD,
                        ipv6(0, hex("3a00050200000100"), icmpv6(130, hex("27100000"), group, hex("027d0000")))));
        frames.put(
                "mld v2 report",
                ethernet(
                        0x86DD,
                        ipv6(
                                0,
                                hex("3a00050200000100"),
                                icmpv6(143, hex("00000002"), hex("04000000"), group, hex("01000001"), group, target))));
    }
}
