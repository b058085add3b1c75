package io.weir.datapath.egress;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.Transmitter;
import io.weir.datapath.port.VlanSettings;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Label options at ways out that want them otherwise, beside VLAN tags, segments and MTUs. */
@Timeout(30)
class LabelledFormsTest {
    private static final String S2 = "860a00000003010400020000";
    private static final String S5 = "860a00000003010400050000";
    private static final int OPTION = 34;
    private static final int LABEL_LENGTH = 12;

    private final EgressBench bench = new EgressBench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** A packet at level s2. */
    private int packet(byte[] header, byte[] frame) {
        return bench.frame(header, frame);
    }

    private void label(int i) {
        bench.batch.label(i, TablePolicy.LEVELS.number("s2"));
    }

    private static byte[] udpPacket(String options, int payload) {
        return ethernet(0x0800, ipv4(17, 0x4000, hex(options), udp(counting(payload))));
    }

    private static String optionsOf(byte[] frame) {
        int begin = frame[12] == (byte) 0x81 ? 18 : 14;
        return HexFormat.of().formatHex(frame, begin + 20, begin + (frame[begin] & 0xF) * 4);
    }

    @Test
    void shouldGiveEachPortOfAFloodTheLabelThatItWants() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter none = bench.port(WireLabel.NONE, Transmitter.TAKES_ALL);
        HeldTransmitter verify = bench.port(WireLabel.VERIFY, Transmitter.TAKES_ALL);
        HeldTransmitter required = bench.port(WireLabel.REQUIRED, Transmitter.TAKES_ALL);
        HeldTransmitter strip = bench.port(WireLabel.STRIP, Transmitter.TAKES_ALL);
        HeldTransmitter trunk = bench.port(VlanSettings.trunk(0, 1), 1500, Transmitter.TAKES_ALL, WireLabel.REQUIRED);
        HeldTransmitter last = bench.port(WireLabel.NONE, Transmitter.TAKES_ALL);
        byte[] lying = udpPacket(S5, 20);
        byte[] bare = udpPacket("", 20);

        bench.begin();
        packet(new byte[10], lying);
        packet(new byte[10], bare);
        bench.parse(1);
        label(0);
        label(1);
        bench.flood(0);
        bench.flood(1);
        bench.send();

