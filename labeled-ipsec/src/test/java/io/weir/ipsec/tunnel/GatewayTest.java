package io.weir.ipsec.tunnel;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.TrafficSelector;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A tunnel of IP packets: 10.8.0.0/16 and fd00:8::/32 here, 10.9.0.0/16 and fd00:9::/32 at the peer. */
@Timeout(60)
class GatewayTest {
    private static final TrafficSelector IPV4 =
            new TrafficSelector(mapped(0x0A08_0000), mapped(0x0A08_FFFF), mapped(0x0A09_0000), mapped(0x0A09_FFFF));
    private static final TrafficSelector IPV6 = new TrafficSelector(
            new long[] {0xFD00_0008_0000_0000L, 0}, new long[] {0xFD00_0008_FFFF_FFFFL, -1},
            new long[] {0xFD00_0009_0000_0000L, 0}, new long[] {0xFD00_0009_FFFF_FFFFL, -1});
    private static final long HOST = 0x5254_0000_000AL;

    private final ClearEsp esp = new ClearEsp(2);
    private final MemoryTransport transport = MemoryTransport.alone();
    private final TunnelEnd end =
            new TunnelEnd(transport, esp, esp, TunnelEnd.settings(TunnelSettings.Payload.IP, true, IPV4, IPV6));
    private final long mac = GatewayAddress.of("hv2", end.parts.settings().local());

    private static long[] mapped(int address) {
        return new long[] {0, 0xFFFF_0000_0000L | (address & 0xFFFF_FFFFL)};
    }

    @AfterEach
    void close() {
        end.close();
    }

    private TestPacket toGateway(TestPacket packet) {
        packet.destinationMac = mac;
        return packet;
    }

    private static TestPacket fromPeer(TestPacket packet) {
        String source = packet.source4;
        packet.source4 = packet.destination4;
        packet.destination4 = source;
        source = packet.source6;
        packet.source6 = packet.destination6;
        packet.destination6 = source;
        return packet;
    }

    private void arrive(byte[] inner, int nextHeader) {
        arriveMarked(inner, nextHeader, 0);
    }

    private void arriveMarked(byte[] inner, int nextHeader, int trafficClass) {
        byte[] datagram = new byte[inner.length + ClearEsp.OVERHEAD];
        datagram[2] = 1;
        datagram[3] = 2;
        System.arraycopy(inner, 0, datagram, ClearEsp.HEADER, inner.length);
        datagram[datagram.length - 1] = (byte) nextHeader;
        transport.inbox.add(new MemoryTransport.Message(datagram, datagram.length, trafficClass));
    }

    private static byte[] packetOf(byte[] frame) {
        return Arrays.copyOfRange(frame, 14, frame.length);
    }

    private static byte[] arp(int operation, long destination, long senderMac, int sender, long targetMac, int target) {
        return HexFormat.of()
                .parseHex(String.format(
                        "%012x%012x0806000108000604%04x%012x%08x%012x%08x",
                        destination, senderMac, operation, senderMac, sender, targetMac, target));
    }

    @Test
    void shouldSendThePacketWithoutItsLinkHeaderAndWithOneHopLess() {
        TestPacket packet = toGateway(udp(100));
        byte[] frame = packet.frame();

        end.transmit(frame, 2);

        byte[] datagram = transport.sent.getFirst().bytes();
        packet.hopLimit--;
        assertArrayEquals(packetOf(packet.frame()), Arrays.copyOfRange(datagram, 8, datagram.length - 1));
        assertEquals(4, datagram[datagram.length - 1]);
        assertArrayEquals(frame, end.transmitted(frame.length), "others may send the frame too");
    }

