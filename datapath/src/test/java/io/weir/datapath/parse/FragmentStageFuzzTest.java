package io.weir.datapath.parse;

import java.nio.ByteBuffer;

import com.code_intelligence.jazzer.junit.FuzzTest;

import io.weir.datapath.packet.PacketBatch;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Input: frames, each behind two bytes of length and one of port. Replays its corpus; searches when JAZZER_FUZZ is 1. */
class FragmentStageFuzzTest {
    private static final int CAPACITY = 16;

    @FuzzTest(maxDuration = "60s")
    void followsAnything(byte[] input) {
        ByteBuffer frames = ByteBuffer.wrap(input);
        try (ParseBench bench = new ParseBench();
                FragmentStage stage = new FragmentStage(CAPACITY, 4)) {
            bench.write(new byte[0]);
            long nowNs = 0;
            while (frames.remaining() >= 3) {
                int length = Math.min(frames.getShort() & 0x7FFF, frames.remaining() - 1);
                int port = frames.get() & 0xFF;
                byte[] frame = new byte[length];
                frames.get(frame);
                Memory.copy(frame, 0, bench.address(), length);
                PacketBatch batch = bench.batch;
                batch.reset(port, nowNs);
                batch.add(bench.address(), length, 0);

                bench.stage.process(batch);
                stage.process(batch);

                assertTrue(stage.datagrams() <= CAPACITY, "more datagrams than capacity");
                nowNs += 1_000_000_000L;
            }
        }
    }
}
