package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import jdk.jfr.Recording;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class AllocationTest {
    private static final int ALLOCATED_BYTES = 4 << 20;
    /** What parking on a latch may cost. */
    private static final int WAITING_BYTES = 4 << 10;

    @TempDir
    private Path directory;

    @SuppressWarnings("unused") // keeps the allocation from being optimised away
    private volatile byte[] sink = {};

    @Test
    void shouldCountWhatAWorkerAllocatedWhenRecorded() throws Exception {
        long bytes = Allocation.workerBytes(record("weir-worker-0", ALLOCATED_BYTES));

        assertTrue(bytes >= ALLOCATED_BYTES && bytes < 2 * ALLOCATED_BYTES, "allocated " + bytes);
    }

    @Test
    void shouldCountNextToNothingWhenAWorkerOnlyWaited() throws Exception {
        long bytes = Allocation.workerBytes(record("weir-worker-0", 0));

        assertTrue(bytes < WAITING_BYTES, "allocated " + bytes);
    }

    @Test
    void shouldRefuseWhenThereIsNoWorker() throws Exception {
        Path recording = record("housekeeper", ALLOCATED_BYTES);

        assertThrows(BenchException.class, () -> Allocation.workerBytes(recording));
    }

    private Path record(String threadName, int allocatedBytes) throws IOException, InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch recorded = new CountDownLatch(1);
        CountDownLatch worked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    started.countDown();
                    awaitQuietly(recorded);
                    if (allocatedBytes > 0) {
                        sink = new byte[allocatedBytes];
                    }
                    worked.countDown();
                    awaitQuietly(done);
                },
                threadName);
        thread.start();
        started.await();
        Path file = directory.resolve(threadName + ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ThreadAllocationStatistics").with("period", "everyChunk");
            recording.start();
            recorded.countDown();
            worked.await();
            recording.stop();
            recording.dump(file);
        }
        done.countDown();
        thread.join();
        return file;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
