package io.weir.ipsec.transport;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.sun.management.ThreadMXBean;

import io.weir.kernel.Scratch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Own system calls allocate nothing; Netty's io_uring no more than it does a call, however many datagrams that moves. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TransportAllocationIT {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 20_000;
    private static final int ROUNDS = 5;
    private static final int TURNS = 2_000;
    private static final int DATAGRAMS = 10;
    private static final int LENGTH = 100;

    @ParameterizedTest
    @CsvSource({"SOCKET,UDP,0", "SOCKET,RAW,0", "IO_URING,UDP,400"})
    void shouldAllocateNoMoreThan(Transport transport, Encapsulation encapsulation, int bytesATurn) {
        TransportSettings settings = Hosts.settings(transport, encapsulation, false);
        try (var hosts = new Hosts();
                var left = hosts.openLeft(settings);
                var right = hosts.openRight(settings);
                var memory = new Scratch(DATAGRAMS * LENGTH)) {
            turns(left, right, memory.address(), WARM_UP);
            long lowest = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                turns(left, right, memory.address(), TURNS);
                lowest = Math.min(lowest, THREADS.getCurrentThreadAllocatedBytes() - before);
            }

            assertTrue(lowest <= (long) bytesATurn * TURNS, lowest + " bytes in " + TURNS + " turns");
        }
    }

    /** Sends segments at a traffic class, and single datagrams, and receives them all. */
    private static void turns(DatagramTransport left, DatagramTransport right, long address, int turns) {
        long touched = 0;
        for (int turn = 0; turn < turns; turn++) {
            left.send(address, DATAGRAMS / 2 * LENGTH, LENGTH, 0x20);
            for (int i = 0; i < DATAGRAMS / 2; i++) {
                left.send(address, LENGTH, LENGTH, 0);
            }
            assertEquals(0, left.flush());
            int missing = DATAGRAMS;
            while (missing > 0) {
                int messages = right.receive();
                for (int i = 0; i < messages; i++) {
                    missing -= right.length(i) / LENGTH;
                    touched += right.address(i) + right.segment(i) + right.trafficClass(i);
                }
            }
            touched += left.pathMtu();
        }
        assertTrue(touched != 0);
    }
}
