package io.weir.identity.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The table in the document is the data's, so that a case that is left out shows. */
@Timeout(10)
class NetworkPolicyApiDocTest {
    private static final Path DOCUMENT = Path.of("../docs/conformance/network-policy-api.md");
    private static final String BEGIN = "<!-- table: begin -->\n";
    private static final String END = "<!-- table: end -->\n";
    private static final String HEAD = """
            | test | sub-tests | probes | to pass | to be dropped | skipped |
            |---|---|---|---|---|---|
            """;

    @Test
    void shouldListEveryTestOfTheData() throws IOException {
        String text = Files.readString(DOCUMENT);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        assertTrue(begin >= BEGIN.length() && end >= begin, DOCUMENT + " has lost the marks around its table");

        String generated = text.substring(0, begin) + table() + text.substring(end);

        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(DOCUMENT, generated);
        }
        assertEquals(
                generated,
                Files.readString(DOCUMENT),
                () -> DOCUMENT + " is out of date: run with -Ddocs.update=true, read the diff");
    }

    private static String table() {
        ConformanceSuite suite = ConformanceSuite.networkPolicyApi();
        StringBuilder text = new StringBuilder(HEAD);
        suite.cases()
                .forEach(test ->
                        row(text, '`' + test.name() + '`', test.subTests().size(), test.probes(), allowed(test)));
        int allowed = suite.cases().stream()
                .mapToInt(NetworkPolicyApiDocTest::allowed)
                .sum();
        row(text, "all " + suite.cases().size(), (int) suite.subTests().count(), suite.probes(), allowed);
        return text.toString();
    }

    private static void row(StringBuilder text, String name, int subTests, int probes, int allowed) {
        text.append("| ")
                .append(name)
                .append(" | ")
                .append(subTests)
                .append(" | ")
                .append(probes)
                .append(" | ");
        text.append(allowed).append(" | ").append(probes - allowed).append(" | 0 |\n");
    }

    private static int allowed(ConformanceCase test) {
        return (int) test.subTests().stream()
                .flatMap(subTest -> subTest.steps().stream())
                .filter(step ->
                        step instanceof SubTest.Try attempt && attempt.probe().allowed())
                .count();
    }
}