    @Test
    void shouldSendIpv6WithNextHeader41AndWithoutEthernetPadding() {
        TestPacket packet = toGateway(tcp6());
        byte[] padded = Arrays.copyOf(packet.frame(), 100);

        end.transmit(padded, 0);

        byte[] datagram = transport.sent.getFirst().bytes();
        packet.hopLimit--;
        assertArrayEquals(packetOf(packet.frame()), Arrays.copyOfRange(datagram, 8, datagram.length - 1));
        assertEquals(41, datagram[datagram.length - 1]);
    }

    @Test
    void shouldCutSuperFramesIntoPackets() {
        TestPacket packet = toGateway(tcp().payload(counting(10_000, 1)));

        end.transmit(packet.frame(), 0, 1, 1, 1448, 34, 16);

        int mtu = 1500 - 28 - ClearEsp.OVERHEAD;
        MemoryTransport.Message message = transport.sent.getFirst();
        assertEquals(mtu + ClearEsp.OVERHEAD, message.segment());
        assertEquals(8, message.datagrams());
        byte[] first = Arrays.copyOfRange(message.bytes(), 8, mtu + 8);
        assertEquals(63, first[8]);
        assertEquals(0, sum(first, 0, 20, 0));
    }

    @Test
    void shouldRefuseWhatIsNotIp() {
        byte[] frame = new byte[60];
        frame[12] = (byte) 0x88;

        end.transmit(frame, 0);

        assertEquals(1, end.dropped(DropReason.ESP_NOT_IP));
    }

    @Test
    void shouldRefusePacketsOutsideTheSelectorsAndFramesForOthers() {
        TestPacket outside = toGateway(udp(10));
        outside.destination4 = "0a0a0001";
        TestPacket flooded = udp(10);
        TestPacket mixed = toGateway(udp(10));
        mixed.source4 = mixed.destination4;

        end.transmit(outside.frame(), 0);
        end.transmit(flooded.frame(), 0);
        end.transmit(mixed.frame(), 0);

        assertEquals(3, end.dropped(DropReason.ESP_OUTBOUND_SELECTOR));
        assertTrue(transport.sent.isEmpty());
    }

    @Test
    void shouldTellTheSenderWhenNoHopIsLeft() {
        TestPacket packet = toGateway(udp(100));
        packet.hopLimit = 1;

        end.transmit(packet.frame(), 2);

        assertEquals(1, end.dropped(DropReason.ESP_HOPS_EXCEEDED));
        byte[] answer = end.receive().getFirst().bytes();
        assertEquals(11 << 8, u16(answer, 34));
        assertEquals(0, sum(answer, 34, answer.length, 0));
        assertEquals(i32(packet.frame(), 26), i32(answer, 30));
    }

    @Test
    void shouldAnswerArpForTheRemoteSideOnly() {
        end.transmit(arp(1, 0xFFFF_FFFF_FFFFL, HOST, 0x0A08_0114, 0, 0x0A09_0001), 2);
        end.transmit(arp(1, 0xFFFF_FFFF_FFFFL, HOST, 0x0A08_0114, 0, 0x0A08_0001), 2);
        end.transmit(arp(1, 0xFFFF_FFFF_FFFFL, HOST, 0x0A0A_0114, 0, 0x0A09_0001), 2);

        List<TunnelEnd.Frame> frames = end.receive();
        assertEquals(1, frames.size());
        assertArrayEquals(
                arp(2, HOST, mac, 0x0A09_0001, HOST, 0x0A08_0114),
                frames.getFirst().bytes());
        assertEquals(2, frames.getFirst().label());
        assertEquals(2, end.dropped(DropReason.ESP_NOT_IP));
        assertEquals(1, end.sent());
    }

    @Test
    void shouldDeliverToTheHostThatItHasLearned() {
        end.transmit(toGateway(udp(10)).frame(), 2);
        TestPacket packet = fromPeer(udp(100));
        arrive(packetOf(packet.frame()), 4);

        TunnelEnd.Frame frame = end.receive().getFirst();

        packet.destinationMac = HOST;
        packet.sourceMac = mac;
        assertArrayEquals(packet.frame(), frame.bytes());
        assertEquals(2, frame.label());
    }

