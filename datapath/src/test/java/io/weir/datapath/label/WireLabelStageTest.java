package io.weir.datapath.label;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.WireLabelSettings;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(30)
class WireLabelStageTest {
    private static final String S2 = "860a00000003010400020000";
    // Padded by what does not end the options.
    private static final String S2_AND_MORE = "860a00000003010400020101";
    private static final String S5 = "860a00000003010400050000";
    private static final String S2_HOP_BY_HOP = "0708000000100002bfd901020000";

    private LabelBench bench = new LabelBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldForgetTheLevelsOfAPolicyThatIsNoMore() {
        byte[] ping = Recording.pings4().getFirst();
        byte[] ping6 = Recording.pings6().getFirst();
        assertEquals(0, bench.process(WireLabel.VERIFY, ping));
        assertEquals(0, bench.process(WireLabel.VERIFY, ping6));

        bench.policy(null);

        assertEquals(DropReason.WIRE_LABEL_UNKNOWN.code(), bench.process(WireLabel.VERIFY, ping));
        assertEquals(DropReason.WIRE_LABEL_UNKNOWN.code(), bench.process(WireLabel.VERIFY, ping6));
    }

    @Test
    void shouldGiveEveryPacketOfALinuxGuestItsLevel() {
        List<LinuxVectors> vectors = LinuxVectors.all();
        for (int i = 0; i < vectors.size(); i++) {
            // Each twice: read, and remembered.
            for (byte[] frame : List.of(
                    Recording.pings4().get(i), Recording.pings6().get(i),
                    Recording.pings4().get(i), Recording.pings6().get(i))) {
                assertEquals(0, bench.process(WireLabel.VERIFY, frame));
                assertEquals(TablePolicy.LEVELS.number(vectors.get(i).level()), bench.batch.label(0));
                assertArrayEquals(frame, bench.frame());
            }
        }
    }

    @Test
    void shouldAnswerAnUnknownDomainAsLinuxDoes() {
        restart(new WireLabelSettings(5, List.of(1, 2, 5), 16), PolicyMode.ENFORCE);

        for (int i = 0; i < Recording.pings4().size(); i++) {
            assertEquals(
                    DropReason.WIRE_LABEL_DOMAIN.code(),
                    bench.process(WireLabel.VERIFY, Recording.pings4().get(i)));

            byte[] linux = Recording.answers4().get(i);
            byte[] weir = bench.answers.get(i);
            // The other Linux echoes the option, which it does not know, in its own header.
            int icmp = 14 + (linux[14] & 0xF) * 4;
            assertEquals(0x45, weir[14]);
            assertArrayEquals(Arrays.copyOf(linux, 14), Arrays.copyOf(weir, 14));
            assertArrayEquals(Arrays.copyOfRange(linux, 26, 34), Arrays.copyOfRange(weir, 26, 34));
            assertArrayEquals(Arrays.copyOfRange(linux, icmp, linux.length), Arrays.copyOfRange(weir, 34, weir.length));
        }
    }

    private void restart(WireLabelSettings settings, PolicyMode mode) {
        bench.close();
        bench = new LabelBench(settings, mode);
    }

    @Test
    void shouldPointAtTheWrongByteOfAMalformedOption() {
        assertEquals(DropReason.WIRE_LABEL_INVALID.code(), verified("0101" + "860a00000003" + "01000002"));
        assertEquals(20 + 2 + 7, pointer(0));
    }

    private int pointer(int answer) {
        byte[] frame = bench.answers.get(answer);
        assertEquals(12, frame[34]);
        assertEquals(0, frame[35]);
        return frame[38];
    }

    private int verified(String options) {
        return bench.process(WireLabel.VERIFY, labelled(options));
    }

    private static byte[] labelled(String options) {
        return ethernet(0x0800, ipv4(17, 0x4000, hex(options), udp(counting(11))));
    }

    private static byte[] labelled6(String options) {
        byte[] content = hex(options);
        byte[] header = join(new byte[] {17, (byte) (content.length / 8)}, content);
        return ethernet(0x86DD, ipv6(0, header, udp(counting(11))));
    }

    @Test
    void shouldRefuseASecondOption() {
        assertEquals(DropReason.WIRE_LABEL_INVALID.code(), verified(S2_AND_MORE + S2));
        assertEquals(20 + 12, pointer(0));
        // The first is one that is remembered.
        assertEquals(0, verified(S2));
        assertEquals(DropReason.WIRE_LABEL_INVALID.code(), verified(S2_AND_MORE + "82040000" + S2));
        assertEquals(20 + 12 + 4, pointer(1));
        assertEquals(
                DropReason.WIRE_LABEL_INVALID.code(),
                bench.process(WireLabel.VERIFY, labelled6(S2_HOP_BY_HOP + "0100" + S2_HOP_BY_HOP)));
    }

