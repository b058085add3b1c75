package io.weir.ipsec.esp;

import java.lang.management.ManagementFactory;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import com.sun.management.ThreadMXBean;

import io.weir.ipsec.sa.EspCipher;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Sealing, opening and every way of refusing, over all ciphers. */
@Timeout(240)
class EspAllocationTest {
    private static final int PACKETS = 100_000;
    private static final int ROUNDS = 4;
    private static final int JVM_BYTES = 1024;
    private static final int LENGTH = 200;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(EspCipher.class)
    void shouldAllocateNothingPerPacket(EspCipher cipher) {
        assertTrue(threads.isThreadAllocatedMemoryEnabled(), "the JVM must count allocated bytes");
        try (EspBench bench = EspBench.ofIp().with(EspBench.SPI, EspBench.LEVEL, cipher, true, 300)) {
            bench.inner(bench.ipv4(LENGTH));
            run(bench, PACKETS / 2);

            // The JVM may add a little in every round for compiled code coming and going, as PipelineAllocationTest
            // says.
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > JVM_BYTES; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                run(bench, PACKETS);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }

            assertTrue(least <= JVM_BYTES, least + " bytes for " + PACKETS + " packets");
        }
    }

    private static void run(EspBench bench, int packets) {
        int refused = 0;
        for (int i = 0; i < packets; i++) {
            int sealed = bench.seal(EspBench.LEVEL, LENGTH, EspHeader.IPV4);
            refused += bench.seal(EspBench.LEVEL + 1, LENGTH, EspHeader.IPV4) < 0 ? 1 : 0;
            refused += bench.open(sealed - 1) < 0 ? 1 : 0;
            Memory.writeByte(bench.sealed + 40, (byte) ~Memory.readByte(bench.sealed + 40));
            refused += bench.open(sealed) < 0 ? 1 : 0;
            Memory.writeByte(bench.sealed + 40, (byte) ~Memory.readByte(bench.sealed + 40));
            refused += bench.open(sealed) == LENGTH ? 1 : 0;
            refused += bench.open(sealed) < 0 ? 1 : 0;
        }
        if (refused != 5 * packets) {
            throw new AssertionError("an answer differs: " + refused + " for " + packets);
        }
    }
}
