package io.weir.control.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.ipsec.sa.SaKey;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(30)
class KeyFileTest {
    private static final String SECRET = "00112233445566778899aabbccddeeff01020304";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @BeforeEach
    void needRoot() {
        assumeTrue(System.getProperty("user.name").equals("root"), "key files belong to root");
    }

    private Path file(String text) throws IOException {
        Path file = folder.resolve("keys");
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static String refusal(Path file) {
        KeyFileException refused = assertThrows(KeyFileException.class, () -> KeyFile.read(file));
        return String.valueOf(refused.getMessage());
    }

    @Test
    void shouldFindKeysByTheirSpis() throws IOException {
        Path file = file("# of hv2\n\n0x1001: " + SECRET + "\r\n 4098:\t" + SECRET.replace('0', 'F') + " # out\n");

        try (KeyFile keys = KeyFile.read(file)) {
            SaKey key = keys.key(0x1001, 20);
            assertArrayEquals(HexFormat.of().parseHex(SECRET), key.material());
            assertEquals(20, keys.key(4098, 20).length());
        }
    }

    @Test
    void shouldTakeTheHighestSpi() throws IOException {
        try (KeyFile keys = KeyFile.read(file("0xffffffff: " + SECRET))) {
            assertEquals(20, keys.key(-1, 20).length());
        }
    }

    @Test
    void shouldSayWhatIsMissingWhenAnSpiHasNoKeyOrAnotherLength() throws IOException {
        try (KeyFile keys = KeyFile.read(file("0x1001: " + SECRET))) {
            String none = assertThrows(KeyFileException.class, () -> keys.key(0x1002, 20))
                    .problem();
            String wrong = assertThrows(KeyFileException.class, () -> keys.key(0x1001, 36))
                    .problem();

            assertTrue(none.endsWith(" has no key for SPI 0x1002"), none);
            assertTrue(wrong.endsWith(" has a key of 20 bytes for SPI 0x1001, its cipher takes 36"), wrong);
        }
    }

    /** Whatever stands in the file, also where an SPI should: no message may hold a bit of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                SECRET,
                "0x1001 " + SECRET,
                "0x1001: " + SECRET + "0",
                "0x1001: " + SECRET + " " + SECRET,
                "0x1001: 0x" + SECRET,
                "0x1001:",
                ": " + SECRET,
                "255: " + SECRET,
                "0x100000000: " + SECRET,
                "12345678901: " + SECRET,
                "spi: " + SECRET,
                "0x1001: \"" + SECRET + "\"",
                "0x1001: " + SECRET + "\u00e9\u00e9",
                SECRET + ": " + SECRET
            })
    void shouldNameTheLineAndNothingOfIt(String line) throws IOException {
        Path file = file("0x2001: 99112233445566778899aabbccddeeff01020304\n\n" + line + "\n");

        String told = refusal(file);

        assertEquals(
                file
                        + " line 3 is no SPI with a key; write it as 0x1001: and hex digits, an even number of them; SPIs begin at 256",
                told);
        assertFalse(told.contains(SECRET.substring(0, 8)), told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0x1001: aa | 0x1001: bb | line 2 has an SPI that another line has
            0x1001: aa | 4097: bb   | line 2 has an SPI that another line has
            0x1001: aa | 0x1002: AA | line 2 has the key of another SPI
            """)
    void shouldRefuseDuplicates(String first, String second, String words) throws IOException {
        String told = refusal(file(first + "\n" + second + "\n"));

        assertTrue(told.contains(words), told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rwxrwxrwx", "rw--w----"})
    void shouldRefuseWhatOthersMayUse(String mode) throws IOException {
        Path file = file("0x1001: " + SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertTrue(refusal(file).contains("may be used by others than root: mode was 0"), refusal(file));
        assertTrue(KeyFile.exposure(file).isPresent());
    }

    @Test
    void shouldRefuseTheFileOfAnotherUser() throws IOException {
        Path file = file("0x1001: " + SECRET);
        Files.setAttribute(file, "unix:uid", 65_534);

        assertTrue(refusal(file).contains("must belong to root: was user 65534; chown root "), refusal(file));
    }

    /** What is checked is the file that is read, so a link's own owner and mode mean nothing. */
    @Test
    void shouldLookAtTheFileBehindALink() throws IOException {
        Path file = file("0x1001: " + SECRET);
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(refusal(link).contains("mode was 0644"), refusal(link));

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        KeyFile.read(link).close();
    }

    @Test
    void shouldRefuseWhatIsNoFile() {
        assertTrue(refusal(folder).contains("is no regular file"), refusal(folder));
        assertTrue(refusal(Path.of("/dev/zero")).contains("is no regular file"));
        assertTrue(refusal(folder.resolve("absent")).contains("cannot be opened: ENOENT"));
    }

    @Test
    void shouldRefuseAFileThatIsTooLong() throws IOException {
        String told = refusal(file("#".repeat(KeyFile.MAX_BYTES)));

        assertTrue(told.contains("is longer than 1048575 bytes"), told);
    }
}
