package io.weir.control.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(30)
class TunnelChecksTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @Test
    void shouldWarnOfAKeyFileThatOthersMayOpen() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "key files belong to root");
        Path file = Files.writeString(folder.resolve("keys"), "0x1001: aa\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertEquals(Finding.Level.OK, TunnelChecks.keys(List.of(file)).level());

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Finding exposed = TunnelChecks.keys(List.of(file));

        assertEquals(Finding.Level.WARN, exposed.level());
        assertTrue(exposed.detail().contains("mode was 0644"), exposed.detail());
    }

    @Test
    void shouldWarnWhenLibcryptoIsNotThere() {
        Finding missing = TunnelChecks.crypto("libcrypto.so.3 is not there");

        assertEquals(Finding.Level.WARN, missing.level());
        assertTrue(missing.detail().contains("ESP is slow"));
    }

    @Test
    void shouldTryEverythingAndKeepASwitchWithoutTunnelsUsable() {
        List<Finding> findings = TunnelChecks.all(List.of());

        assertEquals(
                List.of("libcrypto", "raw-socket", "udp-offload", "io-uring", "key-files"),
                findings.stream().map(Finding::check).toList());
        assertTrue(Doctor.usable(findings));
    }
}