    @Test
    void shouldNotLookBehindTheEndOfOptions() {
        assertEquals(0, verified("00000000" + S2));
        assertEquals(0, bench.batch.label(0));
        assertEquals(
                DropReason.WIRE_LABEL_MISSING.code(), bench.process(WireLabel.REQUIRED, labelled("00000000" + S2)));
    }

    @Test
    void shouldDropSilentlyInIpv6() {
        assertEquals(
                DropReason.WIRE_LABEL_INVALID.code(),
                bench.process(WireLabel.VERIFY, labelled6("0708000000100002bfd801020000")));
        assertEquals(
                DropReason.WIRE_LABEL_INVALID.code(),
                bench.process(WireLabel.VERIFY, labelled6("0706000000100002010400000000")));
        assertEquals(List.of(), bench.answers);
    }

    @Test
    void shouldDemandALabelWhereOneIsRequired() {
        byte[] tagged = tagged(0x8100, 0xA064, 0x0800, ipv4(6, tcp()));

        for (byte[] frame : List.of(
                tagged,
                labelled(""),
                labelled("01010101"),
                ethernet(0x86DD, ipv6(17, udp())),
                labelled6("010400000000"),
                ethernet(0x0800, ipv4(17, 0x00B9, new byte[0], counting(40))))) {
            assertEquals(DropReason.WIRE_LABEL_MISSING.code(), bench.process(WireLabel.REQUIRED, frame));
            assertEquals(0, bench.process(WireLabel.VERIFY, frame));
        }
        assertEquals(List.of(), bench.answers);
    }

    /** Nobody behind the port has sent it, who could label it or be blamed. */
    @Test
    void shouldDemandNoLabelOfWhatTheSwitchSaysItself() {
        int s2 = TablePolicy.LEVELS.number("s2");
        bench.arrive(WireLabel.REQUIRED, labelled(""));
        bench.batch.label(0, s2);
        bench.batch.markFromSwitch(0);

        bench.stage.process(bench.batch);

        assertEquals(0, bench.batch.dropReason(0));
        assertEquals(s2, bench.batch.label(0));
        bench.denies.handOver();
        assertEquals(0, bench.denies.drain(record -> {}));
    }

    @Test
    void shouldLetArpAndNeighbourDiscoveryPassUnlabelled() {
        assertEquals(0, bench.process(WireLabel.REQUIRED, ethernet(0x0806, arp(1), new byte[18])));
        for (byte[] frame : Recording.frames()) {
            boolean discovery = frame[12] == (byte) 0x86 && frame[20] == 58;
            if (discovery) {
                assertEquals(0, bench.process(WireLabel.REQUIRED, frame));
            }
        }
    }

    @Test
    void shouldDropLevelsThatHaveNoNumber() {
        bench.policy(null);
        assertEquals(DropReason.WIRE_LABEL_UNKNOWN.code(), verified(S2));
        bench.policy(new TablePolicy(1, "level any s0"));
        assertEquals(DropReason.WIRE_LABEL_UNKNOWN.code(), verified("860a00000003010400100000"));
        assertEquals(0, verified(S2));
    }

    @Test
    void shouldKeepTheLevelOfTheSaUnlessTheOptionSaysAnother() {
        int s2 = TablePolicy.LEVELS.number("s2");
        int s5 = TablePolicy.LEVELS.number("s5");

        assertEquals(0, arrivedOnSa(s2, S2));
        assertEquals(s2, bench.batch.label(0));
        assertEquals(DropReason.WIRE_LABEL_MISMATCH.code(), arrivedOnSa(s5, S2));
        assertEquals(DropReason.WIRE_LABEL_MISMATCH.code(), arrivedOnSa(s2, S5));
        assertEquals(0, arrivedOnSa(s5, ""));
        assertEquals(s5, bench.batch.label(0));
    }

    private int arrivedOnSa(int level, String options) {
        bench.arrive(WireLabel.VERIFY, labelled(options));
        bench.batch.label(0, level);
        bench.stage.process(bench.batch);
        return bench.batch.dropReason(0);
    }

    @Test
    void shouldDropOnPortsThatAreOnlyAuditedToo() {
        restart(WireLabelSettings.DEFAULT, PolicyMode.AUDIT);
        assertEquals(DropReason.WIRE_LABEL_MISSING.code(), bench.process(WireLabel.REQUIRED, labelled("")));

        restart(WireLabelSettings.DEFAULT, PolicyMode.OFF);
        assertEquals(DropReason.WIRE_LABEL_INVALID.code(), verified("8602000000000000"));
    }

