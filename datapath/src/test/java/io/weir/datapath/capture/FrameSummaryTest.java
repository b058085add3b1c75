package io.weir.datapath.capture;

import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
class FrameSummaryTest {
    private static final long SEED = 0x5EED_F00D;
    private static final String PAIR = "52:54:00:00:00:01 > 52:54:00:00:00:02, ";

    static Stream<Arguments> frames() {
        return Stream.of(
                Arguments.of(
                        Frames.VLAN_10_TCP,
                        PAIR + "vlan 10, IPv4 10.0.0.1.41000 > 10.0.0.2.443: TCP [S] seq 1 win 512 len 0, length 70"),
                Arguments.of(
                        Frames.IPV4_TCP_ACK,
                        PAIR + "IPv4 10.0.0.1.41000 > 10.0.0.2.443: TCP [.] seq 5 ack 7 win 512 len 0, length 54"),
                Arguments.of(
                        Frames.QINQ_UDP,
                        PAIR + "vlan 100, vlan 10, IPv4 10.0.0.1.54321 > 10.0.2.53.53: UDP len 12, length 62"),
                Arguments.of(
                        Frames.IPV4_FRAGMENT, PAIR + "IPv4 10.0.0.1 > 10.0.0.2: protocol 17 fragment at 40, length 42"),
                Arguments.of(
                        Frames.IPV4_ICMP_ECHO,
                        PAIR + "IPv4 10.0.0.1 > 10.0.0.2: ICMP echo request id 7 seq 1, length 42"),
                Arguments.of(
                        Frames.IPV6_HOP_BY_HOP,
                        PAIR + "IPv6 2001:db8::1.5000 > 2001:db8::2.5001: UDP len 0, length 70"),
                Arguments.of(
                        Frames.IPV6_ND,
                        "52:54:00:00:00:01 > 33:33:ff:00:00:02, IPv6 fe80::1 > ff02::1:ff00:2: "
                                + "ICMPv6 neighbour solicitation for fe80::2, length 78"),
                Arguments.of(
                        Frames.ARP_REQUEST,
                        "52:54:00:00:00:01 > ff:ff:ff:ff:ff:ff, ARP who-has 10.0.0.2 tell 10.0.0.1, length 42"),
                Arguments.of(Frames.ARP_REPLY, PAIR + "ARP reply 10.0.0.1 is-at 52:54:00:00:00:01, length 42"),
                Arguments.of(Frames.STP, "52:54:00:00:00:01 > 01:80:c2:00:00:00, STP, length 44"),
                Arguments.of(Frames.MACS + "88b5", PAIR + "ethertype 0x88b5, length 14"),
                Arguments.of(Frames.MACS + "81000001", PAIR + "[|vlan], length 16"),
                Arguments.of(Frames.MACS + "0800" + "45000000", PAIR + "[|ip], length 18"),
                Arguments.of("525400", "[|ether], length 3"));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void shouldSayInOneLineWhatTheFrameIs(String hex, String expected) {
        byte[] frame = Frames.bytes(hex);

        assertEquals(expected, FrameSummary.of(frame, frame.length));
    }

    @Test
    void shouldWriteIpv6AddressesAsRfc5952Section4Demands() {
        String zerosInTheMiddle =
                Frames.IPV6_UDP.replace("20010db8" + "0".repeat(23) + "1", "20010db8000000010000000000000001");
        String oneZeroGroup =
                Frames.IPV6_UDP.replace("20010db8" + "0".repeat(23) + "1", "20010db8000000010001000100010001");

        String longest = FrameSummary.of(Frames.bytes(zerosInTheMiddle), 62);
        String single = FrameSummary.of(Frames.bytes(oneZeroGroup), 62);

        assertTrue(longest.contains("IPv6 2001:db8:0:1::1.5000 > "), longest);
        assertTrue(single.contains("IPv6 2001:db8:0:1:1:1:1:1.5000 > "), single);
    }

    @Test
    void shouldStayPrintableAndSilentOnDamagedFrames() {
        for (byte[] frame : Frames.damaged(new Random(SEED))) {
            String line = FrameSummary.of(frame, frame.length);

            assertTrue(
                    line.chars().allMatch(c -> c >= ' ' && c < 0x7F) && line.endsWith(", length " + frame.length),
                    () -> "seed " + SEED + ": " + HexFormat.of().formatHex(frame) + " gave " + line);
        }
    }

    @Test
    void shouldEscapeWhatCouldMoveTheCursor() {
        assertEquals("a\\u001b[2J\\u000a\\u00e9\\u005c", FrameSummary.escape("a\u001b[2J\n\u00e9\\"));
    }
}
