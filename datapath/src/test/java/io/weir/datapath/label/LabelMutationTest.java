package io.weir.datapath.label;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.SampleFrames;

import static io.weir.datapath.wire.SampleFrames.*;

/** The {@link LabelLaws} on changed bytes of labelled packets: {@code -Dweir.long=true} for a million of them. */
@Timeout(3600)
class LabelMutationTest {
    private static final int MUTATIONS = Boolean.getBoolean("weir.long") ? 1_000_000 : 20_000;
    private static final long SEED = 0x5EED_1AB1L;
    private static final int IP = 14;

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void shouldKeepTheLawsWhateverTheBytes() {
        List<byte[]> frames = new ArrayList<>(Recording.frames());
        frames.addAll(SampleFrames.all().values());
        frames.addAll(hostile());
        try (LabelBench bench = new LabelBench()) {
            LabelLaws laws = new LabelLaws(bench);
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] frame = frames.get(random.nextInt(frames.size())).clone();
                int changes = i < frames.size() ? 0 : 1 + random.nextInt(4);
                byte[] mutated = i < frames.size() ? frames.get(i) : mutate(frame, changes);
                try {
                    laws.check(new byte[VirtioNetHeader.LENGTH], mutated);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(HexFormat.of().formatHex(mutated), e);
                }
            }
        }
    }

    /** Changes bytes of the IP header and of what stands in its place in IPv6, mostly to values that options are made of. */
    private byte[] mutate(byte[] frame, int changes) {
        for (int change = 0; change < changes; change++) {
            int at = IP + random.nextInt(Math.max(1, Math.min(frame.length - IP, 120)));
            if (at < frame.length) {
                int value = random.nextInt(3) == 0 ? random.nextInt(256) : interesting();
                frame[at] = (byte) value;
            }
        }
        return frame;
    }

    private int interesting() {
        int[] values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0A, 0x10, 0x45, 0x48, 0x4F, 0x82, 0x86, 0x94, 0xFF};
        return values[random.nextInt(values.length)];
    }

    private static List<byte[]> hostile() {
        List<byte[]> frames = new ArrayList<>();
        for (String options : List.of(
                "860a0000000301000000" + "0000",
                "860800000003" + "0102",
                "860200000000" + "0000",
                "860a00000003010400020101" + "860a00000003010400050000",
                "8628000000030522" + "0000" + "00010000".repeat(7) + "0101",
                "01010101".repeat(10),
                "9404000086280000000301040002".substring(0, 8) + "860c000000030206000900f0")) {
            frames.add(ethernet(0x0800, ipv4(17, 0x4000, hex(options), udp(counting(20)))));
            frames.add(ethernet(0x0800, ipv4(17, 0x2000, hex(options), udp(counting(8)))));
        }
        for (String options : List.of(
                "0708000000100002bfd901020000",
                "0700" + "010a" + "00".repeat(10),
                "0708000000100002bfd90100" + "0708000000100002bfd9",
                "05020000" + "0708000000100002bfd9",
                "c1020000" + "0708000000100002bfd9" + "1e04ffffffff" + "0100",
                "00000000000000000000" + "01020000")) {
            byte[] content = hex(options);
            byte[] header = join(new byte[] {17, (byte) (content.length / 8)}, content);
            frames.add(ethernet(0x86DD, ipv6(0, header, udp(counting(20)))));
            byte[] fragmented = join(new byte[] {44, (byte) (content.length / 8)}, content);
            frames.add(ethernet(0x86DD, ipv6(0, fragmented, fragmentHeader(17, 0, true), udp(counting(8)))));
        }
        return frames;
    }
}
