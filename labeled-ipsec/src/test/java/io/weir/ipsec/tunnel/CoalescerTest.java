package io.weir.ipsec.tunnel;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static io.weir.ipsec.tunnel.TestPacket.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Which segments become one super-frame, and which must not. */
@Timeout(60)
class CoalescerTest {
    private static final int SIZE = 1000;

    private final MemoryTransport transport = MemoryTransport.alone();
    private final TunnelEnd end = TunnelEnd.ethernet(transport, new ClearEsp(2, 5));

    @AfterEach
    void close() {
        end.close();
    }

    /** The i-th segment of a stream, as a sender with segmentation offload makes it. */
    private static TestPacket segment(int i) {
        return tcp().payload(counting(SIZE, i)).sequence(1 + i * SIZE).identification(7 + i);
    }

    private void arrive(byte[] frame, int level) {
        byte[] datagram = new byte[frame.length + ClearEsp.OVERHEAD];
        write16(datagram, 2, 256 + level);
        System.arraycopy(frame, 0, datagram, ClearEsp.HEADER, frame.length);
        datagram[datagram.length - 1] = (byte) 143;
        transport.inbox.add(MemoryTransport.Message.of(datagram));
    }

    private List<TunnelEnd.Frame> receive(TestPacket... packets) {
        for (TestPacket packet : packets) {
            arrive(packet.frame(), 2);
        }
        return end.receiveAll();
    }

    private static List<Integer> lengths(List<TunnelEnd.Frame> frames) {
        return frames.stream().map(frame -> frame.bytes().length).toList();
    }

    @Test
    void shouldJoinSegmentsThatFollowEachOther() {
        TestPacket last = segment(4).payload(counting(300, 4)).flags(ACK | PSH);

        TunnelEnd.Frame frame =
                receive(segment(0), segment(1), segment(2), segment(3), last).getFirst();

        assertEquals(54 + 4 * SIZE + 300, frame.bytes().length);
        assertEquals(1, frame.gsoType());
        assertEquals(SIZE, frame.gsoSize());
        assertTrue(frame.needsChecksum());
        assertEquals(ACK | PSH, frame.bytes()[47]);
        assertEquals(0, sum(frame.bytes(), 14, 34, 0));
        assertEquals(frame.bytes().length - 14, u16(frame.bytes(), 16));
        assertEquals(4, end.parts.counters().read(TunnelCounters.COALESCED));
    }

    @Test
    void shouldLeaveASingleSegmentAsItIs() {
        TunnelEnd.Frame frame = receive(segment(0)).getFirst();

        assertArrayEquals(segment(0).frame(), frame.bytes());
        assertArrayEquals(new byte[10], frame.offload());
    }

    @Test
    void shouldBeginAnewAfterAShorterSegmentOrPush() {
        TestPacket shorter = segment(1).payload(counting(10, 1));
        TestPacket next =
                tcp().payload(counting(SIZE, 2)).sequence(1 + SIZE + 10).identification(9);
        TestPacket push = tcp().payload(counting(SIZE, 3))
                .sequence(1 + SIZE + 10 + SIZE)
                .identification(10)
                .flags(ACK | PSH);
        TestPacket more = tcp().payload(counting(SIZE, 4))
                .sequence(1 + SIZE + 10 + 2 * SIZE)
                .identification(11);

        assertEquals(
                List.of(54 + SIZE + 10, 54 + 2 * SIZE, 54 + SIZE),
                lengths(receive(segment(0), shorter, next, push, more)));
    }

    @Test
    void shouldJoinFlowsThatTakeTurns() {
        TestPacket[] packets = new TestPacket[24];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = segment(i / 3);
            packets[i].sourcePort = 40_000 + i % 3;
        }

        List<TunnelEnd.Frame> frames = receive(packets);

