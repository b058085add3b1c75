package io.weir.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files that every Debian host has are the oracle. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class UserDatabaseTest {
    /** Lines of {@code name:password:number:...}. */
    private static List<String[]> entries(String file) throws IOException {
        List<String[]> entries = Files.readAllLines(Path.of(file)).stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && fields[2].matches("\\d+"))
                .toList();
        assertTrue(entries.size() > 1, file);
        return entries;
    }

    @Test
    void shouldKnowEveryUserOfThePasswordFile() throws IOException {
        for (String[] fields : entries("/etc/passwd")) {
            assertEquals(OptionalInt.of(Integer.parseUnsignedInt(fields[2])), UserDatabase.userNumber(fields[0]));
        }
        assertEquals(Optional.of("root"), UserDatabase.userName(0));
    }

    @Test
    void shouldKnowEveryGroupOfTheGroupFile() throws IOException {
        for (String[] fields : entries("/etc/group")) {
            assertEquals(OptionalInt.of(Integer.parseUnsignedInt(fields[2])), UserDatabase.groupNumber(fields[0]));
        }
        assertEquals(Optional.of("root"), UserDatabase.groupName(0));
    }

    @Test
    void shouldAnswerNothingForWhatNobodyIs() {
        assertEquals(OptionalInt.empty(), UserDatabase.userNumber("no-such-user"));
        assertEquals(OptionalInt.empty(), UserDatabase.groupNumber("no-such-group"));
        assertEquals(Optional.empty(), UserDatabase.userName(1_987_654_321));
        assertEquals(Optional.empty(), UserDatabase.groupName(1_987_654_321));
    }

    @Test
    void shouldRefuseToNameThePeerOfADescriptorThatIsNoSocket() {
        assertThrows(KernelException.class, () -> PeerCredentials.of(1_000_000));
    }
}
