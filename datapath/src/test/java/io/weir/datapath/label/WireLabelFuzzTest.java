package io.weir.datapath.label;

import java.util.Arrays;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.datapath.packet.VirtioNetHeader;

/** Input: ten bytes of virtio-net header, then the frame. Replays its corpus; searches when JAZZER_FUZZ is 1. */
class WireLabelFuzzTest {
    private static final int CAPACITY = 65_560;

    @FuzzTest(maxDuration = "60s")
    void keepsTheLabelLaws(byte[] input) {
        if (input.length < VirtioNetHeader.LENGTH || input.length > CAPACITY) {
            return;
        }
        try (LabelBench bench = new LabelBench()) {
            new LabelLaws(bench)
                    .check(
                            Arrays.copyOf(input, VirtioNetHeader.LENGTH),
                            Arrays.copyOfRange(input, VirtioNetHeader.LENGTH, input.length));
        }
    }
}