        assertEquals(List.of(54 + 8 * SIZE, 54 + 8 * SIZE, 54 + 8 * SIZE), lengths(frames));
    }

    @Test
    void shouldNotJoinLevels() {
        arrive(segment(0).frame(), 2);
        arrive(segment(1).frame(), 5);

        List<TunnelEnd.Frame> frames = end.receiveAll();

        assertEquals(List.of(2, 5), frames.stream().map(TunnelEnd.Frame::label).toList());
        assertFalse(frames.getFirst().needsChecksum());
    }

    @Test
    void shouldLeaveASegmentAloneWhoseChecksumIsWrong() {
        byte[] damaged = segment(1).frame();
        damaged[200] ^= 1;
        arrive(segment(0).frame(), 2);
        arrive(damaged, 2);
        arrive(segment(2).frame(), 2);
        arrive(segment(3).frame(), 2);

        List<TunnelEnd.Frame> frames = end.receiveAll();

        assertEquals(List.of(54 + SIZE, 54 + SIZE, 54 + 2 * SIZE), lengths(frames));
        assertArrayEquals(damaged, frames.get(1).bytes());
    }

    @Test
    void shouldLeaveTheFirstAloneWhenItsChecksumIsWrong() {
        byte[] damaged = segment(0).frame();
        damaged[200] ^= 1;
        arrive(damaged, 2);
        arrive(segment(1).frame(), 2);
        arrive(segment(2).frame(), 2);

        List<TunnelEnd.Frame> frames = end.receiveAll();

        assertArrayEquals(damaged, frames.getFirst().bytes());
        assertEquals(List.of(54 + SIZE, 54 + 2 * SIZE), lengths(frames));
    }

    @Test
    void shouldAcceptAnIdentificationThatStaysWhereNobodyMayFragment() {
        TestPacket[] packets = {segment(0), segment(1), segment(2)};
        for (TestPacket packet : packets) {
            packet.identification = 0;
        }

        assertEquals(List.of(54 + 3 * SIZE), lengths(receive(packets)));
    }

    static Stream<Arguments> differences() {
        return Stream.of(
                difference("sequence", packet -> packet.sequence++),
                difference("older sequence", packet -> packet.sequence = 1),
                difference("acknowledgment", packet -> packet.acknowledgment++),
                difference("window", packet -> packet.window--),
                difference("FIN", packet -> packet.flags |= FIN),
                difference("SYN", packet -> packet.flags |= SYN),
                difference("CWR", packet -> packet.flags |= CWR),
                difference("options", packet -> packet.tcpOptions = new byte[] {1, 1, 1, 1}),
                difference("hop limit", packet -> packet.hopLimit--),
                difference("traffic class", packet -> packet.trafficClass = 3),
                difference("identification", packet -> packet.identification += 5),
                difference("fragment", packet -> packet.fragmentField = 0x2000),
                difference("DF", packet -> packet.fragmentField = 0),
                difference("IP options", packet -> packet.ipOptions = new byte[] {1, 1, 1, 1}),
                difference("MAC address", packet -> packet.sourceMac++),
                difference("VLAN", packet -> packet.vlan = 7),
                difference("longer", packet -> packet.payload = counting(SIZE + 1, 3)),
                difference("no payload", packet -> packet.payload = new byte[0]));
    }

    private static Arguments difference(String name, Consumer<TestPacket> change) {
        return Arguments.of(name, change);
    }

    /** With the third as the odd one: it is the one that is opened over the super-frame before. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("differences")
    void shouldEndTheSuperFrameWhenASegmentDiffers(String name, Consumer<TestPacket> change) {
        TestPacket odd = segment(2);
        change.accept(odd);
        byte[] expected = odd.frame();

        List<TunnelEnd.Frame> frames = receive(segment(0), segment(1), odd);

        assertEquals(List.of(54 + 2 * SIZE, expected.length), lengths(frames));
        assertArrayEquals(expected, frames.get(1).bytes(), name);
        assertArrayEquals(new byte[10], frames.get(1).offload());
        byte[] payload = Arrays.copyOfRange(frames.getFirst().bytes(), 54, 54 + 2 * SIZE);
        assertArrayEquals(counting(SIZE, 0), Arrays.copyOf(payload, SIZE));
        assertArrayEquals(counting(SIZE, 1), Arrays.copyOfRange(payload, SIZE, 2 * SIZE));
    }

    @Test
    void shouldNotJoinWhatComesAfterASegmentThatDiffers() {
        TestPacket fin = segment(2).flags(ACK | FIN);

        List<TunnelEnd.Frame> frames = receive(segment(0), segment(1), fin, segment(2));

        assertEquals(List.of(54 + 2 * SIZE, 54 + SIZE, 54 + SIZE), lengths(frames));
    }

    @Test
    void shouldJoinSmallSegmentsShorterThanTheirHeaders() {
        TestPacket[] packets = new TestPacket[20];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = tcp().payload(counting(7, i)).sequence(1 + 7 * i).identification(i);
        }

        TunnelEnd.Frame frame = receive(packets).getFirst();

        assertEquals(54 + 140, frame.bytes().length);
        for (int i = 0; i < 20; i++) {
            assertArrayEquals(
                    counting(7, i), Arrays.copyOfRange(frame.bytes(), 54 + 7 * i, 61 + 7 * i), "segment " + i);
        }
    }

    @Test
    void shouldStopAtTheLongestPacket() {
        // Two messages, as the kernel coalesces them: one batch takes both.
        for (int message = 0; message < 2; message++) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < 35; i++) {
                arrive(segment(message * 35 + i).frame(), 2);
                all.writeBytes(transport.inbox.removeLast().bytes());
            }
            transport.inbox.add(new MemoryTransport.Message(all.toByteArray(), all.size() / 35, 0));
        }

        List<TunnelEnd.Frame> frames = end.receive();

        assertEquals(List.of(54 + 65 * SIZE, 54 + 5 * SIZE), lengths(frames));
    }

    @Test
    void shouldKeepARefusedDatagramApartFromTheSuperFrameItWasOpenedOver() {
        arrive(segment(0).frame(), 2);
        arrive(segment(1).frame(), 2);
        transport.inbox.add(MemoryTransport.Message.of(new byte[600]));
        byte[] other = new byte[600];
        other[3] = 99;
        transport.inbox.add(MemoryTransport.Message.of(other));
        arrive(segment(2).frame(), 2);

        List<TunnelEnd.Frame> frames = end.receiveAll();

        assertEquals(2, frames.size());
        assertEquals(54 + 3 * SIZE, frames.getFirst().bytes().length);
        assertArrayEquals(
                counting(SIZE, 2), Arrays.copyOfRange(frames.getFirst().bytes(), 54 + 2 * SIZE, 54 + 3 * SIZE));
        assertTrue(frames.get(1).dropped());
    }
}
