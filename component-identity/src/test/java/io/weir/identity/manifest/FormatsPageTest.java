package io.weir.identity.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Text;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** docs/formats.md says what the reader takes: its examples are read, its tables hold every key. */
class FormatsPageTest {
    private static final Path PAGE = Path.of("../docs/formats.md");
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TABLE = Pattern.compile("<!-- ([A-Za-z0-9 ]+) -->\n\n((?:\\|.*\n)+)");
    private static final Pattern ROW = Pattern.compile("^\\| `([A-Za-z0-9]+)` \\|", Pattern.MULTILINE);

    private static String page = "";

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(PAGE);
    }

    private static List<String> examples() {
        return EXAMPLE.matcher(page).results().map(match -> match.group(1)).toList();
    }

    @Test
    void shouldShowAnExampleOfEachKindThatCanBeRead() {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (String example : examples()) {
            ManifestReader.read("formats.md", example).stream()
                    .map(Document::kind)
                    .forEach(kinds::add);
        }

        assertEquals(EnumSet.allOf(Kind.class), kinds);
    }

    @Test
    void shouldShowExamplesThatFitTheSchema() {
        for (String example : examples()) {
            for (YamlNode document : SchemaCheck.documents(example)) {
                assertEquals(List.of(), SchemaCheck.mistakes(SchemaCheck.shipped(), document), example);
            }
        }
    }

    @Test
    void shouldHaveEveryKeyInATable() {
        Map<String, Part> parts = new TreeMap<>();
        Arrays.stream(Part.values()).forEach(part -> parts.put(part.word(), part));
        Set<String> missing = new TreeSet<>(parts.keySet());

        for (MatchResult table : TABLE.matcher(page).results().toList()) {
            Set<String> expected = new TreeSet<>();
            for (String word : table.group(1).split(" ", -1)) {
                missing.remove(word);
                expected.addAll(parts.containsKey(word) ? parts.get(word).keys() : List.of("no part " + word));
            }
            List<String> rows = new ArrayList<>(ROW.matcher(table.group(2))
                    .results()
                    .map(row -> row.group(1))
                    .sorted()
                    .toList());
            assertEquals(List.copyOf(expected), rows, table.group(1));
        }

        assertEquals(Set.of(), missing);
    }

    @Test
    void shouldNameEveryIcmpType() {
        String types = page.substring(page.indexOf("Names of types"), page.indexOf("<!-- isolate -->"));
        for (int protocol : new int[] {L4Text.ICMP, L4Text.ICMPV6}) {
            for (String name : L4Text.icmpTypeNames(protocol)) {
                assertEquals(true, types.contains('`' + name + '`'), name);
            }
        }
    }
}
