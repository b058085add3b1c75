package io.weir.datapath.parse;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.wire.SampleFrames;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ParseStageAllocationTest {
    private static final int PACKETS = 1_000_000;
    private static final int SLOT = 2048;

    @Test
    void shouldAllocateNothingInSteadyState() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertTrue(threads.isThreadAllocatedMemoryEnabled(), "the JVM must count allocated bytes");
        List<byte[]> frames = new ArrayList<>(SampleFrames.all().values());
        long memory = Memory.map((long) frames.size() * SLOT);
        ParseStage parse = new ParseStage();
        PacketBatch batch = new PacketBatch();
        try (FragmentStage fragments = new FragmentStage()) {
            for (int i = 0; i < frames.size(); i++) {
                byte[] frame = frames.get(i);
                Memory.copy(frame, 0, memory + (long) i * SLOT + VirtioNetHeader.LENGTH, frame.length);
            }
            int[] lengths = frames.stream().mapToInt(frame -> frame.length).toArray();
            // As long as what is measured: the JVM itself allocates a kilobyte while this loop is compiled.
            run(parse, fragments, batch, memory, lengths, PACKETS);

            long before = threads.getCurrentThreadAllocatedBytes();
            run(parse, fragments, batch, memory, lengths, PACKETS);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            // What the JVM adds for compiled code coming and going is below a byte for a thousand packets.
            assertEquals(0, allocated / (PACKETS / 1000), () -> allocated + " bytes for " + PACKETS + " packets");
        } finally {
            Memory.unmap(memory, (long) frames.size() * SLOT);
        }
    }

    private static void run(
            ParseStage parse, FragmentStage fragments, PacketBatch batch, long memory, int[] lengths, int packets) {
        for (int done = 0; done < packets; done += lengths.length) {
            batch.reset(1, done);
            for (int i = 0; i < lengths.length; i++) {
                batch.add(memory + (long) i * SLOT + VirtioNetHeader.LENGTH, lengths[i], i);
            }
            parse.process(batch);
            fragments.process(batch);
        }
    }
}
