package io.weir.kernel;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/** Bytes that the calling thread allocates in a loop, after a warm-up that lets the JIT compile it. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 30_000;

    private Allocation() {}

    public static long bytes(int iterations, Runnable hotCall) {
        repeat(WARM_UP, hotCall);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        repeat(iterations, hotCall);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void repeat(int count, Runnable hotCall) {
        for (int i = 0; i < count; i++) {
            hotCall.run();
        }
    }
}
