package io.weir.kernel;

import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertTrue;

class AllocationTest {
    @Test
    void shouldSeeAllocationWhenACallAllocates() {
        AtomicReference<byte[]> escape = new AtomicReference<>(new byte[0]);

        long allocated = Allocation.bytes(1_000, () -> escape.set(new byte[16]));

        assertTrue(allocated >= 200 * 32, "only " + allocated + " bytes");
    }
}
