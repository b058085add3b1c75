package io.weir.datapath.worker;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.datapath.packet.PortSet;
import io.weir.datapath.port.PortException;
import io.weir.kernel.MappedFile;
import io.weir.kernel.Memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
class PortNumbersTest {
    @TempDir
    private Path folder;

    private PortNumbers open() {
        return new PortNumbers(MappedFile.open(folder.resolve("ports.state"), PortNumbers.length()));
    }

    @Test
    void shouldGiveEachNameANumberOfItsOwn() {
        try (PortNumbers numbers = new PortNumbers(null)) {
            assertEquals(0, numbers.take("a"));
            assertEquals(1, numbers.take("b"));
        }
    }

    @Test
    void shouldGiveAReleasedNameItsNumberBackAndNobodyElse() {
        try (PortNumbers numbers = new PortNumbers(null)) {
            int a = numbers.take("a");
            numbers.release(a);

            assertNotEquals(a, numbers.take("b"));
            assertEquals(a, numbers.take("a"));
        }
    }

    @Test
    void shouldKnowTheNamesThatHaveANumberAndNoPort() {
        try (PortNumbers numbers = new PortNumbers(null)) {
            boolean fresh = numbers.knows("a");
            int a = numbers.take("a");
            boolean taken = numbers.knows("a");
            numbers.release(a);

            assertFalse(fresh);
            assertFalse(taken);
            assertTrue(numbers.knows("a"));
        }
    }

    @Test
    void shouldKeepNumbersAcrossARestart() {
        String longest = "n".repeat(32);
        int before;
        try (PortNumbers numbers = open()) {
            numbers.take("a");
            before = numbers.take(longest);
        }

        try (PortNumbers numbers = open()) {
            assertEquals(before, numbers.take(longest));
            assertEquals(0, numbers.take("a"));
        }
    }

    @Test
    void shouldStartAnewWhenTheFileIsOfAnotherVersion() {
        try (PortNumbers numbers = open()) {
            numbers.take("a");
            numbers.take("b");
        }
        try (MappedFile file = MappedFile.open(folder.resolve("ports.state"), PortNumbers.length())) {
            Memory.writeInt(file.address() + 8, 99);
        }

        try (PortNumbers numbers = open()) {
            assertEquals(0, numbers.take("b"));
        }
    }

    @Test
    void shouldUseTheNumberOfAPortThatIsGoneWhenNumbersRunOut() {
        try (PortNumbers numbers = new PortNumbers(null)) {
            takeAll(numbers);
            numbers.release(7);

            assertEquals(7, numbers.take("new"));
        }
    }

    @Test
    void shouldRefuseOnePortTooMany() {
        try (PortNumbers numbers = new PortNumbers(null)) {
            takeAll(numbers);

            PortException refused = assertThrows(PortException.class, () -> numbers.take("new"));

            assertTrue(refused.reason().contains("\"new\"") && refused.reason().contains("1024"), refused.reason());
        }
    }

    private static void takeAll(PortNumbers numbers) {
        for (int i = 0; i < PortSet.MAX_PORTS; i++) {
            assertEquals(i, numbers.take("p" + i));
        }
    }
}