    @Test
    void shouldKeepPacketsUntilTheirHostHasAnswered() {
        byte[] packet = packetOf(fromPeer(udp(100)).frame());
        arrive(packet, 4);
        arrive(packet, 4);

        List<TunnelEnd.Frame> question = end.receiveAll();

        assertEquals(1, question.size());
        assertArrayEquals(
                arp(1, 0xFFFF_FFFF_FFFFL, mac, 0x0A09_0115, 0, 0x0A08_0114),
                question.getFirst().bytes());
        end.transmit(arp(2, mac, HOST, 0x0A08_0114, mac, 0x0A09_0115), 2);
        List<TunnelEnd.Frame> kept = end.receiveAll();
        assertEquals(2, kept.size());
        TestPacket delivered = fromPeer(udp(100));
        delivered.destinationMac = HOST;
        delivered.sourceMac = mac;
        for (TunnelEnd.Frame frame : kept) {
            assertEquals(0, frame.dropReason());
            assertEquals(2, frame.label());
            assertArrayEquals(delivered.frame(), frame.bytes());
        }
        arrive(packet, 4);
        assertArrayEquals(delivered.frame(), end.receiveAll().getFirst().bytes());
    }

    @Test
    void shouldKeepAPacketAsItIsBehindASuperFrame() {
        end.transmit(toGateway(udp(10)).frame(), 2);
        arrive(packetOf(fromPeer(tcp().payload(counting(1000, 1))).frame()), 4);
        arrive(
                packetOf(fromPeer(tcp().payload(counting(1000, 2)).sequence(1001))
                        .frame()),
                4);
        TestPacket last = fromPeer(tcp6().payload(counting(100, 3)));
        arrive(packetOf(last.frame()), 41);
        end.receiveAll();

        end.transmit(advertisement(), 2);

        last.destinationMac = HOST;
        last.sourceMac = mac;
        List<TunnelEnd.Frame> kept = end.receiveAll();
        assertEquals(1, kept.size());
        assertArrayEquals(last.frame(), kept.getFirst().bytes());
    }

    @Test
    void shouldNotMakeAKeptPacketOfAnothersPayload() {
        end.transmit(toGateway(udp(10)).frame(), 2);
        byte[] forged = counting(1000, 2);
        // The last 54 bytes: a frame of the attacker's choice, from 10.8.0.1 of this side, which no selector lets in.
        byte[] header = HexFormat.of()
                .parseHex("000000000000" + "02deadbeef00" + "0800" + "450000641234400040110000" + "0a080001"
                        + "0a080114" + "0000000000000000000000000000000000000000");
        System.arraycopy(header, 0, forged, 1000 - 54, 54);
        arrive(packetOf(fromPeer(tcp().payload(counting(1000, 1))).frame()), 4);
        arrive(packetOf(fromPeer(tcp().payload(forged).sequence(1001)).frame()), 4);
        TestPacket last = fromPeer(udp(100));
        last.destination4 = "0a080115";
        arrive(packetOf(last.frame()), 4);
        end.receiveAll();

        end.transmit(arp(2, mac, HOST + 1, 0x0A08_0115, mac, 0x0A09_0115), 2);

        for (TunnelEnd.Frame frame : end.receiveAll()) {
            assertTrue(i32(frame.bytes(), 26) != 0x0A08_0001, "a peer's packet has a source of this side");
        }
    }

    @Test
    void shouldKeepAPacketForItsOwnHostOnly() {
        arrive(packetOf(fromPeer(udp(100)).frame()), 4);
        TestPacket other = fromPeer(udp(100));
        other.destination4 = "0a080115";
        arrive(packetOf(other.frame()), 4);
        assertEquals(2, end.receiveAll().size());

        end.transmit(arp(2, mac, HOST, 0x0A08_0115, mac, 0x0A09_0115), 2);

        List<TunnelEnd.Frame> kept = end.receiveAll();
        assertEquals(1, kept.size());
        assertEquals(0x0A08_0115, i32(kept.getFirst().bytes(), 30));
    }

