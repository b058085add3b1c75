package io.weir.identity.label;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.policy.WireLevel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LevelTest {
    /** What the kernel prints for the same sets. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s0|s0",
                "s15:c0.c1023|s15:c0.c1023",
                "s2:c1|s2:c1",
                "s2:c1,c2|s2:c1,c2",
                "s2:c1.c2|s2:c1,c2",
                "s2:c1,c2,c3|s2:c1.c3",
                "s2:c1.c3,c7|s2:c1.c3,c7",
                "s2:c7,c1.c3|s2:c1.c3,c7",
                "s2:c1.c3,c3.c5|s2:c1.c5",
                "s2:c63,c64|s2:c63,c64",
                "s2:c62.c65|s2:c62.c65",
                "s2:c0,c1023|s2:c0,c1023",
                "s2:c1022,c1023|s2:c1022,c1023",
                "s2:c5,c5|s2:c5"
            })
    void shouldPrintAsTheKernelDoes(String text, String canonical) {
        assertEquals(canonical, Level.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "s16",
                "s-1",
                "S1",
                "s01",
                "1",
                "s0:",
                "s0:c1024",
                "s0:c3.c1",
                "s0:c3.c3",
                "s0:c1,",
                "s0:,c1",
                "s0:c1.",
                "s0:.c1",
                "s0:c",
                "s0:c01",
                "s0:c1.c2.c3",
                "s0 ",
                "s0:c1:c2",
                "s0-s1",
                "s٣",
                "s99999999999"
            })
    void shouldRefuseWhatIsNoLevel(String text) {
        LabelException wrong = assertThrows(LabelException.class, () -> Level.parse(text));

        assertTrue(wrong.problem().startsWith("no security level: was "), wrong::problem);
        assertTrue(wrong.remedy().contains("s0 to s15"), wrong::remedy);
    }

    @Test
    void shouldRefuseATextThatIsTooLong() {
        LabelException wrong =
                assertThrows(LabelException.class, () -> Level.parse("s0:" + "c1,".repeat(4_000) + "c1"));

        assertTrue(wrong.problem().length() < 200, wrong::problem);
    }

    @Test
    void shouldShowNoControlCharacters() {
        LabelException wrong = assertThrows(LabelException.class, () -> Level.parse("s0\u001b[2J\u202e"));

        assertEquals("no security level: was s0\uFFFD[2J\uFFFD", wrong.problem());
    }

    @ParameterizedTest
    @CsvSource({
        "s2,s2,EQUAL",
        "s3,s2,DOMINATES",
        "s2,s3,DOMINATED",
        "s2:c1,s2,DOMINATES",
        "s2,s2:c1,DOMINATED",
        "s3,s2:c1,INCOMPARABLE",
        "s2:c1,s2:c2,INCOMPARABLE",
        "s2:c1.c9,s1:c3,DOMINATES",
        "s1:c1000,s2:c1000,DOMINATED"
    })
    void shouldCompare(String level, String other, Dominance dominance) {
        assertEquals(dominance, Level.parse(level).to(Level.parse(other)));
    }

    @Test
    void shouldBeWhatTheWireSays() {
        WireLevel wire = new WireLevel().begin(9);
        wire.add(0);
        wire.add(240);
        wire.add(1023);

        assertEquals(Level.of(9, 0, 240, 1023), Level.of(wire));
        assertEquals("s9:c0,c240,c1023", Level.of(wire).toString());
    }

    @Test
    void shouldRefuseNumbersThatDoNotExist() {
        assertThrows(IllegalArgumentException.class, () -> Level.of(16));
        assertThrows(IllegalArgumentException.class, () -> Level.of(0, 1024));
        assertThrows(IllegalArgumentException.class, () -> Level.of(0, -1));
    }
}
