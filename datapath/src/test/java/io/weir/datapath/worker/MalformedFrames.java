package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static io.weir.datapath.wire.SampleFrames.arp;
import static io.weir.datapath.wire.SampleFrames.counting;
import static io.weir.datapath.wire.SampleFrames.ethernet;
import static io.weir.datapath.wire.SampleFrames.extension;
import static io.weir.datapath.wire.SampleFrames.fragmentHeader;
import static io.weir.datapath.wire.SampleFrames.hex;
import static io.weir.datapath.wire.SampleFrames.icmpv6;
import static io.weir.datapath.wire.SampleFrames.ipv4;
import static io.weir.datapath.wire.SampleFrames.ipv6;
import static io.weir.datapath.wire.SampleFrames.join;
import static io.weir.datapath.wire.SampleFrames.tcp;
import static io.weir.datapath.wire.SampleFrames.u16;
import static io.weir.datapath.wire.SampleFrames.udp;

/** Golden inputs of the stages "parse" and "fragments": one case for each reason that bytes alone provoke. */
final class MalformedFrames {
    private static final String PARSE = "parse";
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int ARP = 0x0806;
    private static final byte[] NO_OPTIONS = {};
    private static final byte[] ROUTER_ALERT = hex("94040000");
    private static final byte[] UDP_OF_MANY = hex("c350003507d00000");

    private final List<GoldenInput> inputs = new ArrayList<>();

    private MalformedFrames() {}

    static List<GoldenInput> inputs() {
        MalformedFrames frames = new MalformedFrames();
        frames.link();
        frames.version4();
        frames.version6();
        frames.lone();
        frames.transport();
        frames.control();
        frames.fragments();
        return frames.inputs;
    }

    private void parse(String name, byte[]... frames) {
        inputs.add(GoldenInput.of(PARSE, name, GoldenInput.TWO_PORTS).on("a", frames));
    }

    private void link() {
        parse("frame-too-short", new byte[0], Arrays.copyOf(ethernet(IPV4), 13));
        parse("frame-too-long", ethernet(Traffic.OPAQUE, new byte[65_558 - 14]));
        parse("vlan-truncated", ethernet(0x8100, new byte[1]), ethernet(0x88A8, u16(10)));
        byte[] inner = join(u16(0x8100), u16(2), u16(0x8100), u16(3), u16(IPV4), ipv4(17, udp()));
        parse("vlan-too-deep", ethernet(0x88A8, u16(1), inner));
        parse("llc-length-invalid", ethernet(51, counting(50)), ethernet(1501, counting(1501)));
        parse("llc-truncated", ethernet(2, hex("4242"), new byte[44]), ethernet(6, hex("aaaa03000000"), new byte[40]));
        parse("arp-truncated", ethernet(ARP, Arrays.copyOf(arp(1), 27)));
        parse("arp-invalid", ethernet(ARP, arp(99)), ethernet(ARP, changed(arp(1), 1, 6)));
    }

    private void version4() {
        byte[] packet = ipv4(17, udp(counting(20)));
        parse("ipv4-truncated", ethernet(IPV4), ethernet(IPV4, Arrays.copyOf(packet, 19)));
        parse("ipv4-bad-version", ethernet(IPV4, changed(packet, 0, 0x65)));
        parse(
                "ipv4-bad-ihl",
                ethernet(IPV4, changed(packet, 0, 0x44)),
                ethernet(IPV4, changed(packet, 0, 0x4F), new byte[40]));
        byte[] below = changed(changed(packet, 2, 0), 3, 19);
        parse("ipv4-bad-length", ethernet(IPV4, below), ethernet(IPV4, changed(packet, 3, packet.length + 1)));
        byte[] one = ipv4(17, 0x4000, hex("07010000"), udp());
        byte[] past = ipv4(17, 0x4000, hex("01070400"), udp());
        parse("ipv4-bad-options", ethernet(IPV4, one), ethernet(IPV4, past));
    }

    private void version6() {
        byte[] packet = ipv6(17, udp(counting(20)));
        parse("ipv6-truncated", ethernet(IPV6), ethernet(IPV6, Arrays.copyOf(packet, 39)));
        parse("ipv6-bad-version", ethernet(IPV6, changed(packet, 0, 0x40)));
        byte[] jumbo = ipv6(0, hex("1100c20400010000"), udp());
        parse("ipv6-bad-length", ethernet(IPV6, changed(packet, 5, packet.length - 39)), ethernet(IPV6, jumbo));
        parse("ipv6-mapped-address", ethernet(IPV6, mapped(packet, 8)), ethernet(IPV6, mapped(packet, 24)));
        byte[] longer = ipv6(60, changed(extension(17, 0), 1, 3));
        parse("ipv6-extension-truncated", ethernet(IPV6, ipv6(0, hex("11000104"))), ethernet(IPV6, longer));
        byte[][] nine = new byte[10][];
        Arrays.fill(nine, extension(60, 0));
        nine[8] = extension(17, 0);
        nine[9] = udp();
        parse("ipv6-extension-chain-too-long", ethernet(IPV6, ipv6(60, nine)));
        byte[] late = ipv6(60, extension(0, 0), extension(17, 0), udp());
        byte[] twice = ipv6(43, extension(43, 0), extension(17, 0), udp());
        parse("ipv6-extension-order", ethernet(IPV6, late), ethernet(IPV6, twice));
    }

