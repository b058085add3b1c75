package io.weir.kernel;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MemoryTest {
    private static final long LENGTH = 4L << 20;

    @Test
    void shouldMapZeroedPageAlignedMemory() {
        long address = Memory.map(LENGTH, true);

        assertEquals(0, address % Memory.PAGE_BYTES);
        assertEquals(0L, Memory.readLong(address + LENGTH - Long.BYTES));
        assertEquals(0, Memory.unmap(address, LENGTH));
    }

    @Test
    void shouldReadBackWhatWasWrittenAtAnyWidth() {
        long address = Memory.map(LENGTH);

        Memory.writeLong(address + 1, 0x8877_6655_4433_2211L);
        Memory.writeIntRelease(address + 16, -5);
        Memory.writeLongRelease(address + 24, -6L);

        assertEquals(0x11, Memory.readByte(address + 1));
        assertEquals((short) 0x8877, Memory.readShort(address + 7));
        assertEquals(0x8877, Memory.readUnsignedShort(address + 7));
        assertEquals(0x6655_4433, Memory.readInt(address + 3));
        assertEquals(-5, Memory.readIntAcquire(address + 16));
        assertEquals(-6L, Memory.readLongAcquire(address + 24));
        Memory.unmap(address, LENGTH);
    }

    @Test
    void shouldCopyBetweenArraysAndMemory() {
        long address = Memory.map(LENGTH);
        byte[] from = {1, 2, 3, 4, 5};
        byte[] to = new byte[3];

        Memory.copy(from, 1, address, 4);
        Memory.copy(address, address + 100, 4);
        Memory.copy(address + 101, to, 0, 3);

        assertArrayEquals(new byte[] {3, 4, 5}, to);
        Memory.unmap(address, LENGTH);
    }

    @Test
    void shouldExplainWhenMappingIsImpossible() {
        var refused = assertThrows(KernelException.class, () -> Memory.map(1L << 60));

        assertEquals(-Errno.ENOMEM, refused.errno());
        assertTrue(refused.getMessage().contains("1152921504606846976 bytes"), refused.getMessage());
    }

    @Test
    void shouldKeepStateWhenMappedFileIsClosedAndOpenedAgain(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("sessions");
        try (MappedFile file = MappedFile.open(path, 8192)) {
            Memory.writeLong(file.address() + 8184, 0x5E55101DL);
        }

        try (MappedFile file = MappedFile.open(path, 16384)) {
            assertEquals(0x5E55101DL, Memory.readLong(file.address() + 8184));
            assertEquals(0L, Memory.readLong(file.address() + 16376));
            assertEquals(0, file.force());
        }
        assertEquals(16384, Files.size(path));
    }

    @Test
    void shouldExplainWhenMappedFileCannotBeCreated() {
        var refused = assertThrows(KernelException.class, () -> MappedFile.open(Path.of("/nowhere/at/all"), 4096));

        assertEquals(-Errno.ENOENT, refused.errno());
    }
}
