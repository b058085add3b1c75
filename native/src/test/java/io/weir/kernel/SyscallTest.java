package io.weir.kernel;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SyscallTest {
    private static final int NO_DESCRIPTOR = 1_000_000;

    @Test
    void shouldReturnNegativeErrnoWhenDescriptorIsNotOpen() {
        assertEquals(-Errno.EBADF, Syscall.read(NO_DESCRIPTOR, 0L, 8));
        assertEquals(-Errno.EBADF, Syscall.write(NO_DESCRIPTOR, 0L, 8));
        assertEquals(-Errno.EBADF, Syscall.sendmmsg(NO_DESCRIPTOR, 0L, 1, 0));
        assertEquals(-Errno.EBADF, Syscall.recvKick(NO_DESCRIPTOR));
        assertEquals(-Errno.EBADF, Syscall.close(NO_DESCRIPTOR));
    }

    @Test
    void shouldKeepErrnoReliableWhenErrorsAlternateManyTimes() {
        try (EventFd empty = EventFd.create();
                var scratch = new Scratch(8)) {
            int wrong = 0;
            for (int i = 0; i < 100_000; i++) {
                wrong += Syscall.read(NO_DESCRIPTOR, scratch.address(), 8) == -Errno.EBADF ? 0 : 1;
                wrong += Syscall.read(empty.fd(), scratch.address(), 8) == 0 ? 0 : 1;
                wrong += Syscall.read(empty.fd(), scratch.address(), 4) == -Errno.EINVAL ? 0 : 1;
            }

            assertEquals(0, wrong);
        }
    }

    @Test
    void shouldReturnMinusEnoentWhenPathDoesNotExist() {
        assertEquals(-Errno.ENOENT, Syscall.open("/nowhere/at/all", Syscall.O_RDONLY, 0));
    }

    @Test
    void shouldReturnMinusEnodevWhenInterfaceDoesNotExist() {
        assertEquals(-Errno.ENODEV, Syscall.interfaceIndex("no-such-link"));
    }

    @Test
    void shouldAllocateNothingWhenReadingZeroes() {
        int fd = Syscall.open("/dev/zero", Syscall.O_RDONLY, 0);
        long buffer = Memory.map(Memory.PAGE_BYTES);

        long allocated = Allocation.bytes(100_000, () -> Syscall.read(fd, buffer, 64));
        Syscall.close(fd);
        Memory.unmap(buffer, Memory.PAGE_BYTES);

        assertEquals(0, allocated, "bytes allocated");
    }

    @Test
    void shouldAllocateNothingWhenCallsFail() {
        try (EventFd empty = EventFd.create()) {
            long allocated = Allocation.bytes(100_000, () -> {
                empty.drain();
                Syscall.recvKick(NO_DESCRIPTOR);
            });

            assertEquals(0, allocated, "bytes allocated");
        }
    }

    @Test
    void shouldDescribeErrnoByNameAndText() {
        assertEquals("ENODEV (No such device)", Errno.describe(-Errno.ENODEV));
        assertEquals("errno 87 (Too many users)", Errno.describe(-87));
        assertEquals("OK", Errno.describe(0));
    }

    @Test
    void shouldNameOperationErrnoAndRemedyWhenRequiredCallFails() {
        var refused =
                assertThrows(KernelException.class, () -> Errno.require(-Errno.EPERM, "create tap 'x'", "run as root"));

        assertEquals("create tap 'x': EPERM (Operation not permitted); run as root", refused.getMessage());
        assertEquals(-Errno.EPERM, refused.errno());
        assertEquals(0, refused.getStackTrace().length);
    }
}
