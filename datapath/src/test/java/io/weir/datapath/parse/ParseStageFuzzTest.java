package io.weir.datapath.parse;

import java.util.Arrays;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.pipeline.DropReason;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Input: ten bytes of virtio-net header, then the frame. Replays its corpus; searches when JAZZER_FUZZ is 1. */
class ParseStageFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void parsesAnything(byte[] input) {
        if (input.length < VirtioNetHeader.LENGTH || input.length > ParseBench.CAPACITY) {
            return;
        }
        try (ParseBench bench = new ParseBench()) {
            Memory.copy(input, 0, bench.address() - VirtioNetHeader.LENGTH, input.length);
            int length = input.length - VirtioNetHeader.LENGTH;

            int reason = bench.parse(length);

            PacketBatch batch = bench.batch;
            assertTrue(
                    batch.networkOffset(0) <= length && batch.transportOffset(0) <= length, "offset beyond the frame");
            NaiveParser oracle = NaiveParser.parse(Arrays.copyOfRange(input, VirtioNetHeader.LENGTH, input.length));
            boolean headersDropped = reason != DropReason.NONE && reason != DropReason.OFFLOAD_INVALID.code();
            assertEquals(oracle.dropped, headersDropped, "reason " + reason);
        }
    }
}
