package io.weir.identity.label;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SecurityContextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "system_u:system_r:ledger_t:s0|system_u:system_r:ledger_t:s0",
                "u:r:t:s15:c0.c1023|u:r:t:s15:c0.c1023",
                "u:r:t:s2-s5:c1.c3|u:r:t:s2-s5:c1.c3",
                "u:r:t:s2:c1,c3-s2:c0.c7|u:r:t:s2:c1,c3-s2:c0.c7",
                "u:r:t:s0-s0|u:r:t:s0",
                "u:r:t:s1:c7,c0.c3|u:r:t:s1:c0.c3,c7",
                "u:r:t:s2:c1.c3,c7-s5:c0.c15|u:r:t:s2:c1.c3,c7-s5:c0.c15"
            })
    void shouldReadAContext(String text, String canonical) {
        assertEquals(canonical, SecurityContext.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|a security context has a user, a role, a type and a range: was nothing",
                "u:r:t|a security context has a user, a role, a type and a range: was u:r:t",
                ":r:t:s0|the user of a security context must be 1 to 64 letters, digits, dots, underscores: was nothing",
                "u:r-r:t:s0|the role of a security context must be 1 to 64 letters, digits, dots, underscores: was r-r",
                "u:r:t t:s0|the type of a security context must be 1 to 64 letters, digits, dots, underscores: was t t",
                "u:r:t:s0-s1-s2|a range has two levels: was s0-s1-s2",
                "u:r:t:s16|no security level: was s16",
                "u:r:t:|no security level: was nothing",
                "u:r:t:s0-|no security level: was nothing",
                "u:r:t:s0:c1-s1:c1:c2|no security level: was s1:c1:c2",
                "u:r:t:s2-s1|the high level of a range must dominate the low one: was s2-s1",
                "u:r:t:s1:c1-s2:c2|the high level of a range must dominate the low one: was s1:c1-s2:c2"
            })
    void shouldSayWhatIsWrongWithAContext(String text, String problem) {
        LabelException wrong = assertThrows(LabelException.class, () -> SecurityContext.parse(text));

        assertEquals(problem, wrong.problem());
        assertEquals(problem + "; " + wrong.remedy(), wrong.getMessage());
    }
}
