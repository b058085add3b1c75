package io.weir.ipsec.esp;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.InboundSa;
import io.weir.ipsec.sa.OutboundSa;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/** What authentic packets may hold, and padding that hides how long it is. */
@Timeout(60)
class EspInnerTest {
    private static final EspCipher CIPHER = EspCipher.AES_256_GCM_16;
    private static final int TFC = 1000;
    private static final int SEALED_TFC = 8 + 8 + TFC + 2 + 2 + 16;

    private static EspBench ip(int tfc) {
        return EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, CIPHER, true, tfc);
    }

    private static EspBench ethernet(int tfc) {
        return EspBench.ofEthernet().with(EspBench.SPI, EspBench.LEVEL, CIPHER, true, tfc);
    }

    /** Seals a text that no sender of ours would: payload, padding, pad length and next header as given. */
    private static int sealText(EspBench bench, byte[] text) {
        OutboundSa sa = bench.left.current().outbound(EspBench.LEVEL);
        assertNotNull(sa);
        int ivLength = sa.algorithm().ivLength();
        int length = 8 + ivLength + text.length + sa.algorithm().tagLength();
        long sequence = sa.next(length, EspBench.NOW_NS);
        EspHeader.writeInt(bench.sealed, sa.spi());
        EspHeader.writeInt(bench.sealed + 4, (int) sequence);
        EspHeader.writeExtendedAad(bench.inner, sa.algorithm().encryptThenMac(), sa.spi(), sequence);
        long at = bench.sealed + 8 + ivLength;
        Memory.copy(text, 0, at, text.length);
        sa.sealer().iv(sa.ivCounter(sequence), bench.sealed + 8);
        sa.sealer().seal(bench.sealed + 8, bench.inner, 12, at, text.length, at);
        return length;
    }

    private static void assertReason(DropReason reason, int result) {
        assertEquals(reason.label(), result < 0 ? DropReason.ofCode(-result).label() : "none");
    }

    @Test
    void shouldAcceptIpv6() {
        try (EspBench bench = ip(0)) {
            byte[] packet = bench.ipv6(100);
            assertEquals(100, bench.open(bench.inner(packet).seal(EspBench.LEVEL, 100, EspHeader.IPV6)));
            assertEquals(EspHeader.IPV6, bench.opener.nextHeader());
        }
    }

    @Test
    void shouldRefusePaddingThatIsNotAscending() {
        try (EspBench bench = ip(0)) {
            byte[] packet = bench.ipv4(24);
            byte[] text = Arrays.copyOf(packet, 32);
            System.arraycopy(new byte[] {1, 2, 3, 4, 5, 6, 6, 4}, 0, text, 24, 8);
            assertEquals(24, bench.open(sealText(bench, text)));

            for (int at = 24; at < 30; at++) {
                byte[] wrong = text.clone();
                wrong[at] = 0;
                assertReason(DropReason.ESP_PADDING_INVALID, bench.open(sealText(bench, wrong)));
            }
            text[30] = 31;
            assertReason(DropReason.ESP_PADDING_INVALID, bench.open(sealText(bench, text)));
            text[30] = (byte) 255;
            assertReason(DropReason.ESP_PADDING_INVALID, bench.open(sealText(bench, text)));
        }
    }

    @Test
    void shouldAcceptTheLongestPadding() {
        try (EspBench bench = ip(0)) {
            byte[] text = Arrays.copyOf(bench.ipv4(23), 23 + 255 + 2);
            for (int i = 1; i <= 255; i++) {
                text[22 + i] = (byte) i;
            }
            text[text.length - 2] = (byte) 255;
            text[text.length - 1] = EspHeader.IPV4;

            assertEquals(23, bench.open(sealText(bench, text)));
        }
    }

    @Test
    void shouldDropDummiesWhateverTheyHold() {
        try (EspBench bench = ip(0)) {
            assertReason(DropReason.ESP_DUMMY, bench.open(sealText(bench, new byte[] {1, 2, 2, EspHeader.NONE})));
            byte[] noise = new byte[64];
            bench.random.nextBytes(noise);
            noise[62] = 0;
            noise[63] = EspHeader.NONE;
            assertReason(DropReason.ESP_DUMMY, bench.open(sealText(bench, noise)));
            assertEquals(
                    2, bench.right.status(EspBench.NOW_NS).getFirst().drops().get(DropReason.ESP_DUMMY));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 17, 50, 143, 255})
    void shouldRefuseOtherNextHeadersInIpTunnels(int nextHeader) {
        try (EspBench bench = ip(0)) {
            int sealed = bench.inner(bench.ipv4(60)).seal(EspBench.LEVEL, 60, nextHeader);
            assertReason(DropReason.ESP_NEXT_HEADER, bench.open(sealed));
            assertEquals(0, bench.opener.nextHeader());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 41, 50})
    void shouldRefuseOtherNextHeadersInEthernetTunnels(int nextHeader) {
        try (EspBench bench = ethernet(0)) {
            int sealed = bench.inner(bench.ipv4(60)).seal(EspBench.LEVEL, 60, nextHeader);
            assertReason(DropReason.ESP_NEXT_HEADER, bench.open(sealed));
        }
    }

    @Test
    void shouldRefuseInnerPacketsThatContradictThemselves() {
        try (EspBench bench = ip(0)) {
            byte[] ipv4 = bench.ipv4(60);
            assertInvalid(bench, Arrays.copyOf(ipv4, 19), EspHeader.IPV4);
            assertInvalid(bench, Arrays.copyOf(ipv4, 59), EspHeader.IPV4);
            assertInvalid(bench, ipv4, EspHeader.IPV6);
            byte[] shortTotal = ipv4.clone();
            shortTotal[3] = 19;
            assertInvalid(bench, shortTotal, EspHeader.IPV4);
            byte[] ipv6 = bench.ipv6(60);
            assertInvalid(bench, Arrays.copyOf(ipv6, 39), EspHeader.IPV6);
            assertInvalid(bench, Arrays.copyOf(ipv6, 59), EspHeader.IPV6);
            assertInvalid(bench, ipv6, EspHeader.IPV4);
            assertInvalid(bench, new byte[0], EspHeader.IPV4);
        }
        try (EspBench bench = ethernet(0)) {
            assertInvalid(bench, new byte[13], EspHeader.ETHERNET);
        }
    }

    private static void assertInvalid(EspBench bench, byte[] packet, int nextHeader) {
        int sealed = bench.inner(packet).seal(EspBench.LEVEL, packet.length, nextHeader);
        assertReason(DropReason.ESP_INNER_INVALID, bench.open(sealed));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 100, 998, 999, 1000})
    void shouldMakeIpPacketsEquallyLong(int length) {
        try (EspBench bench = ip(TFC)) {
            byte[] packet = bench.ipv4(length);
            int sealed = bench.inner(packet).seal(EspBench.LEVEL, length, EspHeader.IPV4);

            assertEquals(SEALED_TFC, sealed);
            assertEquals(length, bench.open(sealed));
            assertArrayEquals(packet, bench.opened(length));
        }
    }

    @Test
    void shouldLeaveLongerPacketsAsTheyAre() {
        try (EspBench bench = ip(TFC)) {
            int sealed = bench.inner(bench.ipv4(1400)).seal(EspBench.LEVEL, 1400, EspHeader.IPV4);

            assertEquals(8 + 8 + 1400 + 4 + 16, sealed);
            assertEquals(1400, bench.open(sealed));
        }
    }

    @Test
    void shouldRefusePathsTooNarrowForThePadding() {
        try (EspBench bench = ip(TFC)) {
            assertEquals(1002, bench.sealer.innerCapacity(EspBench.LEVEL, SEALED_TFC));
            assertReason(DropReason.ESP_MTU_EXCEEDED, bench.sealer.innerCapacity(EspBench.LEVEL, SEALED_TFC - 4));
        }
    }

    /** Kinds of frames whose headers tell how long they are. */
    enum Telling {
        IPV4("0800", true),
        IPV6("86dd", true),
        TAGGED_IPV4("8100000a0800", true),
        TWICE_TAGGED_IPV6("88a8000a8100000b86dd", true),
        LOOPBACK_TEST("9000", false),
        THRICE_TAGGED("88a8000a88a8000a8100000b0800", false),
        BROKEN_IPV4("0800", false);

        private final String type;
        private final boolean padded;

        Telling(String type, boolean padded) {
            this.type = type;
            this.padded = padded;
        }

        byte[] frame(EspBench bench) {
            byte[] header = java.util.HexFormat.of().parseHex("020000000001020000000002" + type);
            byte[] packet = type.endsWith("86dd") ? bench.ipv6(200) : bench.ipv4(200);
            packet[0] = this == BROKEN_IPV4 ? 0x55 : packet[0];
            byte[] frame = Arrays.copyOf(header, header.length + packet.length);
            System.arraycopy(packet, 0, frame, header.length, packet.length);
            return frame;
        }
    }

    @ParameterizedTest
    @EnumSource(Telling.class)
    void shouldPadFramesThatTellTheirLengthAndNoOthers(Telling kind) {
        try (EspBench bench = ethernet(TFC)) {
            byte[] frame = kind.frame(bench);
            int sealed = bench.inner(frame).seal(EspBench.LEVEL, frame.length, EspHeader.ETHERNET);

            assertEquals(kind.padded, sealed == SEALED_TFC, "sealed " + sealed);
            assertEquals(frame.length, bench.open(sealed));
            assertArrayEquals(frame, bench.opened(frame.length));
        }
    }

    @Test
    void shouldPadArpAndFramesWithALengthField() {
        try (EspBench bench = ethernet(TFC)) {
            byte[] arp = Arrays.copyOf(java.util.HexFormat.of().parseHex("ffffffffffff0200000000020806"), 60);
            byte[] llc = Arrays.copyOf(java.util.HexFormat.of().parseHex("0180c20000000200000000020064"), 114);
            for (byte[] frame : new byte[][] {arp, llc}) {
                int sealed = bench.inner(frame).seal(EspBench.LEVEL, frame.length, EspHeader.ETHERNET);
                assertEquals(SEALED_TFC, sealed);
                assertEquals(frame.length, bench.open(sealed));
            }
        }
    }

    @Test
    void shouldKeepTheTrailerOfShortFrames() {
        try (EspBench bench = ethernet(0)) {
            byte[] frame = Arrays.copyOf(Telling.IPV4.frame(bench), 60);
            frame[16] = 0;
            frame[17] = 28;
            int sealed = bench.inner(frame).seal(EspBench.LEVEL, 60, EspHeader.ETHERNET);

            assertEquals(60, bench.open(sealed));
            assertArrayEquals(frame, bench.opened(60));
        }
    }

    @Test
    void shouldFollowNumbersBeyondTheirLowerHalf() {
        try (EspBench bench = ip(0)) {
            InboundSa inbound = bench.right.current().inbound(EspBench.SPI);
            assertNotNull(inbound);
            inbound.accept(0xFFFF_FFF0L, 100, EspBench.NOW_NS);

            assertEquals(0x1_0000_0002L, inbound.sequence(2));
            assertEquals(0xFFFF_FFF2L, inbound.sequence(0xFFFF_FFF2));
        }
    }
}
