package io.weir.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class LockedFileTest {
    private static final long TOO_LONG = Long.MAX_VALUE - 4095;
    private static final long NO_ROOM = 1L << 45;

    @TempDir
    private Path folder;

    private final Scratch memory = new Scratch(4096);

    @AfterEach
    void free() {
        memory.close();
    }

    @Test
    void shouldReadWhatWasWritten() throws Exception {
        Path path = folder.resolve("state");
        try (LockedFile file = LockedFile.open(path, 4096, "daemon")) {
            Memory.writeLong(memory.address(), 0x5E55_101DL);
            assertEquals(0, file.write(1024, memory.address(), 8));
            assertEquals(0, file.force());
        }

        try (LockedFile file = LockedFile.open(path, 4096, "daemon")) {
            file.read(memory.address());
        }
        assertEquals(0, Memory.readLong(memory.address()));
        assertEquals(0x5E55_101DL, Memory.readLong(memory.address() + 1024));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void shouldBelongToOneOnly() {
        Path path = folder.resolve("state");
        try (LockedFile first = LockedFile.open(path, 4096, "daemon")) {
            KernelException refused = assertThrows(KernelException.class, () -> LockedFile.open(path, 4096, "daemon"));

            assertTrue(String.valueOf(refused.getMessage()).contains("another daemon has it"), refused.toString());
            first.read(memory.address());
        }
        LockedFile.open(path, 4096, "daemon").close();
    }

    @Test
    void shouldLeaveNoFileWhoseLengthIsRefused() {
        Path path = folder.resolve("state");

        assertThrows(KernelException.class, () -> LockedFile.open(path, TOO_LONG, "daemon"));
        assertThrows(KernelException.class, () -> MappedFile.open(path, TOO_LONG));

        assertFalse(Files.exists(path));
    }

    /** As with ENOSPC: the length is there, the blocks are not. */
    @Test
    void shouldLeaveAFileAsItWasWhenThereIsNoRoom() throws Exception {
        Path shared = Path.of("/dev/shm");
        assumeTrue(
                Files.isDirectory(shared) && Files.getFileStore(shared).type().equals("tmpfs"));
        Path path = Files.createTempFile(shared, "weir-locked-", ".state");
        try {
            Files.writeString(path, "precious");

            assertThrows(KernelException.class, () -> LockedFile.open(path, NO_ROOM, "daemon"));
            assertThrows(KernelException.class, () -> MappedFile.open(path, NO_ROOM));

            assertEquals("precious", Files.readString(path));
            Files.delete(path);

            assertThrows(KernelException.class, () -> LockedFile.open(path, NO_ROOM, "daemon"));
            assertThrows(KernelException.class, () -> MappedFile.open(path, NO_ROOM));

            assertFalse(Files.exists(path));
        } finally {
            Files.deleteIfExists(path);
        }
    }

    @Test
    void shouldNotCutALongerFile() throws Exception {
        Path path = Files.write(folder.resolve("state"), new byte[8192]);

        LockedFile.open(path, 4096, "daemon").close();

        assertEquals(8192, Files.size(path));
    }

    @Test
    void shouldTellAFileThatItMade() throws Exception {
        Path path = folder.resolve("state");
        try (LockedFile file = LockedFile.open(path, 4096, "daemon")) {
            assertTrue(file.made());
        }
        try (LockedFile file = LockedFile.open(path, 4096, "daemon")) {
            assertFalse(file.made());
            file.undo();
        }
        assertEquals(4096, Files.size(path));
    }

    @Test
    void shouldAnswerWithAnErrorNumber() {
        try (LockedFile file = LockedFile.open(folder.resolve("state"), 4096, "daemon")) {
            assertEquals(-Errno.EFAULT, file.write(0, 0, 8), "as good as any other error");
        }
    }
}
