package io.weir.identity.manifest;

import java.util.Optional;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class LabelGrammarTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "system_u:system_r:ledger_t:s0",
                "u:r:t:s15:c0.c1023",
                "u:r:t:s2-s5:c1.c3",
                "u:r:t:s2:c1,c3-s2:c0.c7",
                "u:r:t:s0-s0",
                "u:r:t:s1:c7,c0.c3"
            })
    void shouldTakeALabel(String label) {
        assertEquals(Optional.empty(), LabelGrammar.problem(label));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|must be user:role:type:low[-high]",
                "u:r:t|must be user:role:type:low[-high]",
                ":r:t:s0|user must be 1 to 64 letters, digits, dots, underscores",
                "u:r-r:t:s0|role must be 1 to 64 letters, digits, dots, underscores",
                "u:r:t t:s0|type must be 1 to 64 letters, digits, dots, underscores",
                "u:r:t:s0-s1-s2|a range has two levels",
                "u:r:t:s16|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:s|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:s0:|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:s0:c1024|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:s0:c3.c1|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:s0:c1,|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:s0-|a level must be s0 to s15, and possibly :c0 to :c1023 as in s2:c0.c3,c7",
                "u:r:t:s2-s1|the high level must dominate the low one",
                "u:r:t:s1:c1-s2:c2|the high level must dominate the low one"
            })
    void shouldSayWhatIsWrongWithALabel(String label, String problem) {
        assertEquals(Optional.of(problem), LabelGrammar.problem(label));
    }
}
