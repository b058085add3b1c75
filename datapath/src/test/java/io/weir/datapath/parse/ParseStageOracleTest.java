package io.weir.datapath.parse;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.SampleFrames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The parse stage against a naive parser: truncated, mutated and random frames. */
@Timeout(120)
class ParseStageOracleTest {
    private static final long SEED = 0x5E55101DL;
    private static final int MUTATIONS = 4000; // of each sample

    private final ParseBench bench = new ParseBench();
    private final Random random = new Random(SEED);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldAgreeWithTheOracleWhenFramesAreTruncated() {
        for (Map.Entry<String, byte[]> sample : SampleFrames.all().entrySet()) {
            for (int length = 0; length <= sample.getValue().length; length++) {
                compare(sample.getKey() + " cut to " + length, Arrays.copyOf(sample.getValue(), length));
            }
        }
    }

    @Test
    void shouldAgreeWithTheOracleWhenOneByteHasAnyOtherValue() {
        for (Map.Entry<String, byte[]> sample : SampleFrames.all().entrySet()) {
            byte[] frame = sample.getValue().clone();
            for (int i = 12; i < Math.min(frame.length, 150); i++) {
                byte before = frame[i];
                for (int value = 0; value < 256; value++) {
                    frame[i] = (byte) value;
                    compare(sample.getKey() + " with " + value + " at " + i, frame);
                }
                frame[i] = before;
            }
        }
    }

    @Test
    void shouldAgreeWithTheOracleWhenSeveralBytesAndTheLengthChange() {
        for (Map.Entry<String, byte[]> sample : SampleFrames.all().entrySet()) {
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] frame = Arrays.copyOf(sample.getValue(), 1 + random.nextInt(sample.getValue().length + 20));
                for (int changes = random.nextInt(4); changes > 0; changes--) {
                    frame[random.nextInt(Math.min(frame.length, 120))] = (byte) interesting();
                }
                compare(sample.getKey() + ", mutation " + i + ", seed " + SEED, frame);
            }
        }
    }

    private int interesting() {
        int[] values = {0, 1, 2, 6, 8, 17, 43, 44, 51, 58, 60, 0x20, 0x45, 0x60, 0xFF, random.nextInt(256)};
        return values[random.nextInt(values.length)];
    }

    @Test
    void shouldNeitherThrowNorLeaveTheFrameAtAnyLength() {
        byte[] noise = new byte[65_600];
        for (int type : new int[] {0x0800, 0x86DD, 0x8100, 0x0806, 1000}) {
            random.nextBytes(noise);
            noise[12] = (byte) (type >>> 8);
            noise[13] = (byte) type;
            noise[14] = type == 0x0800 ? (byte) 0x45 : (byte) 0x60;
            bench.write(noise);
            for (int length = 0; length <= noise.length; length++) {
                int reason = bench.parse(length);
                assertWithin(length);
                assertEquals(reason, bench.parse(length), "not deterministic at length " + length);
            }
        }
    }

    private void assertWithin(int length) {
        PacketBatch batch = bench.batch;
        int reason = batch.dropReason(0);
        boolean longReason = reason == DropReason.FRAME_TOO_LONG.code();
        assertTrue(batch.networkOffset(0) <= length && batch.transportOffset(0) <= length, "offset beyond " + length);
        assertEquals(length > ParseStage.MAX_FRAME_LENGTH, longReason, "length " + length);
    }

    private void compare(String what, byte[] frame) {
        NaiveParser oracle = NaiveParser.parse(frame);

        int reason = bench.parse(frame);

        PacketBatch batch = bench.batch;
        assertEquals(oracle.dropped, reason != DropReason.NONE, () -> what + ": dropped, reason " + reason);
        assertWithin(frame.length);
        if (!oracle.dropped) {
            assertEquals(oracle.etherType, batch.etherType(0), () -> what + ": EtherType");
            assertEquals(oracle.network, batch.networkOffset(0), () -> what + ": network offset");
            assertEquals(oracle.transport, batch.transportOffset(0), () -> what + ": transport offset");
            assertEquals(oracle.protocol, batch.ipProtocol(0), () -> what + ": IP protocol");
        }
    }
}