    private void lone() {
        byte[] odd = ipv4(17, 0x2000, NO_OPTIONS, UDP_OF_MANY, counting(5));
        byte[] empty = ipv4(17, 0x0010, NO_OPTIONS);
        byte[] odd6 = ipv6(44, fragmentHeader(17, 0, true), UDP_OF_MANY, counting(5));
        parse("fragment-bad-length", ethernet(IPV4, odd), ethernet(IPV4, empty), ethernet(IPV6, odd6));
        byte[] beyond = ipv4(17, 0x1FFF, NO_OPTIONS, counting(100));
        byte[] beyond6 = ipv6(44, fragmentHeader(17, 0xFFF8, false), counting(100));
        parse("fragment-beyond-datagram", ethernet(IPV4, beyond), ethernet(IPV6, beyond6));
        byte[] tiny = ipv4(6, 0x2000, NO_OPTIONS, counting(8));
        byte[] second = ipv4(6, 0x0001, NO_OPTIONS, counting(16));
        byte[] tiny6 = ipv6(44, fragmentHeader(60, 0, true), changed(extension(17, 0), 1, 1));
        parse("fragment-tiny", ethernet(IPV4, tiny), ethernet(IPV4, second), ethernet(IPV6, tiny6));
    }

    private void transport() {
        both("tcp-truncated", 6, Arrays.copyOf(tcp(), 19));
        both("tcp-bad-offset", 6, changed(tcp(), 12, 0x40), changed(tcp(), 12, 0xF0));
        both("udp-truncated", 17, Arrays.copyOf(udp(), 7));
        both("udp-bad-length", 17, changed(udp(), 5, 7), changed(udp(), 5, 9));
        both("sctp-truncated", 132, counting(11));
        parse("icmp-truncated", ethernet(IPV4, ipv4(1, hex("080000"))));
        parse("icmpv6-truncated", ethernet(IPV6, ipv6(58, hex("800000"))));
    }

    /** The packet with ::ffff:x.x.x.x for the address that stands there. */
    private static byte[] mapped(byte[] packet, int address) {
        byte[] mapped = packet.clone();
        Arrays.fill(mapped, address, address + 10, (byte) 0);
        Arrays.fill(mapped, address + 10, address + 12, (byte) 0xFF);
        return mapped;
    }

    /** Each transport header over IPv4 and over IPv6. */
    private void both(String name, int protocol, byte[]... headers) {
        List<byte[]> frames = new ArrayList<>();
        for (byte[] header : headers) {
            frames.add(ethernet(IPV4, ipv4(protocol, header)));
            frames.add(ethernet(IPV6, ipv6(protocol, header)));
        }
        parse(name, frames.toArray(byte[][]::new));
    }

    private void control() {
        byte[] target = hex("fd000008000000000000000000000021");
        byte[] solicitation = icmpv6(135, new byte[4], target);
        parse("nd-truncated", ethernet(IPV6, ipv6(58, Arrays.copyOf(solicitation, 23))));
        byte[] zero = icmpv6(135, new byte[4], target, hex("0100525400000001"));
        byte[] past = icmpv6(135, new byte[4], target, hex("0102525400000001"));
        parse("nd-bad-option", ethernet(IPV6, ipv6(58, zero)), ethernet(IPV6, ipv6(58, past)));
        byte[] report = ipv4(2, 0, ROUTER_ALERT, hex("16000000"));
        byte[] records = ipv4(2, 0, ROUTER_ALERT, hex("2200000000000002"), hex("04000000e0000105"));
        byte[] listener = ipv6(0, hex("3a00050200000100"), icmpv6(131, new byte[4], Arrays.copyOf(target, 15)));
        parse("group-membership-truncated", ethernet(IPV4, report), ethernet(IPV4, records), ethernet(IPV6, listener));
    }

    private void fragments() {
        byte[] first = ethernet(IPV4, ipv4(17, 0x2000, NO_OPTIONS, UDP_OF_MANY, counting(8)));
        byte[] overlap = ethernet(IPV4, ipv4(17, 0x2001, NO_OPTIONS, counting(8)));
        byte[] afterwards = ethernet(IPV4, ipv4(17, 0x0003, NO_OPTIONS, counting(8)));
        inputs.add(GoldenInput.of("fragments", "fragment-overlap", GoldenInput.TWO_PORTS)
                .on("a", first, overlap, afterwards));
        GoldenInput full = GoldenInput.of("fragments", "fragment-table-full", GoldenInput.TWO_PORTS);
        for (int id = 0; id < 65; id++) {
            full.on("a", changed(first, 14 + 5, id));
        }
        inputs.add(full);
    }

    private static byte[] changed(byte[] bytes, int offset, int value) {
        byte[] changed = bytes.clone();
        changed[offset] = (byte) value;
        return changed;
    }
}
