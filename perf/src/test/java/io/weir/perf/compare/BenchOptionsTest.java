package io.weir.perf.compare;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BenchOptionsTest {
    @Test
    void shouldRunEverythingThreeTimesWhenNothingIsSaid() {
        BenchOptions options = BenchOptions.parse(List.of());

        assertEquals(new BenchOptions(Set.of(), 3, false, Optional.empty(), false), options);
    }

    @Test
    void shouldTakeEveryOptionWhenSaid() {
        BenchOptions options = BenchOptions.parse(
                List.of("--only", "ping,tcp-tap", "--csv", "out.csv", "--rounds", "5", "--quick", "--install"));

        assertEquals(
                new BenchOptions(Set.of("ping", "tcp-tap"), 5, true, Optional.of(Path.of("out.csv")), true), options);
    }

    @Test
    void shouldRunOneRoundWhenQuick() {
        assertEquals(1, BenchOptions.parse(List.of("--quick")).rounds());
    }

    @ParameterizedTest
    @CsvSource({
        "--rounds 0, must be 1 to 100: was 0",
        "--rounds x, must be 1 to 100: was x",
        "--rounds, needs a value",
        "--csv --quick, needs a value",
        "--fast, unknown argument: --fast"
    })
    void shouldNameTheArgumentWhenItIsBad(String arguments, String message) {
        List<String> line = List.of(arguments.split(" "));

        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> BenchOptions.parse(line));

        assertTrue(String.valueOf(thrown.getMessage()).contains(message), thrown.getMessage());
    }

    @Test
    void shouldListEveryMeasureInTheUsage() {
        Plan plan = Plan.complete(Path.of("weir"), Path.of("forwarder"));

        assertFalse(plan.measures().isEmpty());
        plan.measures().forEach(measure -> assertTrue(BenchOptions.USAGE.contains(measure), measure));
    }
}