    @Test
    void shouldDropPacketsWhoseHostDoesNotAnswerAndThoseWithoutRoom() {
        byte[] packet = packetOf(fromPeer(udp(100)).frame());
        for (int i = 0; i < WaitingPackets.SHARE + 1; i++) {
            arrive(packet, 4);
        }

        List<TunnelEnd.Frame> first = end.receiveAll();

        assertEquals(2, first.size(), "one without room, and the question");
        assertEquals(DropReason.ESP_INNER_UNREACHABLE.code(), first.getFirst().dropReason());
        end.nowNs += WaitingPackets.PATIENCE_NS - 1;
        assertEquals(List.of(), end.receiveAll());
        end.nowNs += 1;
        List<TunnelEnd.Frame> expired = end.receiveAll();
        assertEquals(WaitingPackets.SHARE, expired.size());
        for (TunnelEnd.Frame frame : expired) {
            assertEquals(DropReason.ESP_INNER_UNREACHABLE.code(), frame.dropReason());
            assertEquals(2, frame.label());
        }
        end.transmit(arp(2, mac, HOST, 0x0A08_0114, mac, 0x0A09_0115), 2);
        assertEquals(List.of(), end.receiveAll(), "none is delivered afterwards");
    }

    @Test
    void shouldNotDeliverAPacketThatHasWaitedForTooLong() {
        arrive(packetOf(fromPeer(udp(100)).frame()), 4);
        end.receiveAll();
        end.nowNs += 2 * WaitingPackets.PATIENCE_NS;

        // No receive in between: a worker of many ports looks at a tunnel only when its socket is readable.
        end.transmit(toGateway(udp(10)).frame(), 2);

        TunnelEnd.Frame late = end.receiveAll().getFirst();
        assertEquals(DropReason.ESP_INNER_UNREACHABLE.code(), late.dropReason());
    }

    @Test
    void shouldGiveUpAPacketThoughNoOtherComes() {
        arrive(packetOf(fromPeer(udp(100)).frame()), 4);
        end.receiveAll();

        end.device.receiver().housekeeping(end.nowNs + WaitingPackets.PATIENCE_NS);

        assertTrue(end.device.receiver().pending());
        assertEquals(
                DropReason.ESP_INNER_UNREACHABLE.code(),
                end.receiveAll().getFirst().dropReason());
    }

    @Test
    void shouldNotKeepAPacketThatTellsOfCongestion() {
        byte[] packet = packetOf(fromPeer(udp(100)).frame());
        arriveMarked(packet, 4, Congestion.ECN_MASK);

        assertEquals(
                DropReason.ESP_INNER_UNREACHABLE.code(),
                end.receiveAll().getFirst().dropReason());
    }

    @Test
    void shouldAskAgainAfterASecond() {
        byte[] packet = packetOf(fromPeer(udp(100)).frame());
        arrive(packet, 4);
        assertEquals(1, end.receiveAll().size());

        end.nowNs += LocalHosts.ASK_AGAIN_NS - 1;
        arrive(packet, 4);
        assertEquals(0, end.receiveAll().size());

        end.nowNs += 1;
        arrive(packet, 4);
        assertEquals(2, end.receiveAll().size(), "the first packet is given up, and the question asked once more");
    }

    @Test
    void shouldSolicitAndLearnIpv6Neighbours() {
        byte[] packet = packetOf(fromPeer(tcp6()).frame());
        arrive(packet, 41);

        byte[] question = end.receiveAll().getFirst().bytes();

        assertEquals(135, question[54] & 0xFF);
        assertEquals(0, transportSum(question, 14, 54, 58));
        byte[] advertisement = advertisement();
        end.transmit(advertisement, 2);
        assertEquals(1, end.sent());
        arrive(packet, 41);
        TunnelEnd.Frame frame = end.receiveAll().getFirst();
        assertEquals(0, frame.dropReason());
        assertEquals((int) HOST, i32(frame.bytes(), 2));
    }

