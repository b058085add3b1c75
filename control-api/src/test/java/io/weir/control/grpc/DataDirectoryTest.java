package io.weir.control.grpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.port.BridgeSettings;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class DataDirectoryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path data;

    @SuppressWarnings("NullAway.Init") // set before each test
    private DataDirectory directory;

    /** A data directory with a link out of it, a link in it, and a link to a file outside. */
    @BeforeEach
    void furnish() throws IOException {
        folder = folder.toRealPath();
        data = folder.resolve("data");
        directory = new DataDirectory(data);
        Files.createDirectories(data.resolve("sub"));
        Files.createDirectories(folder.resolve("data-too"));
        Files.writeString(folder.resolve("shadow"), "secret");
        Files.createSymbolicLink(data.resolve("out"), folder);
        Files.createSymbolicLink(data.resolve("in"), data.resolve("sub"));
        Files.createSymbolicLink(data.resolve("link.pcap"), folder.resolve("shadow"));
        Files.createSymbolicLink(folder.resolve("entry"), data);
    }

    private static PortSettings pcap(@Nullable Path in, @Nullable Path out) {
        return new PortSettings(
                "p",
                PortSettings.Type.PCAP,
                "",
                null,
                PortSettings.Io.AUTO,
                0,
                in,
                out,
                true,
                VlanSettings.access(1),
                BridgeSettings.DEFAULT,
                PolicySettings.OFF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data",
                "data/.",
                "data/..",
                "data/sub",
                "data/../shadow",
                "data/out/shadow",
                "data/out/new.pcap",
                "data/link.pcap",
                "data/absent/a.pcap",
                "data/link.pcap/a.pcap",
                "data-too/a.pcap",
                "shadow",
                "absent/a.pcap"
            })
    void shouldRefuseWhateverIsNoFileBelowIt(String name) {
        Path file = folder.resolve(name);

        for (PortSettings wanted : new PortSettings[] {pcap(file, null), pcap(null, file)}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> directory.admit(wanted));
            assertTrue(String.valueOf(refused.getMessage()).contains("was " + file + ';'), refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/", "relative.pcap", "/proc/self/mem"})
    void shouldRefusePathsOfTheHost(String name) {
        assertThrows(IllegalArgumentException.class, () -> directory.admit(pcap(Path.of(name), null)));
        assertThrows(IllegalArgumentException.class, () -> directory.admit(pcap(null, Path.of(name))));
    }

    @Test
    void shouldRefuseAPipe() throws Exception {
        Path pipe = data.resolve("pipe.pcap");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());

        assertThrows(IllegalArgumentException.class, () -> directory.admit(pcap(pipe, null)));
        assertThrows(IllegalArgumentException.class, () -> directory.admit(pcap(null, pipe)));
    }

    /** A port that wrote one of them would take from the daemon what it has mapped, or has promised to keep. */
    @ParameterizedTest
    @ValueSource(
            strings = {"sa.state", "policy.log", "journal/1.seg", "spool/replay-1-2.pcap", "sub/../spool/new.pcap"})
    void shouldRefuseFilesOfTheDaemon(String name) throws IOException {
        Files.createDirectories(data.resolve("spool"));
        Files.createDirectories(data.resolve("journal"));
        Path file = data.resolve(name);
        if (!name.contains("..")) {
            Files.writeString(file, "kept");
        }

        for (PortSettings wanted : new PortSettings[] {pcap(file, null), pcap(null, file)}) {
            assertThrows(IllegalArgumentException.class, () -> directory.admit(wanted));
        }
    }

    @Test
    void shouldRefuseOneFileForBothWays() throws IOException {
        Path file = Files.writeString(data.resolve("a.pcap"), "frames");
        Path twin = Files.createLink(data.resolve("b.pcap"), file);

        assertThrows(IllegalArgumentException.class, () -> directory.admit(pcap(file, file)));
        assertThrows(IllegalArgumentException.class, () -> directory.admit(pcap(file, data.resolve("sub/../a.pcap"))));
        assertThrows(IllegalArgumentException.class, () -> directory.admit(pcap(file, twin)));
    }

    @Test
    void shouldHandOnThePathWithoutLinks() {
        PortSettings admitted =
                directory.admit(pcap(folder.resolve("entry/in/new.pcap"), data.resolve("sub/../other.pcap")));

        assertEquals(pcap(data.resolve("sub/new.pcap"), data.resolve("other.pcap")), admitted);
    }

    @Test
    void shouldBeMadeForItsOwnerAndGroupWhenFirstNeeded() {
        Path fresh = folder.resolve("fresh");

        new DataDirectory(fresh).admit(pcap(null, fresh.resolve("a.pcap")));

        assertTrue(Files.isDirectory(fresh));
    }

    @Test
    void shouldKeepSpooledFilesToItsOwner() throws IOException {
        Path file = directory.spoolFile();

        assertEquals(data.resolve("spool"), file.getParent());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void shouldDeleteWhatAKilledDaemonWasReceivingAndNothingElse() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        assertEquals(0, dead.waitFor());
        Path own = directory.spoolFile();
        Path spool = data.resolve("spool");
        Path left = Files.createFile(spool.resolve("replay-" + dead.pid() + "-1.pcap"));
        // The process that started this one lives.
        long alive = ProcessHandle.current().parent().orElseThrow().pid();
        Path used = Files.createFile(spool.resolve("replay-" + alive + "-1.pcap"));
        Path foreign = Files.createFile(spool.resolve("notes"));

        directory.clearSpool();

        assertFalse(Files.exists(left));
        assertFalse(Files.exists(own), "a predecessor's with the same number");
        assertTrue(Files.exists(used));
        assertTrue(Files.exists(foreign));
    }
}
