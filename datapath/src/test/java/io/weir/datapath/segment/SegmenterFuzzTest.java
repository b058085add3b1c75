package io.weir.datapath.segment;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Input: ten bytes of virtio-net header, then the frame. Replays its corpus; searches when JAZZER_FUZZ is 1. */
class SegmenterFuzzTest {
    private static final int CAPACITY = 66_000;

    @FuzzTest(maxDuration = "60s")
    void segmentsAnything(byte[] input) {
        if (input.length < VirtioNetHeader.LENGTH || input.length > CAPACITY) {
            return;
        }
        long memory = Memory.map(2 * CAPACITY);
        try {
            long frame = memory + VirtioNetHeader.LENGTH;
            Memory.copy(input, 0, memory, input.length);
            int length = input.length - VirtioNetHeader.LENGTH;
            Segmenter segmenter = new Segmenter();
            for (int left = segmenter.begin(frame, length); left > 0; left--) {
                int written = segmenter.next(memory + CAPACITY);
                assertTrue(written > 0 && written <= segmenter.maxSegmentLength(), "segment of " + written);
            }
            assertEquals(0, segmenter.next(memory + CAPACITY), "one segment too many");
            new Checksums().complete(frame, length);
        } finally {
            Memory.unmap(memory, 2 * CAPACITY);
        }
    }
}