    private byte[] advertisement() {
        byte[] frame = HexFormat.of()
                .parseHex(String.format("%012x%012x86dd6000000000203aff", mac, HOST)
                        + "fd000008000000000000000000000020" + "fd000009000000000000000000000021"
                        + "8800000060000000" + "fd000008000000000000000000000020"
                        + String.format("0201%012x", HOST));
        write16(frame, 56, transportSum(frame, 14, 54, 58));
        return frame;
    }

    @Test
    void shouldAnswerSolicitationsForTheRemoteSide() {
        byte[] frame = HexFormat.of()
                .parseHex(String.format("3333ff000021%012x86dd6000000000203aff", HOST)
                        + "fd000008000000000000000000000020" + "ff0200000000000000000001ff000021"
                        + "8700000000000000" + "fd000009000000000000000000000021"
                        + String.format("0101%012x", HOST));
        write16(frame, 56, transportSum(frame, 14, 54, 58));

        end.transmit(frame, 2);

        byte[] answer = end.receive().getFirst().bytes();
        assertEquals(136, answer[54] & 0xFF);
        assertEquals(0xE0, answer[58] & 0xFF);
        assertEquals(0, transportSum(answer, 14, 54, 58));
        assertEquals((int) HOST, i32(answer, 2));
        assertEquals((int) mac, i32(answer, 82));
        assertArrayEquals(Arrays.copyOfRange(frame, 62, 78), Arrays.copyOfRange(answer, 22, 38));
    }

    @Test
    void shouldRefuseWhatTheSelectorsOrHeadersDoNotLet() {
        arrive(packetOf(udp(10).frame()), 4);
        arrive(packetOf(fromPeer(udp(10)).frame()), 41);
        arrive(packetOf(fromPeer(udp(10)).frame()), 143);
        arrive(new byte[] {0x45}, 4);

        List<Integer> reasons =
                end.receive().stream().map(TunnelEnd.Frame::dropReason).toList();

        assertEquals(
                List.of(
                        DropReason.ESP_SELECTOR_MISMATCH.code(),
                        DropReason.ESP_INNER_INVALID.code(),
                        DropReason.ESP_NEXT_HEADER.code(),
                        DropReason.ESP_INNER_INVALID.code()),
                reasons);
    }

    /** Where a packet from the peer to 10.8.1.20 goes. */
    private int deliveredTo() {
        arrive(packetOf(fromPeer(udp(1)).frame()), 4);
        byte[] delivered = end.receiveAll().getFirst().bytes();
        return i32(delivered, 2);
    }

    @Test
    void shouldNotMoveAHostForWhatIsNotSaidToTheGateway() {
        long thief = 0x5254_0000_0BADL;
        end.transmit(toGateway(udp(10)).frame(), 2);
        TestPacket flooded = udp(10);
        flooded.sourceMac = thief;
        TestPacket outside = toGateway(udp(10));
        outside.sourceMac = thief;
        outside.destination4 = "0a0a0001";
        TestPacket tagged = toGateway(udp(10));
        tagged.sourceMac = thief;
        tagged.vlan = 42;

        end.transmit(flooded.frame(), 2);
        end.transmit(outside.frame(), 2);
        end.transmit(tagged.frame(), 2);
        end.transmit(arp(1, 0xFFFF_FFFF_FFFFL, thief, 0x0A08_0114, 0, 0x0A09_0115), 2);
        end.transmit(arp(2, 0xFFFF_FFFF_FFFFL, thief, 0x0A08_0114, 0, 0x0A08_0114), 2);
        end.transmit(arp(2, mac, thief, 0x0A08_0114, mac, 0x0A09_0115), 2);
        end.receiveAll();

        assertEquals((int) HOST, deliveredTo());
    }

