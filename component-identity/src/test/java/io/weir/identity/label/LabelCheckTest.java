package io.weir.identity.label;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LabelCheckTest {
    private static final LabelDomain DOMAIN = new LabelDomain(
            "d.yaml",
            "d",
            SecurityContext.UNLABELED,
            false,
            new LabelNames(Map.of(2, "internal", 5, "secret"), Map.of(1, "payroll", 3, "ledger")),
            List.of(),
            Map.of(
                    "app_t", new DomainType("app_t", "", Optional.empty()),
                    "db_t", new DomainType("db_t", "", Optional.empty()),
                    "log_t", new DomainType("log_t", "", Optional.empty())),
            Map.of("app_t", Set.of("db_t", "log_t"), "db_t", Set.of("app_t")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s2|s5|DOMINATED|DOMINATED|s5|s2||false|false",
                "s2-s5|s2|EQUAL|DOMINATES|s5|s2|s2|true|true",
                "s2|s2-s5|EQUAL|DOMINATED|s5|s2|s2|true|true",
                "s0-s3|s2-s5|DOMINATED|DOMINATED|s5|s0|s2-s3|false|true",
                "s2:c1|s2:c2|INCOMPARABLE|INCOMPARABLE|s2:c1,c2|s2||false|false",
                "s0-s3:c1|s0:c1-s2:c1.c9|DOMINATED|INCOMPARABLE|s3:c1.c9|s0|s0:c1-s2:c1|false|true"
            })
    void shouldPutLabelsBesideEachOther(
            String first,
            String second,
            Dominance low,
            Dominance high,
            String lub,
            String glb,
            String shared,
            boolean forth,
            boolean back) {
        LabelCheck check = LabelCheck.of(first, second, LabelDomain.NONE);

        assertEquals(low, check.low());
        assertEquals(high, check.high());
        assertEquals(lub, check.lub().toString());
        assertEquals(glb, check.glb().toString());
        assertEquals(Optional.ofNullable(shared), check.shared().map(LevelRange::toString));
        assertEquals(forth, check.forth());
        assertEquals(back, check.back());
        assertEquals(shared != null, check.mayPass());
        assertEquals(Optional.empty(), check.types());
    }

    @Test
    void shouldAskTheDomainForTypes() {
        LabelCheck talk = LabelCheck.of("u:r:app_t:s2", "u:r:db_t:s0-s5", DOMAIN);
        LabelCheck tell = LabelCheck.of("u:r:app_t:s2", "u:r:log_t:s2", DOMAIN);

        assertEquals(Optional.of(new LabelCheck.Types("app_t", "db_t", true, true)), talk.types());
        assertTrue(talk.forth());
        assertTrue(talk.secondContainsFirst());
        assertFalse(talk.firstContainsSecond());
        assertEquals(Optional.of(new LabelCheck.Types("app_t", "log_t", true, false)), tell.types());
        assertTrue(tell.equal());
        assertFalse(tell.mayPass());
        assertFalse(tell.forth());
    }

    @Test
    void shouldTakeNamesOfTheDomain() {
        LabelCheck check = LabelCheck.of("internal:payroll-secret:payroll,ledger", "u:r:app_t:s2:c1", DOMAIN);

        assertEquals("s2:c1-s5:c1,c3", check.first().toString());
        assertEquals("u:r:app_t:s2:c1", check.second().toString());
    }

    @Test
    void shouldSayWhatIsNoLabel() {
        assertThrows(LabelException.class, () -> LabelCheck.of("topsecret", "s2", DOMAIN));
        assertThrows(LabelException.class, () -> LabelCheck.of("s2", "u:r:app_t:s5-s2", DOMAIN));
    }
}
