package io.weir.datapath.parse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class ParseStageTest {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Malformed(DropReason reason, String why, byte[] frame) {}

    private final ParseBench bench = new ParseBench();
    private final PacketBatch batch = bench.batch;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldForwardWhenFrameIsWellFormed() {
        for (Map.Entry<String, byte[]> sample : all().entrySet()) {
            int reason = bench.parse(sample.getValue());

            assertEquals(DropReason.NONE, reason, sample.getKey());
        }
    }

    @Test
    void shouldNoteOffsetsWhenUntaggedTcp() {
        bench.parse(sample("tcp4 padded"));

        assertEquals(0x5254_0000_0002L, batch.destinationMac(0));
        assertEquals(0x5254_0000_000AL, batch.sourceMac(0));
        assertEquals(PacketBatch.IS_IPV4, batch.traits(0));
        assertEquals(0, batch.outerTag(0));
        assertEquals(0x0800, batch.etherType(0));
        assertEquals(14, batch.networkOffset(0));
        assertEquals(34, batch.transportOffset(0));
        assertEquals(6, batch.ipProtocol(0));
        assertEquals(40, batch.packetLength(0));
    }

    @Test
    void shouldNoteOuterTagWhenDoubleTagged() {
        bench.parse(sample("q-in-q"));

        assertEquals(0x88A8_00C8, batch.outerTag(0));
        assertEquals(PacketBatch.IS_TAGGED | PacketBatch.IS_DOUBLE_TAGGED | PacketBatch.IS_IPV6, batch.traits(0));
        assertEquals(22, batch.networkOffset(0));
        assertEquals(62, batch.transportOffset(0));
    }

    @Test
    void shouldNoteTagWhenItIsAPriorityTag() {
        bench.parse(sample("priority tag"));

        assertEquals(0x8100_E000, batch.outerTag(0));
        assertTrue(batch.is(0, PacketBatch.IS_TAGGED));
    }

    @Test
    void shouldLookBehindSnapWhenItsOuiIsZero() {
        bench.parse(sample("snap ipv4"));

        assertEquals(PacketBatch.IS_LLC | PacketBatch.IS_IPV4, batch.traits(0));
        assertEquals(0x0800, batch.etherType(0));
        assertEquals(22, batch.networkOffset(0));
    }

    @Test
    void shouldNoteLengthWhenPlainLlc() {
        bench.parse(sample("spanning tree"));

        assertEquals(PacketBatch.IS_LLC, batch.traits(0));
        assertEquals(38, batch.etherType(0));
        assertEquals(14, batch.networkOffset(0));
        assertEquals(-1, batch.ipProtocol(0));
    }

    @Test
    void shouldMarkUdpAsDhcpByThePortsOfItsOwnVersion() {
        assertDhcp(true, ethernet(0x86DD, ipv6(17, ports(546, 547))));
        assertDhcp(true, ethernet(0x86DD, ipv6(17, ports(9, 546))));
        assertDhcp(true, ethernet(0x86DD, ipv6(17, ports(547, 9))));
        assertDhcp(false, ethernet(0x86DD, ipv6(17, ports(67, 68))));
        assertDhcp(false, ethernet(0x86DD, ipv6(17, ports(545, 548))));
        assertDhcp(true, tagged(0x8100, 7, 0x0800, ipv4(17, ports(68, 67))));
        assertDhcp(false, tagged(0x8100, 7, 0x0800, ipv4(17, ports(546, 547))));
        assertDhcp(true, ethernet(0x0800, ipv4(17, 0x2000, new byte[0], ports(67, 9), counting(8))));
        assertDhcp(false, ethernet(0x0800, ipv4(6, tcp())));
    }

    private static byte[] ports(int source, int destination) {
        return join(u16(source), u16(destination), u16(8), u16(0));
    }

    private void assertDhcp(boolean expected, byte[] frame) {
        assertEquals(DropReason.NONE, bench.parse(frame));
        assertEquals(expected, batch.is(0, PacketBatch.IS_DHCP));
    }

    @Test
    void shouldMarkFragmentsByTheirPlace() {
        bench.parse(sample("first fragment"));
        assertEquals(PacketBatch.IS_IPV4 | PacketBatch.IS_FRAGMENT | PacketBatch.MORE_FRAGMENTS, batch.traits(0));
        assertEquals(34, batch.transportOffset(0));

        bench.parse(sample("last fragment"));
        assertEquals(PacketBatch.IS_IPV4 | PacketBatch.IS_FRAGMENT | PacketBatch.IS_LATER_FRAGMENT, batch.traits(0));
        assertEquals(0, batch.transportOffset(0));

        bench.parse(sample("atomic fragment6"));
        assertEquals(PacketBatch.IS_IPV6, batch.traits(0));
        assertEquals(62, batch.transportOffset(0));
    }

    @Test
    void shouldMarkNeighbourDiscoveryAndGroupMembership() {
        bench.parse(sample("neighbour solicitation"));
        assertTrue(batch.is(0, PacketBatch.IS_ICMPV6_ND));

        for (String name : List.of("igmp v2 report", "igmp v3 report", "mld report", "mld v2 query", "mld v2 report")) {
            bench.parse(sample(name));
            assertTrue(batch.is(0, PacketBatch.IS_GROUP_MEMBERSHIP), name);
        }
    }

    @Test
    void shouldFindProtocolBehindAllExtensionHeaders() {
        bench.parse(sample("all extensions"));

        assertEquals(58, batch.ipProtocol(0));
        assertEquals(14 + 40 + 16 + 16 + 8 + 16 + 8 + 8, batch.transportOffset(0));
    }

    @Test
    void shouldLeavePacketsAloneWhenDroppedBefore() {
        bench.write(sample("tcp4"));
        batch.reset(3, 0);
        batch.add(bench.address(), 10, 0);
        batch.drop(0, DropReason.PORT_NOT_READY.code());

        bench.stage.process(batch);

        assertEquals(DropReason.PORT_NOT_READY.code(), batch.dropReason(0));
    }

    @Test
    void shouldDropForThePreciseReasonWhenMalformed() {
        for (Malformed malformed : malformed()) {
            int reason = bench.parse(malformed.frame);

            assertEquals(malformed.reason.code(), reason, malformed.why);
        }
    }

    @Test
    void shouldForwardTheLargestPacketWhenDoubleTagged() {
        byte[] packet = ipv4(17, udp(new byte[65_507]));
        byte[] frame = tagged(0x88A8, 5, 0x8100, u16(6), u16(0x0800), packet);

        assertEquals(65_535, packet.length);
        assertEquals(DropReason.NONE, bench.parse(frame));
        assertEquals(65_535, bench.batch.packetLength(0));
    }

    @Test
    void shouldHaveAFrameForEachReasonOfTheStage() {
        Set<DropReason> provoked = malformed().stream().map(Malformed::reason).collect(Collectors.toSet());
        provoked.add(DropReason.OFFLOAD_INVALID); // by the tests of OffloadCheckTest

        assertEquals(bench.stage.dropReasons(), provoked);
    }

    @Test
    void shouldNotDropWhenPortHasNoOffload() {
        bench.write(sample("tcp4"));
        bench.offload(VirtioNetHeader.DATA_VALID, 0, 0, 0, 0);

        int reason = bench.parse(sample("tcp4").length);

        assertEquals(DropReason.NONE, reason);
        assertFalse(bench.stage.dropReasons().contains(DropReason.FRAGMENT_OVERLAP));
    }

    private static List<Malformed> malformed() {
        List<Malformed> all = new ArrayList<>();
        link(all);
        version4(all);
        version6(all);
        fragments(all);
        transport(all);
        return all;
    }

    private static void add(List<Malformed> all, DropReason reason, String why, byte[]... frame) {
        all.add(new Malformed(reason, why, join(frame)));
    }

    private static void link(List<Malformed> all) {
        add(all, DropReason.FRAME_TOO_SHORT, "empty", new byte[0]);
        add(all, DropReason.FRAME_TOO_SHORT, "13 bytes", new byte[13]);
        add(all, DropReason.FRAME_TOO_LONG, "65,558 bytes", ethernet(0x88CC, new byte[65_544]));
        add(all, DropReason.VLAN_TRUNCATED, "no TCI", ethernet(0x8100));
        add(all, DropReason.VLAN_TRUNCATED, "no type behind", ethernet(0x8100, u16(5), new byte[1]));
        add(all, DropReason.VLAN_TRUNCATED, "no second TCI", tagged(0x88A8, 5, 0x8100));
        add(all, DropReason.VLAN_TOO_DEEP, "three", tagged(0x88A8, 5, 0x8100, u16(6), u16(0x8100), new byte[40]));
        add(all, DropReason.LLC_LENGTH_INVALID, "beyond", ethernet(47, new byte[46]));
        add(all, DropReason.LLC_LENGTH_INVALID, "gap begins", ethernet(1501, new byte[1600]));
        add(all, DropReason.LLC_LENGTH_INVALID, "gap ends", ethernet(1535, new byte[1600]));
        add(all, DropReason.LLC_TRUNCATED, "two bytes", ethernet(2, new byte[46]));
        add(all, DropReason.LLC_TRUNCATED, "no second control", ethernet(3, hex("424201"), new byte[43]));
        add(all, DropReason.LLC_TRUNCATED, "SNAP cut", ethernet(7, hex("aaaa03000000 08"), new byte[39]));
        add(all, DropReason.ARP_TRUNCATED, "27 bytes", ethernet(0x0806, counting(27)));
        add(all, DropReason.ARP_INVALID, "operation 5", ethernet(0x0806, arp(5)));
        add(all, DropReason.ARP_INVALID, "operation 33", ethernet(0x0806, arp(33)));
        add(all, DropReason.ARP_INVALID, "token ring", ethernet(0x0806, hex("000608000604"), new byte[22]));
    }

    private static void version4(List<Malformed> all) {
        add(all, DropReason.IPV4_TRUNCATED, "19 bytes", ethernet(0x0800, hex("45"), new byte[18]));
        add(all, DropReason.IPV4_TRUNCATED, "ends in options", ethernet(0x0800, hex("4f00003c"), new byte[20]));
        add(all, DropReason.IPV4_BAD_VERSION, "six", ethernet(0x0800, ipv6(59)));
        add(all, DropReason.IPV4_BAD_IHL, "four", ethernet(0x0800, hex("44000014"), new byte[16]));
        add(all, DropReason.IPV4_BAD_IHL, "beyond packet", ethernet(0x0800, hex("46000014"), new byte[20]));
        add(all, DropReason.IPV4_BAD_LENGTH, "zero", ethernet(0x0800, hex("45000000"), new byte[16]));
        add(all, DropReason.IPV4_BAD_LENGTH, "beyond frame", ethernet(0x0800, hex("45000015"), new byte[16]));
        add(all, DropReason.IPV4_BAD_LENGTH, "beyond SNAP", ethernet(8 + 27, hex("aaaa030000000800"), ipv4(17, udp())));
        add(all, DropReason.IPV4_BAD_OPTIONS, "length 1", ethernet(0x0800, ipv4(6, 0, hex("94010000"), tcp())));
        add(all, DropReason.IPV4_BAD_OPTIONS, "past header", ethernet(0x0800, ipv4(6, 0, hex("94050000"), tcp())));
        add(all, DropReason.IPV4_BAD_OPTIONS, "no length", ethernet(0x0800, ipv4(6, 0, hex("01010194"), tcp())));
    }

    private static void version6(List<Malformed> all) {
        add(all, DropReason.IPV6_TRUNCATED, "39 bytes", ethernet(0x86DD, hex("60"), new byte[38]));
        add(all, DropReason.IPV6_BAD_VERSION, "four", ethernet(0x86DD, ipv4(17, udp(new byte[20]))));
        add(all, DropReason.IPV6_BAD_LENGTH, "beyond", ethernet(0x86DD, hex("60000000 00010600"), IPV6_ADDRESSES));
        add(
                all,
                DropReason.IPV6_BAD_LENGTH,
                "jumbogram",
                ethernet(0x86DD, hex("60000000 00000000"), IPV6_ADDRESSES, hex("0600c20400010000")));
        add(all, DropReason.IPV6_BAD_LENGTH, "jumbo option", ethernet(0x86DD, ipv6(0, hex("0600c20400010000"), tcp())));
        add(all, DropReason.IPV6_EXTENSION_TRUNCATED, "7 bytes", ethernet(0x86DD, ipv6(60, hex("06000104000000"))));
        add(
                all,
                DropReason.IPV6_EXTENSION_TRUNCATED,
                "long",
                ethernet(0x86DD, ipv6(43, hex("0603000000000000"), tcp())));
        add(
                all,
                DropReason.IPV6_EXTENSION_TRUNCATED,
                "option",
                ethernet(0x86DD, ipv6(60, hex("0600010500000000"), tcp())));
        add(
                all,
                DropReason.IPV6_EXTENSION_TRUNCATED,
                "short AH",
                ethernet(0x86DD, ipv6(51, hex("0600000000000000"), tcp())));
        byte[] eight = new byte[0];
        for (int i = 0; i < 8; i++) {
            eight = join(eight, extension(60, 0));
        }
        for (int address : new int[] {8, 24}) {
            byte[] mapped = ipv6(17, udp());
            Arrays.fill(mapped, address, address + 10, (byte) 0);
            Arrays.fill(mapped, address + 10, address + 12, (byte) 0xFF);
            add(all, DropReason.IPV6_MAPPED_ADDRESS, "mapped at " + address, ethernet(0x86DD, mapped));
        }
        add(
                all,
                DropReason.IPV6_EXTENSION_CHAIN_TOO_LONG,
                "nine",
                ethernet(0x86DD, ipv6(60, eight, extension(6, 0), tcp())));
        add(
                all,
                DropReason.IPV6_EXTENSION_ORDER,
                "hop-by-hop second",
                ethernet(0x86DD, ipv6(60, extension(0, 0), extension(6, 0), tcp())));
        add(
                all,
                DropReason.IPV6_EXTENSION_ORDER,
                "two routing",
                ethernet(0x86DD, ipv6(43, extension(43, 0), extension(6, 0), tcp())));
        add(
                all,
                DropReason.IPV6_EXTENSION_ORDER,
                "two mobility",
                ethernet(0x86DD, ipv6(135, extension(135, 0), extension(59, 0))));
    }

    private static void fragments(List<Malformed> all) {
        byte[] none = new byte[0];
        add(
                all,
                DropReason.FRAGMENT_BAD_LENGTH,
                "12 bytes, more",
                ethernet(0x0800, ipv4(17, 0x2003, none, counting(12))));
        add(all, DropReason.FRAGMENT_BAD_LENGTH, "empty", ethernet(0x0800, ipv4(17, 3, none)));
        add(all, DropReason.FRAGMENT_BAD_LENGTH, "empty6", ethernet(0x86DD, ipv6(44, fragmentHeader(17, 0, false))));
        add(
                all,
                DropReason.FRAGMENT_BEYOND_DATAGRAM,
                "ping of death",
                ethernet(0x0800, ipv4(1, 8189, none, counting(8))));
        add(
                all,
                DropReason.FRAGMENT_BEYOND_DATAGRAM,
                "v6",
                ethernet(0x86DD, ipv6(44, fragmentHeader(17, 65_528, false), counting(8))));
        add(all, DropReason.FRAGMENT_TINY, "TCP in 16 bytes", ethernet(0x0800, ipv4(6, 0x2000, none, counting(16))));
        add(all, DropReason.FRAGMENT_TINY, "TCP at offset 1", ethernet(0x0800, ipv4(6, 1, none, counting(16))));
        add(
                all,
                DropReason.FRAGMENT_TINY,
                "TCP at offset 1, v6",
                ethernet(0x86DD, ipv6(44, fragmentHeader(6, 8, false), counting(16))));
        byte[] cut = new byte[24];
        System.arraycopy(tcpWithOptions(0x10), 0, cut, 0, 24);
        add(all, DropReason.FRAGMENT_TINY, "TCP options cut", ethernet(0x0800, ipv4(6, 0x2000, none, cut)));
        add(all, DropReason.FRAGMENT_TINY, "SCTP", ethernet(0x0800, ipv4(132, 0x2000, none, counting(8))));
        add(
                all,
                DropReason.FRAGMENT_TINY,
                "chain cut",
                ethernet(0x86DD, ipv6(44, fragmentHeader(60, 0, true), hex("0601010400000000"))));
        add(
                all,
                DropReason.ND_TRUNCATED,
                "fragmented",
                ethernet(0x86DD, ipv6(44, fragmentHeader(58, 0, true), icmpv6(133, new byte[4]))));
    }

    private static void transport(List<Malformed> all) {
        add(all, DropReason.TCP_TRUNCATED, "19 bytes", ethernet(0x0800, ipv4(6, counting(19))));
        add(
                all,
                DropReason.TCP_TRUNCATED,
                "padding is no header",
                ethernet(0x0800, ipv4(6, counting(6)), new byte[20]));
        add(all, DropReason.TCP_BAD_OFFSET, "four", ethernet(0x86DD, ipv6(6, counting(12), hex("40"), counting(7))));
        add(all, DropReason.TCP_BAD_OFFSET, "beyond", ethernet(0x86DD, ipv6(6, counting(12), hex("60"), counting(7))));
        add(all, DropReason.UDP_TRUNCATED, "7 bytes", ethernet(0x0800, ipv4(17, counting(7))));
        add(all, DropReason.UDP_BAD_LENGTH, "seven", ethernet(0x0800, ipv4(17, hex("0001000200070000"))));
        add(all, DropReason.UDP_BAD_LENGTH, "beyond", ethernet(0x0800, ipv4(17, hex("0001000200090000"))));
        add(all, DropReason.SCTP_TRUNCATED, "11 bytes", ethernet(0x0800, ipv4(132, counting(11))));
        add(all, DropReason.ICMP_TRUNCATED, "7 bytes", ethernet(0x0800, ipv4(1, counting(7))));
        add(all, DropReason.ICMPV6_TRUNCATED, "7 bytes", ethernet(0x86DD, ipv6(58, counting(7))));
        add(all, DropReason.ND_TRUNCATED, "no target", ethernet(0x86DD, ipv6(58, icmpv6(135, counting(19)))));
        add(
                all,
                DropReason.ND_BAD_OPTION,
                "length zero",
                ethernet(0x86DD, ipv6(58, icmpv6(133, new byte[4], hex("0100000000000000")))));
        add(
                all,
                DropReason.ND_BAD_OPTION,
                "beyond",
                ethernet(0x86DD, ipv6(58, icmpv6(133, new byte[4], hex("0102000000000000")))));
        add(
                all,
                DropReason.IPV6_MAPPED_ADDRESS,
                "mapped target",
                ethernet(0x86DD, ipv6(58, icmpv6(136, new byte[4], hex("00000000000000000000ffff0a000001")))));
        add(all, DropReason.ND_BAD_OPTION, "one byte", ethernet(0x86DD, ipv6(58, icmpv6(133, new byte[5]))));
        add(all, DropReason.GROUP_MEMBERSHIP_TRUNCATED, "IGMP 7", ethernet(0x0800, ipv4(2, hex("16000000e00001"))));
        add(
                all,
                DropReason.GROUP_MEMBERSHIP_TRUNCATED,
                "query of 10",
                ethernet(0x0800, ipv4(2, hex("1100000000000000 0000"))));
        add(
                all,
                DropReason.GROUP_MEMBERSHIP_TRUNCATED,
                "record",
                ethernet(0x0800, ipv4(2, hex("2200000000000001 04000001e0000105"))));
        add(all, DropReason.GROUP_MEMBERSHIP_TRUNCATED, "MLD", ethernet(0x86DD, ipv6(58, icmpv6(131, counting(19)))));
        add(
                all,
                DropReason.GROUP_MEMBERSHIP_TRUNCATED,
                "MLD record",
                ethernet(0x86DD, ipv6(58, icmpv6(143, hex("00000001"), counting(19)))));
    }
}
