package io.weir.control.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.identity.document.Problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What is said of a runDir by the file system that it is on. */
@Timeout(30)
class RunDirWarningTest {
    private static final String WITH_A_TUNNEL = """
            runDir: /srv/weir
            peers:
              - {name: hv2, local: 192.0.2.1, remote: 192.0.2.2}
            ports:
              - {name: tun, type: esp, peer: hv2}
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private static List<String> warnings(String yaml, String fileSystem) {
        return HostConfig.read("weir.yaml", yaml, runDir -> fileSystem).warnings().stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void shouldWarnOfADiskUnderTunnels() {
        assertEquals(
                List.of(
                        "weir.yaml:1: runDir: is on ext4 and not on tmpfs, so that packets from tunnels wait for the disk that"
                                + " sa.received is written to: was /srv/weir; name a folder on tmpfs (findmnt -t tmpfs lists"
                                + " them), or mount one there"),
                warnings(WITH_A_TUNNEL, "ext4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ramfs", ""})
    void shouldNotWarnOfMemoryNorOfWhatNobodyCanTell(String fileSystem) {
        assertEquals(List.of(), warnings(WITH_A_TUNNEL, fileSystem));
    }

    @Test
    void shouldNotWarnWithoutTunnels() {
        assertEquals(List.of(), warnings("runDir: /srv/weir\n", "ext4"));
    }

    @Test
    void shouldNotAskTheMachineForADocumentInMemory() {
        assertEquals(List.of(), HostConfig.read("weir.yaml", WITH_A_TUNNEL).warnings());
    }

    @Test
    void shouldTellTheFileSystemOfAFolderThatIsNotMadeYet() throws IOException {
        String there = Files.getFileStore(folder).type();

        assertEquals(there, RunDirWarning.fileSystem(folder));
        assertEquals(there, RunDirWarning.fileSystem(folder.resolve("not/made/yet")));
        assertFalse(there.isEmpty());
    }

    @Test
    void shouldKnowTmpfs() {
        Path shared = Path.of("/dev/shm");
        assumeTrue(Files.isDirectory(shared), "no /dev/shm on this machine");

        assertEquals("tmpfs", RunDirWarning.fileSystem(shared.resolve("weir-is-not-here")));
    }
}
