package io.weir.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ThreadSettingsTest {
    @Test
    void shouldRunOnlyOnTheProcessorItWasPinnedTo() throws Exception {
        int cpu = CpuAffinity.current().nextSetBit(0);

        BitSet pinned = onOwnThread(() -> {
            assertEquals(0, CpuAffinity.pin(cpu));
            return CpuAffinity.current();
        });

        assertEquals(BitSet.valueOf(new long[] {1L << cpu}), pinned);
    }

    @Test
    void shouldRefuseProcessorsThatDoNotExist() throws Exception {
        assertEquals(-Errno.EINVAL, onOwnThread(() -> CpuAffinity.pin(1023)));
        assertEquals(-Errno.EINVAL, onOwnThread(() -> CpuAffinity.pin(5000)));
    }

    @Test
    void shouldShowNameAndTimerSlackInProc() throws Exception {
        String name = onOwnThread(() -> {
            assertEquals(0, ThreadSettings.name("worker-0-is-much-too-long"));
            assertEquals(0, ThreadSettings.timerSlackNs(1_000));
            return Files.readString(Path.of("/proc/thread-self/comm")).strip();
        });

        assertEquals("worker-0-is-muc", name);
    }

    @Test
    void shouldReadCapabilitiesAndKernelRelease() {
        Capabilities capabilities = Capabilities.current();

        assertEquals(System.getProperty("os.version"), capabilities.kernelRelease());
        assertTrue(capabilities.has(Capabilities.CAP_NET_ADMIN) == capabilities.has(Capabilities.CAP_NET_RAW));
    }

    private static <T> T onOwnThread(java.util.concurrent.Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = Thread.ofPlatform().start(future);
        thread.join();
        return future.get();
    }
}
