package io.weir.control.daemon;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.config.HostConfig;
import io.weir.control.config.HostSettings;
import io.weir.identity.component.Document;
import io.weir.identity.manifest.ManifestReader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Without ports, so that no rights are needed. */
@Timeout(60)
class DaemonTest {
    private static final String NO_DOCUMENT = "no document is in force";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private HostSettings settings(String more) {
        return HostConfig.read(
                "weir.yaml",
                "host: lab\ndataDir: " + folder.resolve("data") + "\nrunDir: " + folder.resolve("run")
                        + "\npolicy: {mode: off}\n" + more);
    }

    @Test
    void shouldLeaveNothingButItsStateWhenClosed() throws IOException {
        HostSettings settings = settings("");

        try (Daemon daemon = new Daemon(settings)) {
            daemon.start();

            assertEquals("weir ready: host lab, 0 ports (0 up), socket " + settings.socket(), daemon.readyLine());
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(settings.socket())));
        }

        assertFalse(Files.exists(settings.socket()));
        assertEquals("", Files.readString(settings.runDir().resolve("weir.pid")));
    }

    @Test
    void shouldNameThePidWhenTheRunDirectoryIsTaken() {
        HostSettings settings = settings("");
        try (Daemon first = new Daemon(settings);
                Daemon second = new Daemon(settings)) {
            first.start();

            StartException refused = assertThrows(StartException.class, second::start);

            assertTrue(
                    String.valueOf(refused.getMessage())
                            .contains("with pid " + ProcessHandle.current().pid() + ';'),
                    refused.getMessage());
        }
    }

    @Test
    void shouldStillServeWhenASecondOneWasRefused() {
        HostSettings settings = settings("");
        try (Daemon first = new Daemon(settings)) {
            first.start();

            try (Daemon second = new Daemon(settings)) {
                assertThrows(StartException.class, second::start);
            }

            assertTrue(Files.exists(settings.socket()));
        }
    }

    @Test
    void shouldTakeOverTheSocketOfADeadDaemon() throws IOException {
        HostSettings settings = settings("");
        Files.createDirectories(settings.runDir());
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(settings.socket()));
        dead.close();
        assertTrue(Files.exists(settings.socket()));

        try (Daemon daemon = new Daemon(settings)) {
            daemon.start();

            assertTrue(Files.exists(settings.socket()));
        }
    }

    @Test
    void shouldRefuseASocketThatALiveProcessServes() throws IOException {
        HostSettings settings = settings("");
        Files.createDirectories(settings.runDir());
        try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Daemon daemon = new Daemon(settings)) {
            live.bind(UnixDomainSocketAddress.of(settings.socket()));

            StartException refused = assertThrows(StartException.class, daemon::start);

            assertTrue(String.valueOf(refused.getMessage()).contains("is served by a live process"));
            assertTrue(Files.exists(settings.socket()));
        }
    }

    @Test
    void shouldNotDeleteAFileThatIsNoSocket() throws IOException {
        HostSettings settings = settings("");
        Files.createDirectories(settings.runDir());
        Files.writeString(settings.socket(), "precious");

        try (Daemon daemon = new Daemon(settings)) {
            assertThrows(StartException.class, daemon::start);
        }

        assertEquals("precious", Files.readString(settings.socket()));
    }

    @Test
    void shouldUndoEverythingWhenAPortIsRefused() throws IOException {
        HostSettings settings = settings("ports: [{name: p, type: pcap, in: " + folder.resolve("absent.pcap") + "}]\n");

        try (Daemon daemon = new Daemon(settings)) {
            StartException refused = assertThrows(StartException.class, daemon::start);

            assertTrue(String.valueOf(refused.getMessage()).startsWith("port p: "), refused.getMessage());
        }

        assertFalse(Files.exists(settings.socket()));
        try (Daemon next = new Daemon(settings(""))) {
            next.start();
            assertTrue(Files.exists(settings.socket()));
        }
    }

    @Test
    void shouldWarnOnceThatItEnforcesWithoutAnyDocument() {
        String started = started(enforcing(""));

        assertEquals(
                1, started.lines().filter(line -> line.contains(NO_DOCUMENT)).count(), started);
        assertTrue(started.contains("WARN") && started.contains("(weir apply -f FILE)"), started);
        assertFalse(started(settings("")).contains(NO_DOCUMENT));
    }

    @Test
    void shouldWarnOfNoDocumentOnlyWhereAPortEnforces() {
        String out = "out: " + folder.resolve("p.pcapng");
        HostSettings one = settings("ports:\n  - {name: p1, type: pcap, " + out + ", policy: {mode: enforce}}\n");
        HostSettings none = enforcing("ports:\n  - {name: p1, type: pcap, " + out + ", policy: {mode: off}}\n");
        List<Document> documents = ManifestReader.read(
                "web.yaml",
                "apiVersion: weir/v1\nkind: Component\nmetadata: {id: web}\nspec: {identity: {instances: [{port: p1}]}}\n");

        assertTrue(PolicyControl.warning(one, List.of()).orElse("").contains("is enforce at 1 of 1 ports, "));
        assertEquals(Optional.empty(), PolicyControl.warning(one, documents));
        assertEquals(Optional.empty(), PolicyControl.warning(none, List.of()));
    }

    private HostSettings enforcing(String more) {
        return HostConfig.read(
                "weir.yaml",
                "host: lab\ndataDir: " + folder.resolve("enforcing") + "\nrunDir: " + folder.resolve("run")
                        + "\npolicy: {mode: enforce}\nworkers: 1\n" + more);
    }

    /** What a daemon with those settings logs at its start. */
    private static String started(HostSettings settings) {
        PrintStream before = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try (Daemon daemon = new Daemon(settings)) {
            daemon.start();
        } finally {
            System.setErr(before);
        }
        return logged.toString(StandardCharsets.UTF_8);
    }

    private String tunnel() throws IOException {
        Path keys = Files.writeString(
                folder.resolve("keys"), "0x1001: " + "11".repeat(36) + "\n0x2001: " + "22".repeat(36) + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        return "peers:\n  - name: hv2\n    local: 127.0.0.1\n    remote: 127.0.0.2\n    keyFile: " + keys
                + "\n    sas: [{direction: out, spi: 0x1001}, {direction: in, spi: 0x2001}]\n";
    }

    private String absentPort() {
        return "ports: [{name: p, type: pcap, in: " + folder.resolve("absent.pcap") + "}]\n";
    }

    private void refuse(String more) {
        try (Daemon daemon = new Daemon(settings(more))) {
            assertThrows(StartException.class, daemon::start);
        }
    }

    private List<String> tree() throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.map(path -> folder.relativize(path).toString())
                    .filter(path -> path.startsWith("data") || path.startsWith("run"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldLeaveNoFileWhenALatePartIsRefused() throws IOException {
        refuse(tunnel() + absentPort());

        assertEquals(List.of(), tree());
    }

    @Test
    void shouldLeaveNoFileWhenTheTunnelsAreRefused() throws IOException {
        Files.createDirectories(folder.resolve("run/sa.received"));

        refuse(tunnel());

        assertEquals(List.of("run", "run/sa.received"), tree());
    }

    @Test
    void shouldLeaveWhatWasThereBefore() throws IOException {
        try (Daemon daemon = new Daemon(settings(tunnel()))) {
            daemon.start();
        }
        List<String> before = tree();
        assertTrue(
                before.containsAll(List.of("data/sa.state", "data/policy.log", "run/sa.received")), before.toString());

        refuse(tunnel() + absentPort());

        assertEquals(before, tree());
    }

    @Test
    void shouldLeaveAForeignFileAsItWas() throws IOException {
        Path state = Files.createDirectories(folder.resolve("data")).resolve("sa.state");
        Files.writeString(state, "precious");

        refuse(tunnel());

        assertEquals("precious", Files.readString(state));
        assertEquals(List.of("data", "data/sa.state"), tree());
    }
}
