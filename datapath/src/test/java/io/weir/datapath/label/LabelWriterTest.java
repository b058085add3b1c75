package io.weir.datapath.label;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.weir.datapath.packet.PacketPool;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.wire.VlanTag;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class LabelWriterTest {
    private static final String ROUTER_ALERT = "94040000";
    private static final String S2 = "860a00000003010400020000";
    private static final String S2_CALIPSO = "0708000000100002bfd9";
    private static final String S5_CALIPSO = "070800000010000507ad"; // its CRC does not matter

    private final LabelBench bench = new LabelBench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** Writes the label of that level where the setting demands it; "" for no level. */
    private int write(WireLabel setting, String level, byte[] frame) {
        bench.arrive(WireLabel.NONE, frame);
        bench.batch.label(0, level.isEmpty() ? 0 : TablePolicy.LEVELS.number(level));
        int outcome = bench.writer.prepare(bench.batch, 0, setting);
        if (outcome == LabelWriter.WRITE || outcome == LabelWriter.REMOVE) {
            int growth = bench.writer.growth();
            bench.batch.reframe(0, bench.writer.apply(bench.batch.address(0)), bench.batch.length(0) + growth);
        }
        return outcome;
    }

    @Test
    void shouldMakeOfAStrippedPacketWhatLinuxHadSent() {
        List<LinuxVectors> vectors = LinuxVectors.all();
        for (int i = 0; i < vectors.size(); i++) {
            for (byte[] sent :
                    List.of(Recording.pings4().get(i), Recording.pings6().get(i))) {
                assertEquals(LabelWriter.REMOVE, write(WireLabel.STRIP, "", sent));
                byte[] stripped = bench.frame();
                assertEquals(
                        LabelWriter.WRITE,
                        write(WireLabel.REQUIRED, vectors.get(i).label(), stripped));
                assertArrayEquals(sent, bench.frame(), vectors.get(i).label());
                assertEquals(
                        LabelWriter.KEEP,
                        write(WireLabel.REQUIRED, vectors.get(i).label(), sent));
                assertEquals(LabelWriter.KEEP, write(WireLabel.STRIP, "", stripped));
            }
        }
    }

    @Test
    void shouldCorrectALabelThatIsNotTrue() {
        List<LinuxVectors> vectors = LinuxVectors.all();
        for (int from = 0; from < vectors.size(); from++) {
            for (int to = 0; to < vectors.size(); to++) {
                String level = vectors.get(to).label();
                write(WireLabel.VERIFY, level, Recording.pings4().get(from));
                assertEquals(options4(Recording.pings4().get(to)), options4(bench.frame()));
                write(WireLabel.VERIFY, level, Recording.pings6().get(from));
                assertEquals(options6(Recording.pings6().get(to)), options6(bench.frame()));
            }
        }
    }

    private static String options4(byte[] frame) {
        return HexFormat.of().formatHex(frame, 34, 14 + (frame[14] & 0xF) * 4);
    }

    /** The whole hop-by-hop options header. */
    private static String options6(byte[] frame) {
        return HexFormat.of().formatHex(frame, 54, 54 + (frame[55] + 1) * 8);
    }

    @Test
    void shouldKeepTheChecksumRightOrWrong() {
        byte[] sent = Recording.pings4().getFirst();
        assertEquals(0, headerSum(sent));

        write(WireLabel.VERIFY, "s15:c0,c7,c239", sent);
        assertEquals(0, headerSum(bench.frame()));

        byte[] wrong = sent.clone();
        wrong[24] ^= 0x10;
        write(WireLabel.VERIFY, "s15:c0,c7,c239", wrong);
        assertEquals(headerSum(wrong), headerSum(bench.frame()));
    }

    /** The ones' complement of the header's sum: 0 when its checksum is right. */
    private static int headerSum(byte[] frame) {
        int sum = 0;
        for (int i = 14; i < 14 + (frame[14] & 0xF) * 4; i += 2) {
            sum += ((frame[i] & 0xFF) << 8) | (frame[i + 1] & 0xFF);
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return ~sum & 0xFFFF;
    }

    @ParameterizedTest
    @CsvSource({
        // setting, level, options before, options after
        "required, s2, '', " + S2,
        "required, s2, " + ROUTER_ALERT + ", 860a00000003010400029404" + "00000000",
        // padding and no-operation go, what others say stays
        "required, s2, 01010194040000000000" + "0000, 860a00000003010400029404" + "00000000",
        "strip, '', 01" + ROUTER_ALERT + "860a0000000301040002" + "11049988" + "00, " + ROUTER_ALERT + "11049988",
        // an end of options hides what is behind it: the second goes with it; two options become one
        "strip, '', " + S2 + S2 + ", ''",
        "verify, s2, 860a0000000301040002860a00000003010400020000" + "0000, " + S2,
        "verify, '', " + S2 + ", ''",
        // the same level in another form
        "verify, s2, 860a00000003020400020000, " + S2,
        // malformed, on a port that lets options pass: corrected or removed
        "verify, s2, 8602000000000000, " + S2,
        "verify, '', 8602000000000000, ''",
    })
    void shouldWriteIpv4Options(String setting, String level, String before, String after) {
        byte[] frame = ethernet(0x0800, ipv4(17, 0x4000, hex(before), udp(counting(11))));

        write(setting(setting), level, frame);

        byte[] written = bench.frame();
        int end = 14 + (written[14] & 0xF) * 4;
        assertEquals(after, HexFormat.of().formatHex(written, 34, end));
        assertArrayEquals(udp(counting(11)), Arrays.copyOfRange(written, end, written.length));
    }

    private static WireLabel setting(String text) {
        return WireLabel.valueOf(text.toUpperCase(Locale.ROOT));
    }

    @ParameterizedTest
    @CsvSource({
        // setting, level, header before, header after, both without next header and length
        "required, s2, 0104 00000000, " + S2_CALIPSO + "0102 0000",
        // behind a router alert and its padding, as Linux puts it
        "required, s2, 05020000 0100, 05020000" + S2_CALIPSO,
        "strip, '', 05020000" + S2_CALIPSO + ", 05020000 0100",
        "strip, '', " + S2_CALIPSO + "01020000, ''",
        // in the place of the one before, and the next keeps its alignment
        "verify, s5:c1.c3, " + S2_CALIPSO + "05020000, 070c00000010 0105 fc36 70000000 01020000 05020000",
        // two options become one
        "verify, s2, " + S2_CALIPSO + "0100" + S5_CALIPSO + ", " + S2_CALIPSO + "01020000",
        "strip, '', " + S2_CALIPSO + "0100" + S5_CALIPSO + ", ''",
        "verify, '', " + S2_CALIPSO + "01020000, ''",
    })
    void shouldWriteHopByHopOptions(String setting, String level, String before, String after) {
        byte[] content = hex(before);
        byte[] header = join(new byte[] {17, (byte) (content.length / 8)}, content);
        byte[] frame = ethernet(0x86DD, ipv6(0, header, udp(counting(11))));

        write(setting(setting), level, frame);

        byte[] written = bench.frame();
        int end = after.isEmpty() ? 54 : 54 + (written[55] + 1) * 8;
        assertEquals(after.isEmpty() ? 17 : 0, written[20]);
        assertEquals(written.length - 54, ((written[18] & 0xFF) << 8) | (written[19] & 0xFF));
        if (!after.isEmpty()) {
            assertEquals(17, written[54]);
            assertEquals(after.replace(" ", ""), HexFormat.of().formatHex(written, 56, end));
        }
        assertArrayEquals(udp(counting(11)), Arrays.copyOfRange(written, end, written.length));
    }

    @Test
    void shouldRefuseWhatItCannotLabel() {
        byte[] bare = ethernet(0x0800, ipv4(17, udp()));
        byte[] crowded = ethernet(0x0800, ipv4(17, 0x4000, join(hex("4420"), new byte[30]), udp()));
        String wide = "s3:c240,c250,c260,c270,c280,c290,c300,c310,c320,c330,c340,c350,c360,c370,c380,c390";

        assertEquals(LabelWriter.UNWRITABLE, write(WireLabel.REQUIRED, "", bare));
        assertEquals(LabelWriter.UNWRITABLE, write(WireLabel.REQUIRED, wide, bare));
        assertEquals(LabelWriter.UNWRITABLE, write(WireLabel.REQUIRED, "s2", crowded));
        assertEquals(LabelWriter.WRITE, write(WireLabel.REQUIRED, wide, ethernet(0x86DD, ipv6(17, udp()))));
        assertEquals(LabelWriter.UNWRITABLE, write(WireLabel.REQUIRED, "", ethernet(0x86DD, ipv6(17, udp()))));
    }

    @Test
    void shouldRefuseToTakeOffALabelThatItCannotCorrect() {
        byte[] ping = Recording.pings4().getFirst();
        String wide = "s3:c240,c250,c260,c270,c280,c290,c300,c310,c320,c330,c340,c350,c360,c370,c380,c390";
        byte[] crowded =
                ethernet(0x0800, ipv4(17, 0x4000, join(hex("860a00000003010400010101441c"), new byte[26]), udp()));

        assertEquals(LabelWriter.UNWRITABLE, write(WireLabel.VERIFY, wide, ping), "no tag holds it");
        assertEquals(
                LabelWriter.UNWRITABLE, write(WireLabel.VERIFY, "s2:c0,c31", crowded), "no room beside the others");
        assertEquals(LabelWriter.WRITE, write(WireLabel.VERIFY, "s2", crowded));
        assertEquals(
                LabelWriter.REMOVE, write(WireLabel.VERIFY, "", ping), "nothing has a level, and nobody demands one");
        assertEquals(LabelWriter.REMOVE, write(WireLabel.STRIP, wide, ping));
    }

    @Test
    void shouldTryTheNextTagWhereTheFirstLeavesNoRoomForOthers() {
        byte[] beside = ethernet(0x0800, ipv4(17, 0x4000, hex(ROUTER_ALERT), udp()));

        assertEquals(LabelWriter.WRITE, write(WireLabel.REQUIRED, "s2:c239", beside));
        assertEquals("860c000000030206000200ef" + ROUTER_ALERT, options4(bench.frame()));
    }

    @Test
    void shouldKnowNoLevelWithoutAPolicy() {
        int s2 = TablePolicy.LEVELS.number("s2:c99");
        bench.policy(null);
        bench.arrive(WireLabel.NONE, ethernet(0x0800, ipv4(17, udp())));
        bench.batch.label(0, s2);

        assertEquals(LabelWriter.UNWRITABLE, bench.writer.prepare(bench.batch, 0, WireLabel.REQUIRED));
    }

    @Test
    void shouldLeaveAlonePacketsThatNeedNoLabel() {
        byte[] discovery = ethernet(0x86DD, ipv6(58, icmpv6(135, new byte[20])));

        assertEquals(LabelWriter.KEEP, write(WireLabel.REQUIRED, "s2", ethernet(0x0806, arp(1), new byte[18])));
        assertEquals(LabelWriter.KEEP, write(WireLabel.REQUIRED, "s2", discovery));
        assertEquals(LabelWriter.KEEP, write(WireLabel.VERIFY, "s2", ethernet(0x0800, ipv4(17, udp()))));
    }

    @Test
    void shouldLabelEveryFragment() {
        byte[] later = ethernet(0x0800, ipv4(17, 0x0003, new byte[0], counting(9)));
        byte[] later6 = ethernet(0x86DD, ipv6(44, fragmentHeader(17, 24, false), counting(9)));

        write(WireLabel.REQUIRED, "s2", later);
        assertEquals(S2, options4(bench.frame()));
        write(WireLabel.REQUIRED, "s2", later6);
        assertEquals("2c01" + S2_CALIPSO + "01020000", options6(bench.frame()));
    }

    @Test
    void shouldKeepTheLengthOfAnIeeeFrame() {
        byte[] frame = sample("snap ipv4");

        write(WireLabel.REQUIRED, "s2", frame);

        byte[] written = bench.frame();
        assertEquals(frame[13] + 12, written[13]);
        bench.arrive(WireLabel.VERIFY, written);
        assertEquals(bench.batch.packetLength(0), written[13] - 8);
    }

    @Test
    void shouldGrowByNoMoreThanThereIsRoomFor() {
        int most = 0;
        for (String before :
                List.of("", "05020000 0100", "c1000102 0000", "c10100 010100", "1e0b" + "00".repeat(11) + "00")) {
            byte[] content = hex(before);
            byte[] header =
                    content.length == 0 ? new byte[0] : join(new byte[] {17, (byte) (content.length / 8)}, content);
            byte[] frame = ethernet(0x86DD, ipv6(content.length == 0 ? 17 : 0, header, udp()));
            write(WireLabel.REQUIRED, "s15:c0.c1023", frame);
            most = Math.max(most, bench.writer.growth());
        }
        assertEquals(LabelLaws.MAX_GROWTH, most);
        assertTrue(most + 2 * VlanTag.LENGTH <= PacketPool.HEADROOM);
    }
}
