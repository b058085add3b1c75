package io.weir.datapath;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A number that is cited must be that of a document with a title: a wrong one (971 for 791) is found by looking it up. */
@Timeout(30)
class RfcCitationTest {
    private static final Path TOP = Path.of("..");
    private static final Path REFERENCES = TOP.resolve("docs/references.md");
    private static final Pattern RFC = Pattern.compile("RFCs?[ \\u00a0-]?(\\d{1,5})");
    private static final Pattern STANDARD = Pattern.compile("(?:IEEE )?(?:Std )?(802(?:\\.\\d+[A-Za-z]*)?-\\d{4})");
    private static final Pattern DRAFT = Pattern.compile("(draft-[a-z]+-[a-z0-9-]*[a-z0-9])");

    @Test
    void shouldListEveryRfcThatIsCited() throws IOException {
        assertListed(RFC, "RFC ");
    }

    @Test
    void shouldListEveryIeeeStandardThatIsCited() throws IOException {
        assertListed(STANDARD, "IEEE ");
    }

    @Test
    void shouldListEveryDraftThatIsCited() throws IOException {
        assertListed(DRAFT, "");
    }

    @Test
    void shouldListNothingThatIsNotCited() throws IOException {
        Set<String> unused = new TreeSet<>(numbers(RFC, Files.readString(REFERENCES)));

        unused.removeAll(cited(RFC).keySet());

        assertEquals(Set.of(), unused, "remove these from docs/references.md");
    }

    private static void assertListed(Pattern pattern, String prefix) throws IOException {
        Map<String, Path> cited = cited(pattern);
        assertTrue(!cited.isEmpty(), "no citation found: is the working folder a module's?");
        String references = Files.readString(REFERENCES);

        cited.keySet().removeIf(number -> references.contains("| " + prefix + number + " |"));

        assertEquals(Map.of(), cited, "add these to docs/references.md, with their exact title");
    }

    /** What is cited, and one file that does. */
    private static Map<String, Path> cited(Pattern pattern) throws IOException {
        Map<String, Path> cited = new TreeMap<>();
        for (Path file : files()) {
            for (String number : numbers(pattern, text(file))) {
                cited.putIfAbsent(number, file);
            }
        }
        return cited;
    }

    private static Set<String> numbers(Pattern pattern, String text) {
        Set<String> numbers = new TreeSet<>();
        pattern.matcher(text).results().forEach(match -> numbers.add(match.group(1)));
        return numbers;
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(TOP)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*/src/main/.*|\\.\\./docs/.*|\\.\\./[^/]+\\.md"))
                    .filter(file -> !file.toString().contains("/target/") && !file.equals(REFERENCES))
                    .toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