    @Test
    void shouldWriteDownWhatItDrops() {
        verified("8602000000000000");
        verified("8602000000000000");
        bench.process(WireLabel.REQUIRED, labelled(""));

        List<Integer> reasons = new ArrayList<>();
        bench.denies.handOver();
        bench.denies.drain(record -> reasons.addAll(Collections.nCopies((int) record.packets(), record.reason())));
        Collections.sort(reasons);
        int invalid = DropReason.WIRE_LABEL_INVALID.code();
        assertEquals(List.of(DropReason.WIRE_LABEL_MISSING.code(), invalid, invalid), reasons);
    }

    @Test
    void shouldCheckEveryFragmentByItself() {
        byte[] first = ethernet(0x0800, ipv4(17, 0x2000, hex(S2), udp(counting(16))));
        byte[] later = ethernet(0x0800, ipv4(17, 0x0003, hex(S2), counting(9)));
        byte[] bare = ethernet(0x0800, ipv4(17, 0x0003, new byte[0], counting(9)));

        assertEquals(0, bench.process(WireLabel.REQUIRED, first));
        assertEquals(0, bench.process(WireLabel.REQUIRED, later));
        assertEquals(TablePolicy.LEVELS.number("s2"), bench.batch.label(0));
        assertEquals(DropReason.WIRE_LABEL_MISSING.code(), bench.process(WireLabel.REQUIRED, bare));
    }

    @Test
    void shouldLeavePacketsAloneWhereLabelsMeanNothing() {
        byte[] frame = labelled("8602000000000000");

        assertEquals(0, bench.process(WireLabel.NONE, frame));

        assertArrayEquals(frame, bench.frame());
        assertEquals(0, bench.batch.label(0));
    }

    @Test
    void shouldStripLabelsUnread() {
        for (byte[] frame : Recording.pings4()) {
            assertEquals(0, bench.process(WireLabel.STRIP, frame));
            assertStripped(frame, 14 + (frame[14] & 0xF) * 4, 0x45);
        }
        for (byte[] frame : Recording.pings6()) {
            assertEquals(0, bench.process(WireLabel.STRIP, frame));
            assertStripped(frame, 54 + (frame[55] + 1) * 8, 0x60);
        }
        assertEquals(0, bench.process(WireLabel.STRIP, labelled("8602000000000000")));
        assertArrayEquals(Arrays.copyOfRange(labelled(""), 34, 53), Arrays.copyOfRange(bench.frame(), 34, 53));
    }

    /** The frame in the batch is what another parse stage finds in its bytes. */
    private void assertStripped(byte[] before, int payload, int firstByte) {
        byte[] stripped = bench.frame();
        int transport = bench.batch.transportOffset(0);
        int packet = bench.batch.packetLength(0);
        assertEquals(0, bench.batch.label(0));
        assertEquals(firstByte, stripped[14]);
        assertArrayEquals(
                Arrays.copyOfRange(before, payload, before.length),
                Arrays.copyOfRange(stripped, transport, stripped.length));
        bench.arrive(WireLabel.NONE, stripped);
        assertEquals(bench.batch.transportOffset(0), transport);
        assertEquals(bench.batch.packetLength(0), packet);
    }

    @Test
    void shouldMoveTheOffloadHeaderWithTheFrame() {
        byte[] frame = labelled(S2_AND_MORE + "82040000");
        byte[] header = {VirtioNetHeader.NEEDS_CHECKSUM, 0, 0, 0, 0, 0, 50, 0, 6, 0};

        bench.arrive(WireLabel.STRIP, header, frame);
        bench.stage.process(bench.batch);

        assertEquals(0, bench.batch.dropReason(0));
        assertEquals(38, bench.header()[6]);
        assertEquals(38, bench.batch.transportOffset(0));
        assertEquals(frame.length - 12, bench.batch.length(0));
        assertArrayEquals(hex("82040000"), Arrays.copyOfRange(bench.frame(), 34, 38));
    }

    @Test
    void shouldStripWholeBatches() {
        bench.batch.reset(LabelBench.SETTINGS.indexOf(WireLabel.STRIP), 1);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            bench.add(Recording.pings4().get(i % 6));
        }
        bench.stage.process(bench.batch);

        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            assertEquals(98, bench.batch.length(i));
        }
    }

    @Test
    void shouldDeclareItsReasons() {
        assertEquals("wire-label", bench.stage.name());
        bench.stage.dropReasons().forEach(reason -> assertEquals("wire-label", reason.stage()));
        assertEquals(5, bench.stage.dropReasons().size());
    }
}