        assertFrames(none, lying, bare);
        assertFrames(last, lying, bare);
        assertFrames(verify, relabelled(lying), bare);
        assertEquals(
                List.of(S2, S2),
                required.frames().stream().map(LabelledFormsTest::optionsOf).toList());
        assertEquals(
                List.of(S2, S2),
                trunk.frames().stream().map(LabelledFormsTest::optionsOf).toList());
        assertEquals(
                List.of("", ""),
                strip.frames().stream().map(LabelledFormsTest::optionsOf).toList());
        assertArrayEquals(udp(counting(20)), Arrays.copyOfRange(trunk.frames().get(1), 50, 78));
    }

    private static byte[] relabelled(byte[] frame) {
        byte[] other = frame.clone();
        other[OPTION + 9] = 2;
        // The sample's checksum is 0, and is as wrong afterwards: 0 - (2 - 5).
        other[24] = 0;
        other[25] = 3;
        return other;
    }

    private static void assertFrames(HeldTransmitter out, byte[]... expected) {
        assertEquals(
                Arrays.stream(expected).map(HexFormat.of()::formatHex).toList(),
                out.frames().stream().map(HexFormat.of()::formatHex).toList());
    }

    @Test
    void shouldChangeAFrameWithOneWayOutInPlace() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter out = bench.port(VlanSettings.trunk(0, 1), 1500, Transmitter.TAKES_ALL, WireLabel.REQUIRED);

        bench.begin();
        packet(new byte[10], ethernet(0x86DD, ipv6(17, udp(counting(20)))));
        bench.parse(1);
        bench.batch.label(0, TablePolicy.LEVELS.number("s1:c0.c1023"));
        bench.to(0, 1);
        bench.send();

        byte[] frame = out.frames().getFirst();
        assertEquals(14 + 4 + 40 + 144 + 28, frame.length);
        assertArrayEquals(udp(counting(20)), Arrays.copyOfRange(frame, frame.length - 28, frame.length));
    }

    @Test
    void shouldDropWhatCannotBeLabelled() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter out = bench.port(WireLabel.REQUIRED, Transmitter.TAKES_ALL);
        byte[] longest = ethernet(0x0800, ipv4(6, 0x4000, new byte[0], tcp(counting(65_535 - 40))));

        bench.begin();
        packet(new byte[10], udpPacket("", 20));
        packet(SuperFrames.tcpHeader(1400), longest);
        bench.parse(1);
        label(1);
        bench.to(0, 1);
        bench.to(1, 1);
        bench.send();

        assertEquals(0, out.frames().size());
        assertEquals(2, bench.drops(1, DropReason.EGRESS_LABEL_UNWRITABLE));
    }

    @Test
    void shouldMeasureThePacketWithItsLabelAgainstTheMtu() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter out = bench.port(WireLabel.REQUIRED, Transmitter.TAKES_ALL);

        bench.begin();
        packet(new byte[10], udpPacket("", 1500 - 28 - LABEL_LENGTH));
        packet(new byte[10], udpPacket("", 1500 - 28 - LABEL_LENGTH + 1));
        packet(new byte[10], udpPacket(S5, 1500 - 28 - LABEL_LENGTH));
        bench.parse(1);
        for (int i = 0; i < 3; i++) {
            label(i);
            bench.to(i, 1);
        }
        bench.send();

        assertEquals(2, out.frames().size());
        assertEquals(1514, out.frames().getFirst().length);
        assertEquals(1, bench.drops(1, DropReason.EGRESS_MTU_EXCEEDED));
    }

    @Test
    void shouldShortenSegmentsOfTcpThatTheLabelMakesTooLong() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter whole = bench.port(WireLabel.REQUIRED, Transmitter.TAKES_ALL);
        HeldTransmitter cutting = bench.port(WireLabel.REQUIRED, 0);
        HeldTransmitter bare = bench.port(WireLabel.NONE, Transmitter.TAKES_ALL);

        bench.begin();
        packet(SuperFrames.tcpHeader(1460), SuperFrames.tcp(20_000));
        bench.parse(1);
        label(0);
        bench.flood(0);
        bench.send();

        assertEquals(1448, gsoSize(whole.headers().getFirst()));
        assertEquals(OPTION + LABEL_LENGTH, whole.headers().getFirst()[6]);
        assertEquals(1460, gsoSize(bare.headers().getFirst()));
        assertEquals(14, cutting.frames().size());
        assertEquals(1514, cutting.frames().getFirst().length);
        for (byte[] segment : cutting.frames()) {
            assertEquals(S2, optionsOf(segment));
        }
        byte[] payload = TcpSegments.payload(cutting.frames(), SuperFrames.TCP_HEADERS_LENGTH + LABEL_LENGTH);
        assertArrayEquals(counting(20_000), payload);
    }

    @Test
    void shouldNotShortenSegmentsThatAreDatagrams() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter out = bench.port(WireLabel.REQUIRED, Transmitter.TAKES_ALL);

        bench.begin();
        packet(SuperFrames.udpHeader(1472 - LABEL_LENGTH), SuperFrames.udp(20_000));
        packet(SuperFrames.udpHeader(1472), SuperFrames.udp(20_000));
        packet(SuperFrames.tcpHeader(1461), SuperFrames.tcp(20_000));
        bench.parse(1);
        for (int i = 0; i < 3; i++) {
            label(i);
            bench.to(i, 1);
        }
        bench.send();

        assertEquals(1, out.frames().size());
        assertEquals(VirtioNetHeader.GSO_UDP_L4, out.headers().getFirst()[1]);
        assertEquals(2, bench.drops(1, DropReason.EGRESS_MTU_EXCEEDED));
    }

    @Test
    void shouldKeepLabelsThatAreTrueWhereTheyAre() {
        bench.port(Transmitter.TAKES_ALL);
        HeldTransmitter out = bench.port(WireLabel.REQUIRED, Transmitter.TAKES_ALL);
        byte[] labelled = udpPacket("01010101" + S2, 20);

        bench.begin();
        packet(new byte[10], labelled);
        bench.parse(1);
        label(0);
        bench.to(0, 1);
        bench.send();

        assertFrames(out, labelled);
        assertTrue(optionsOf(out.frames().getFirst()).startsWith("01010101"));
    }

    private static int gsoSize(byte[] header) {
        return (header[4] & 0xFF) | (header[5] & 0xFF) << 8;
    }
}
