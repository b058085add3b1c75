package io.weir.datapath.worker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.weir.datapath.wire.SampleFrames;

import static io.weir.datapath.worker.FlowFrames.*;

/** Golden inputs of label options: a case for each reason that the stage "wire-label" drops for, and for each change it makes. */
final class LabelFrames {
    private static final String BOUND = """
            component web a 02:00:00:00:00:0a 10 -
            component db b 02:00:00:00:00:0b 10 -
            """;
    private static final String S2 = "860a00000003010400020000";
    private static final String S2_HOP_BY_HOP = "0708000000100002bfd901020000";

    private final List<GoldenInput> inputs = new ArrayList<>();

    private LabelFrames() {}

    static List<GoldenInput> inputs() {
        LabelFrames frames = new LabelFrames();
        frames.refused();
        frames.changed();
        return frames.inputs;
    }

    private GoldenInput input(String stage, String name, String a, String b) {
        return input(stage, name, a, b, "");
    }

    private GoldenInput input(String stage, String name, String a, String b, String policy) {
        GoldenInput input = GoldenInput.of(
                        stage,
                        name,
                        "a access 10 enforce wire-label " + a + "\nb access 10 enforce wire-label " + b + '\n')
                .policy(BOUND + policy + "allow * * *\n");
        inputs.add(input);
        // Both are known, so that nothing is flooded.
        return input.on("b", opaque(MAC_B, MAC_A)).on("a", opaque(MAC_A, MAC_B));
    }

    private void refused() {
        String stage = "wire-label";
        input(stage, "wire-label-missing", "required", "none")
                .on("a", bare(), labelled(S2), labelled("01010101"), labelled6("010400000000"))
                .on("a", labelled6(S2_HOP_BY_HOP), Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)));
        input(stage, "wire-label-invalid", "verify", "none")
                .on("a", bare(), labelled("860a00000003010000020000"), labelled("8608000000030102"))
                .on("a", labelled("860a00000003010400020101" + S2))
                .on("a", labelled6("0708000000100002bfd801020000"), labelled(S2));
        input(stage, "wire-label-domain", "verify", "none")
                .on("a", labelled("860a00000004010400020000"), labelled("860a00000003030400020000"));
        input(stage, "wire-label-unknown", "verify", "none")
                .on("a", labelled("860a00000003010400100000"), labelled("860c00000003020600020400"));
        input(stage, "label-stripped", "strip", "none")
                .on("a", labelled(S2), labelled("8602000000000000"), labelled6(S2_HOP_BY_HOP), bare());
        input(stage, "label-passed", "none", "none").on("a", labelled("8602000000000000"), labelled(S2));
    }

    private void changed() {
        String stage = "egress";
        input(stage, "egress-label-unwritable", "none", "required")
                .on("a", bare(), labelled(S2), Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)));
        input(stage, "label-removed", "none", "strip").on("a", labelled(S2), labelled6(S2_HOP_BY_HOP), bare());
        input(stage, "label-written", "none", "required", "level web s5:c1.c3\n")
                .on("a", bare(), labelled(S2), labelled6("010400000000"), labelled("94040000"))
                .on("a", fragment(MAC_A, MAC_B, 53, true), fragment(MAC_A, MAC_B, 53, false))
                .on("a", Traffic.arpRequest(MAC_A, ip(MAC_A), ip(MAC_B)));
        input(stage, "label-corrected", "none", "verify", "level web s9:c240\n")
                .on("a", bare(), labelled(S2), labelled6(S2_HOP_BY_HOP));
        input(stage, "label-carried", "required", "required", "level web s0\n")
                .on("a", labelled(S2), labelled6(S2_HOP_BY_HOP), labelled("860a00000003020400020000"));
        // What the switch itself says to a port that requires labels has one: of what it answers, else the sender's
        // lowest.
        input(stage, "label-of-answers", "required", "none", "level web s5:c1.c3\nreject web db udp/9\n")
                .on("a", labelled(S2, udp(MAC_A, MAC_B, 1, 9)), labelled("860a00000003010000020000"));
    }

    private static byte[] bare() {
        return udp(MAC_A, MAC_B, 1, 2);
    }

    /** UDP from A to B with these IPv4 options. */
    static byte[] labelled(String options) {
        return labelled(options, bare());
    }

    private static byte[] labelled(String options, byte[] plain) {
        byte[] inserted = SampleFrames.hex(options);
        ByteBuffer frame = ByteBuffer.allocate(plain.length + inserted.length)
                .put(plain, 0, 34)
                .put(inserted)
                .put(plain, 34, plain.length - 34);
        frame.put(14, (byte) (0x45 + inserted.length / 4))
                .putShort(16, (short) (plain.length - 14 + inserted.length))
                .putShort(24, (short) 0);
        frame.putShort(24, checksum(ByteBuffer.wrap(Arrays.copyOfRange(frame.array(), 14, 34 + inserted.length))));
        return frame.array();
    }

    /** UDP from A to B behind a hop-by-hop options header with these options. */
    static byte[] labelled6(String options) {
        byte[] content = SampleFrames.hex(options);
        byte[] header = SampleFrames.join(new byte[] {17, (byte) (content.length / 8)}, content);
        byte[] udp = SampleFrames.udp(SampleFrames.counting(20));
        return ipv6(MAC_A, MAC_B, "fd00::a", "fd00::b", 0, SampleFrames.join(header, udp));
    }
}
