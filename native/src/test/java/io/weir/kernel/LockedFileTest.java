package io.weir.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LockedFileTest {
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
    void shouldAnswerWithAnErrorNumber() {
        try (LockedFile file = LockedFile.open(folder.resolve("state"), 4096, "daemon")) {
            assertEquals(-Errno.EFAULT, file.write(0, 0, 8), "as good as any other error");
        }
    }
}
