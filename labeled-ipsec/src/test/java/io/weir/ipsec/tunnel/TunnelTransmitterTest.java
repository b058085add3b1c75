package io.weir.ipsec.tunnel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.Transmitter;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class TunnelTransmitterTest {
    private static final int CAPACITY = 1500 - 28 - ClearEsp.OVERHEAD;

    private final MemoryTransport transport = MemoryTransport.alone();
    private final ClearEsp esp = new ClearEsp(2);
    private final TunnelEnd end = TunnelEnd.ethernet(transport, esp);

    @AfterEach
    void close() {
        end.close();
    }

    /** Inner frames of everything that was sent. */
    private List<byte[]> sent() {
        List<byte[]> frames = new ArrayList<>();
        for (MemoryTransport.Message message : transport.sent) {
            for (int at = 0; at < message.bytes().length; at += message.segment()) {
                int to = Math.min(at + message.segment(), message.bytes().length);
                frames.add(Arrays.copyOfRange(message.bytes(), at + ClearEsp.HEADER, to - 1));
            }
        }
        return frames;
    }

    @Test
    void shouldTakeAllOffloadsAndJudgeSizes() {
        assertEquals(Transmitter.TAKES_ALL, end.transmitter.offloads());
        assertTrue(end.transmitter.judgesSize());
    }

    @Test
    void shouldSendTheLargestFrameThatFits() {
        end.transmit(udp(CAPACITY - 42).frame(), 2);

        assertEquals(CAPACITY, sent().getFirst().length);
        assertEquals(0, end.dropped());
    }

    @Test
    void shouldTellTheSenderOfIpv4WhatFits() {
        byte[] frame = udp(CAPACITY - 41).frame();

        end.transmit(frame, 2);

        assertEquals(1, end.dropped(DropReason.ESP_MTU_EXCEEDED));
        TunnelEnd.Frame answer = end.receive().getFirst();
        byte[] bytes = answer.bytes();
        assertEquals(2, answer.label());
        assertEquals(0x0304, u16(bytes, 34), "fragmentation needed");
        assertEquals(CAPACITY - 14, u16(bytes, 40));
        assertEquals(0, sum(bytes, 34, bytes.length, 0));
        assertEquals(0, sum(bytes, 14, 34, 0));
        assertEquals(576 + 14, bytes.length);
        assertArrayEquals(Arrays.copyOfRange(frame, 14, 14 + 548), Arrays.copyOfRange(bytes, 42, 590));
        assertArrayEquals(Arrays.copyOfRange(frame, 6, 12), Arrays.copyOf(bytes, 6), "to the sender");
        byte[] mac = ByteBuffer.allocate(Long.BYTES)
                .putLong(GatewayAddress.of("hv2", end.parts.settings().local()))
                .array();
        assertArrayEquals(
                Arrays.copyOfRange(mac, 2, 8), Arrays.copyOfRange(bytes, 6, 12), "from no host's MAC address");
        assertTrue(answer.fromSwitch(), "which no source guard knows");
        assertEquals(i32(frame, 26), i32(bytes, 30));
        assertEquals(i32(frame, 30), i32(bytes, 26));
    }

    @Test
    void shouldTellTheSenderOfIpv6WhatFits() {
        TestPacket packet = tcp6().payload(counting(1400, 1));
        packet.vlan = 42;
        byte[] frame = packet.frame();

        end.transmit(frame, 2);

        assertEquals(1, end.dropped(DropReason.ESP_MTU_EXCEEDED));
        byte[] bytes = end.receive().getFirst().bytes();
        assertEquals(0x8100, u16(bytes, 12), "with the tag of the frame");
        assertEquals(0x0200, u16(bytes, 58), "packet too big");
        assertEquals(CAPACITY - 18, i32(bytes, 62));
        assertEquals(0, transportSum(bytes, 18, 58, 58));
        assertEquals(1280 + 18, bytes.length);
    }

    @Test
    void shouldNeverTellIpv6LessThanItsMinimum() {
        transport.mtu = 1000;
        end.nowNs += 2_000_000_000L;

        end.transmit(tcp6().payload(counting(1200, 1)).frame(), 2);

        assertEquals(1280, i32(end.receive().getFirst().bytes(), 58));
    }

    @ParameterizedTest
    @CsvSource({"e0000001,0a080114", "0a090115,00000000", "0a090115,7f000001", "ffffffff,0a080114"})
    void shouldNotAnswerWhoIsNoSingleHost(String destination, String source) {
        TestPacket packet = udp(1460);
        packet.destination4 = destination;
        packet.source4 = source;

        end.transmit(packet.frame(), 2);

        assertEquals(1, end.dropped(DropReason.ESP_MTU_EXCEEDED));
        assertTrue(end.receive().isEmpty());
    }

    @Test
    void shouldNotAnswerIcmpErrorsGroupsAndLaterFragments() {
        TestPacket error = udp(1460);
        error.protocol = 1;
        byte[] icmp = error.frame();
        icmp[34] = 3;
        TestPacket group = udp(1460);
        group.destinationMac = 0x0100_5E00_0001L;
        TestPacket later = udp(1460);
        later.fragmentField = 0x4000 | 100;

        end.transmit(icmp, 2);
        end.transmit(group.frame(), 2);
        end.transmit(later.frame(), 2);

        assertEquals(3, end.dropped(DropReason.ESP_MTU_EXCEEDED));
        assertTrue(end.receive().isEmpty());
    }

    @Test
    void shouldTellOnlySoManyASecond() {
        byte[] frame = udp(1460).frame();
        for (int i = 0; i < 500; i++) {
            end.transmit(frame, 2);
            end.receive();
        }

        assertEquals(IcmpErrors.PER_SECOND / 10, end.parts.counters().read(TunnelCounters.ICMP_ERRORS));
    }

    @Test
    void shouldTellSendersOfOneLevelWhateverThoseOfAnotherDo() {
        byte[] frame = udp(1460).frame();
        for (int i = 0; i < 500; i++) {
            end.transmit(frame, 2);
        }
        assertEquals(OwnFrames.SHARE, end.parts.counters().read(TunnelCounters.ICMP_ERRORS), "none taken yet");
        end.transmit(frame, 0);
        assertEquals(1, labelled(end.receiveAll(), 0), "room for another level");

        for (int i = 0; i < 500; i++) {
            end.transmit(frame, 2);
            end.receive();
        }
        end.transmit(frame, 0);

        assertEquals(1, labelled(end.receiveAll(), 0), "a rate for another level");
    }

    private static long labelled(List<TunnelEnd.Frame> frames, int label) {
        return frames.stream().filter(frame -> frame.label() == label).count();
    }

    @Test
    void shouldFragmentIpv4ThatMayBe() {
        TestPacket packet = udp(5000);
        packet.fragmentField = 0;
        packet.ipOptions = new byte[] {7, 3, 4, 1, (byte) 0x94, 4, 0, 0};
        byte[] frame = packet.frame();

        end.transmit(frame, 2);

        List<byte[]> fragments = sent();
        byte[] joined = new byte[5008];
        for (byte[] fragment : fragments) {
            int offset = (u16(fragment, 20) & 0x1FFF) * 8;
            boolean last = (u16(fragment, 20) & 0x2000) == 0;
            assertTrue(fragment.length <= CAPACITY);
            assertEquals(fragment.length - 14, u16(fragment, 16));
            assertEquals(0, sum(fragment, 14, 42, 0));
            assertEquals(offset == 0 ? 7 : 1, fragment[34], "an option that only the first has");
            assertEquals(0x94, fragment[38] & 0xFF, "an option that all have");
            System.arraycopy(fragment, 42, joined, offset, fragment.length - 42);
            assertEquals(last, offset + fragment.length - 42 == 5008);
        }
        assertArrayEquals(Arrays.copyOfRange(frame, 42, frame.length), joined);
        assertEquals(1, end.sent());
    }

    @Test
    void shouldFragmentDatagramsOfASuperFrameThatMayBe() {
        TestPacket packet = udp(6000);
        packet.fragmentField = 0;

        end.transmit(packet.frame(), 2, 1, 5, 3000, 34, 6);

        assertEquals(6, sent().size());
        assertEquals(1, end.sent());
    }

    @Test
    void shouldRefuseDatagramsOfASuperFrameThatMayNotBeFragmented() {
        end.transmit(udp(6000).frame(), 2, 1, 5, 3000, 34, 6);

        assertEquals(1, end.dropped(DropReason.ESP_MTU_EXCEEDED));
        assertEquals(1, end.receive().size());
    }

    @Test
    void shouldLetTheNetworkFragmentWhereItMay() {
        MemoryTransport other = MemoryTransport.alone();
        ClearEsp its = new ClearEsp();
        try (TunnelEnd fragmented =
                new TunnelEnd(other, its, its, TunnelEnd.settings(TunnelSettings.Payload.ETHERNET, false))) {
            fragmented.transmit(udp(1460).frame(), 0);
            fragmented.transmit(udp(1460).frame(), 0);

            assertEquals(2, other.sent.size());
            assertEquals(1502 + ClearEsp.OVERHEAD, other.sent.getFirst().bytes().length);
            assertEquals(2, fragmented.sent());
        }
    }

    @Test
    void shouldCopyTrafficClassesToTheOuterHeader() {
        end.transmitter.flush();
        end.transmit(udp(10).trafficClass(0xB9).frame(), 0);
        end.transmit(tcp6().trafficClass(0x2A).frame(), 0);
        end.transmit(new byte[60], 0);

        assertEquals(List.of(0xB9, 0x2A, 0), trafficClasses(transport));
    }

    private static List<Integer> trafficClasses(MemoryTransport network) {
        return network.sent.stream().map(MemoryTransport.Message::trafficClass).toList();
    }

    @Test
    void shouldShowTheWireOnlyTheCongestionBitsOfPacketsThatHaveALevel() {
        end.transmit(udp(10).trafficClass(0xB9).frame(), 2);
        end.transmit(tcp6().trafficClass(0x2A).frame(), 2);

        assertEquals(List.of(0x01, 0x02), trafficClasses(transport));
    }

    @ParameterizedTest
    @CsvSource({"COPY,2,185", "COPY,0,185", "CLEAR,2,1", "CLEAR,0,1"})
    void shouldDoWithTheDscpWhatTheOperatorSays(TunnelSettings.Dscp dscp, int level, int outer) {
        MemoryTransport other = MemoryTransport.alone();
        TunnelSettings base = TunnelEnd.settings(TunnelSettings.Payload.ETHERNET, true);
        TunnelSettings settings = new TunnelSettings(
                base.name(),
                base.local(),
                base.remote(),
                base.encapsulation(),
                base.port(),
                base.payload(),
                base.transport(),
                base.selectors(),
                base.dontFragment(),
                base.sas(),
                dscp);
        try (TunnelEnd asked = new TunnelEnd(other, esp, esp, settings)) {
            asked.transmit(udp(10).trafficClass(0xB9).frame(), level);

            assertEquals(List.of(outer), trafficClasses(other));
        }
    }

    @Test
    void shouldNotSendPacketsThatArePaddedToMoreThanThePathTakes() {
        esp.tfcLength = CAPACITY + 1;

        end.transmit(udp(10).frame(), 2);
        end.transmit(tcp().payload(counting(5000, 1)).frame(), 2, 1, 1, 1000, 34, 16);

        assertEquals(2, end.dropped(DropReason.ESP_MTU_EXCEEDED));
        assertTrue(transport.sent.isEmpty());
    }

    @Test
    void shouldSendPacketsThatArePaddedToWhatThePathTakes() {
        esp.tfcLength = CAPACITY;

        end.transmit(udp(10).frame(), 2);

        assertEquals(CAPACITY + ClearEsp.OVERHEAD, transport.sent.getFirst().bytes().length);
    }

    @Test
    void shouldLetTheNetworkFragmentPaddedPacketsWhereItMay() {
        MemoryTransport other = MemoryTransport.alone();
        ClearEsp its = new ClearEsp();
        its.tfcLength = CAPACITY + 1;
        try (TunnelEnd fragmented =
                new TunnelEnd(other, its, its, TunnelEnd.settings(TunnelSettings.Payload.ETHERNET, false))) {
            fragmented.transmit(udp(10).frame(), 0);
            fragmented.transmit(udp(10).frame(), 0);

            assertEquals(2, fragmented.sent());
            assertEquals(2, other.sent.size());
        }
    }

    @Test
    void shouldFollowThePathWhenItShrinks() {
        transport.mtu = 1000;
        transport.refuseLast = 1;
        transport.refuseWith = Errno.EMSGSIZE;
        byte[] frame = udp(1000).frame();

        end.transmit(frame, 2);
        end.transmit(frame, 2);

        assertEquals(2, end.dropped(DropReason.ESP_MTU_EXCEEDED));
        assertEquals(
                1000 - 28 - ClearEsp.OVERHEAD - 14, u16(end.receive().getFirst().bytes(), 40));
        assertEquals(1000 - 28 - 32 - 2 - 14, end.device.mtu());
    }

    @ParameterizedTest
    @CsvSource({"11,ESP_QUEUE_FULL", "105,ESP_QUEUE_FULL", "1,ESP_SEND_REFUSED", "101,ESP_SEND_REFUSED"})
    void shouldCountAFrameOfWhichADatagramIsRefused(int errno, DropReason reason) {
        transport.refuseLast = 1;
        transport.refuseWith = errno;
        byte[] frame = tcp().payload(counting(10_000, 1)).frame();

        end.transmit(frame, 2, 1, 1, 1000, 34, 16);

        assertEquals(1, end.dropped(reason));
        assertEquals(0, end.sent());
        assertEquals(List.of(new TunnelEnd.Refused(frame.length, reason.code())), end.refused);
    }

    @Test
    void shouldAccountForMoreThanTheBufferHolds() {
        byte[] frame = tcp().payload(counting(60_000, 1)).frame();
        long address = Memory.map(70_000);
        new VirtioNetHeader().wrapBefore(address + 10).set(1, 1, 0, 1000, 34, 16);
        Memory.copy(frame, 0, address + 10, frame.length);
        for (int i = 0; i < 40; i++) {
            end.transmitter.transmit(address + 10, frame.length, i % 4 == 3 ? 9 : 2);
        }
        end.transmitter.flush();
        Memory.unmap(address, 70_000);

        assertEquals(30, end.sent());
        assertEquals(10, end.dropped(DropReason.ESP_NO_SA));
        assertEquals(30 * 60, sent().size());
    }
}