    @Test
    void shouldFollowAHostThatSpeaksToTheGatewayFromAnotherMac() {
        end.transmit(toGateway(udp(10)).frame(), 2);
        TestPacket moved = toGateway(udp(10));
        moved.sourceMac = HOST + 1;

        end.transmit(moved.frame(), 2);

        assertEquals((int) HOST + 1, deliveredTo());
    }

    private static TestPacket mappedIpv6() {
        TestPacket packet = tcp6();
        packet.source6 = "00000000000000000000ffff0a080114";
        packet.destination6 = "00000000000000000000ffff0a090115";
        return packet;
    }

    @Test
    void shouldNotTakeIpv6PacketsWithMappedAddressesForIpv4() {
        end.transmit(toGateway(udp(10)).frame(), 2);
        transport.sent.clear();

        end.transmit(toGateway(mappedIpv6()).frame(), 2);
        arrive(packetOf(fromPeer(mappedIpv6()).frame()), 41);

        assertEquals(1, end.dropped(DropReason.ESP_OUTBOUND_SELECTOR));
        assertTrue(transport.sent.isEmpty());
        assertEquals(
                List.of(DropReason.ESP_SELECTOR_MISMATCH.code()),
                end.receiveAll().stream().map(TunnelEnd.Frame::dropReason).toList());
    }

    @Test
    void shouldNotTakeIpv4PacketsForIpv6OfAnyAddress() {
        long[] lowest = {0, 0};
        long[] highest = {-1, -1};
        MemoryTransport other = MemoryTransport.alone();
        TunnelSettings any = TunnelEnd.settings(
                TunnelSettings.Payload.IP, true, new TrafficSelector(lowest, highest, lowest, highest));
        try (TunnelEnd ipv6Only = new TunnelEnd(other, esp, esp, any)) {
            ipv6Only.transmit(toGateway(udp(10)).frame(), 2);
            ipv6Only.transmit(toGateway(tcp6()).frame(), 2);

            assertEquals(1, ipv6Only.dropped(DropReason.ESP_OUTBOUND_SELECTOR));
            assertEquals(1, ipv6Only.sent());
        }
    }

    @Test
    void shouldKeepKnownHostsWhenThePeerAsksForMany() {
        end.transmit(toGateway(udp(10)).frame(), 2);
        for (int i = 0; i < 20_000; i++) {
            TestPacket packet = fromPeer(udp(1));
            packet.destination4 = String.format("0a08%04x", i);
            arrive(packetOf(packet.frame()), 4);
        }
        end.receiveAll();

        arrive(packetOf(fromPeer(udp(1)).frame()), 4);

        assertEquals(0, end.receiveAll().getFirst().dropReason());
        assertTrue(end.parts.counters().read(TunnelCounters.NEIGHBOUR_MESSAGES) <= Neighbourhood.QUESTIONS_PER_SECOND);
    }

    @Test
    void shouldAnswerHostsOfOneLevelWhateverAnotherDoes() {
        for (int i = 0; i < 500; i++) {
            end.transmit(arp(1, 0xFFFF_FFFF_FFFFL, HOST, 0x0A08_0114, 0, 0x0A09_0001), 2);
            end.receive();
        }

        end.transmit(arp(1, 0xFFFF_FFFF_FFFFL, HOST, 0x0A08_0114, 0, 0x0A09_0001), 0);

        assertEquals(0, end.receive().getFirst().label());
    }

    @Test
    void shouldHaveAStableAddressOfItsOwn() {
        assertEquals(0x02, mac >>> 40);
        assertEquals(mac, GatewayAddress.of("hv2", end.parts.settings().local()));
        assertTrue(mac != GatewayAddress.of("hv3", end.parts.settings().local()));
        assertTrue(mac != GatewayAddress.of("hv2", end.parts.settings().remote()));
    }
}
