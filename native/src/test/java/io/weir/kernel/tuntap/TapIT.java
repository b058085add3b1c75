package io.weir.kernel.tuntap;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.kernel.Allocation;
import io.weir.kernel.Errno;
import io.weir.kernel.Frames;
import io.weir.kernel.KernelException;
import io.weir.kernel.Memory;
import io.weir.kernel.Syscall;
import io.weir.kernel.TestNamespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TapIT {
    private static final int ETHERNET_LENGTH = 14;

    private TestNamespace inside;
    private final long buffer = Memory.map(1 << 17);

    @BeforeEach
    void create() {
        inside = new TestNamespace();
    }

    @AfterEach
    void delete() {
        Memory.unmap(buffer, 1 << 17);
        if (inside != null) {
            inside.close();
        }
    }

    @Test
    void shouldLiveInTheNamespaceAndDisappearWhenClosed() {
        Tap tap = Tap.open("tap0", inside.namespace(), true);

        assertEquals(inside.index("tap0"), tap.ifIndex());
        assertEquals(-Errno.ENODEV, Syscall.interfaceIndex("tap0"));

        tap.close();
        assertEquals(-Errno.ENODEV, inside.index("tap0"));
    }

    @Test
    void shouldReadNothingWhenNothingWasSent() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), true)) {
            inside.quiet("tap0");

            long length = Syscall.read(tap.fd(), buffer, 1 << 17);

            assertEquals(0, length);
        }
    }

    @Test
    void shouldAnswerArpRequestWrittenIntoTheTap() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), true)) {
            inside.ip("addr add 10.9.0.1/24 dev tap0");
            inside.quiet("tap0");
            byte[] request = Frames.arpRequest("10.9.0.2", "10.9.0.1");
            Memory.copy(request, 0, buffer + Tap.VNET_HEADER_LENGTH, request.length);

            long written = Syscall.write(tap.fd(), buffer, request.length + Tap.VNET_HEADER_LENGTH);
            long length = Frames.await(tap.fd(), buffer, 1 << 17);

            assertEquals(request.length + Tap.VNET_HEADER_LENGTH, written);
            assertTrue(length >= ETHERNET_LENGTH + 28, "length " + length);
            assertEquals(0x0608, Memory.readUnsignedShort(buffer + 10 + 12));
            assertEquals(2, Memory.readByte(buffer + 10 + 21), "ARP operation is reply");
        }
    }

    @Test
    void shouldReportOffloadsOnlyWithVnetHeader() {
        try (Tap plain = Tap.open("tap0", inside.namespace(), false);
                Tap offloading = Tap.open("tap1", inside.namespace(), true)) {
            assertEquals(0, plain.offloads());
            assertEquals(Tap.OFFLOAD_TSO4, offloading.offloads() & Tap.OFFLOAD_TSO4);
            assertEquals(0, offloading.limitOffloads(Tap.OFFLOAD_CHECKSUM));
            assertEquals(0, offloading.vnetHeaderLength(12));
            assertEquals(0, offloading.sendBuffer(1 << 20));
        }
    }

    @Test
    void shouldTakeTheHardwareAddressItIsGiven() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), true)) {
            assertEquals(0, tap.hardwareAddress(0x0257_4549_5201L));
            assertTrue(tap.hardwareAddress(0x0157_4549_5201L) < 0, "a group address");

            assertTrue(inside.ip("link show dev tap0").contains("02:57:45:49:52:01"));
            assertFalse(tap.persistent());
        }
    }

    @Test
    void shouldTellWhenSomeoneElseMadeTheTap() {
        inside.ip("tuntap add dev tap0 mode tap vnet_hdr");

        try (Tap tap = Tap.open("tap0", inside.namespace(), true)) {
            assertTrue(tap.persistent());
        }
        assertTrue(inside.index("tap0") > 0);
    }

    @Test
    void shouldOpenOneDescriptorAQueue() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), true, 3)) {
            assertEquals(3, tap.queues());
            assertNotEquals(tap.fd(0), tap.fd(2));
        }
    }

    @Test
    void shouldLetTheKernelNumberTheName() {
        try (Tap tap = Tap.open("weir%d", inside.namespace(), false)) {
            assertEquals("weir0", tap.name());
        }
    }

    @Test
    void shouldExplainWhenNameIsNotAllowedOrTaken() {
        try (Tap _ = Tap.open("tap0", inside.namespace(), false)) {
            assertEquals(-Errno.ENAMETOOLONG, refused("sixteen-letters-").errno());
            assertEquals(-Errno.EINVAL, refused("a b").errno());
            assertEquals(-Errno.EINVAL, refused("").errno());
            assertEquals(-Errno.EBUSY, refused("tap0").errno());
            assertEquals(-Errno.EINVAL, refused("lo").errno());
            assertTrue(
                    refused("tap0").getMessage().startsWith("create tap 'tap0': EBUSY"),
                    refused("tap0").getMessage());
        }
    }

    @Test
    void shouldAllocateNothingWhenReadingAndWriting() {
        try (Tap tap = Tap.open("tap0", inside.namespace(), true)) {
            inside.quiet("tap0");

            long allocated = Allocation.bytes(100_000, () -> {
                Syscall.read(tap.fd(), buffer, 2048);
                Syscall.write(tap.fd(), buffer, 70);
            });

            assertEquals(0, allocated, "bytes allocated");
        }
    }

    private KernelException refused(String name) {
        return assertThrows(KernelException.class, () -> Tap.open(name, inside.namespace(), false));
    }
}
