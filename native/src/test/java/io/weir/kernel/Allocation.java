package io.weir.kernel;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/**
 * Bytes that the calling thread allocates in a loop. The virtual machine itself allocates now and then on a thread, for
 * example when it links a call site late; a hot call that allocates does so in every round, so the lowest round counts.
 */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 30_000;
    private static final int ROUNDS = 5;

    private Allocation() {}

    public static long bytes(int iterations, Runnable hotCall) {
        repeat(WARM_UP, hotCall);
        long lowest = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            repeat(iterations / ROUNDS, hotCall);
            lowest = Math.min(lowest, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return lowest;
    }

    private static void repeat(int count, Runnable hotCall) {
        for (int i = 0; i < count; i++) {
            hotCall.run();
        }
    }
}
