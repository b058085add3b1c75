package io.weir.control.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code weir label check}, which asks no daemon. */
@Timeout(30)
class LabelCheckCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private static String check(int status, String... labels) {
        String[] words = new String[labels.length + 2];
        words[0] = "label";
        words[1] = "check";
        System.arraycopy(labels, 0, words, 2, labels.length);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int ended =
                Weir.execute(words, Optional.of(new PrintWriter(out, true)), Optional.of(new PrintWriter(err, true)));
        assertEquals(status, ended, out.toString() + err);
        return out.toString() + err;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s2            | s2         | 0 | low levels: s2 eq s2
            s5:c1.c3      | s2:c1      | 1 | low levels: s5:c1.c3 dom s2:c1
            s2            | s3-s5      | 1 | levels of both: none
            s2-s4         | s3-s5      | 0 | levels of both: s3-s4
            s2:c1         | s2:c2      | 1 | low levels: s2:c1 incomp s2:c2
            s2            | s0-s5      | 0 | s2 -> s0-s5: allow at s2
            s2            | s0-s5      | 0 | s0-s5 -> s2: drop at s0
            u:r:a_t:s2-s5 | u:r:b_t:s2 | 0 | u:r:a_t:s2-s5 -> u:r:b_t:s2: allow at s2
            """)
    void shouldSayHowLabelsStand(String first, String second, int status, String line) {
        String printed = check(status, first, second);

        assertTrue(printed.contains(line + "\n"), printed);
    }

    @Test
    void shouldPrintStableKeys() {
        String printed = check(ExitCode.DONE, "s2-s4", "s3", "-o", "json");

        for (String field :
                new String[] {"\"low\" : \"domby\"", "\"shared\" : \"s3\"", "\"forth\" : false", "\"back\" : true"}) {
            assertTrue(printed.contains(field), printed);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s16   | s2 | was s16
            s2-s1 | s2 | must dominate the low one
            ''    | s2 | a level is s0 to s15
            s2    | x  | was x
            """)
    void shouldEndWithBadInputWhenALabelIsNone(String first, String second, String why) {
        String told = check(ExitCode.BAD_INPUT, first, second);

        assertTrue(told.contains(why), told);
    }

    @Test
    void shouldTellEveryMistakeOfTheDomain() throws IOException {
        Path domain = Files.writeString(folder.resolve("domain.yaml"), "kind: Nonsense\n");

        String told = check(ExitCode.BAD_INPUT, "s2", "s2", "--domain", domain.toString());

        assertTrue(told.contains(domain + ":1: "), told);
    }
}
