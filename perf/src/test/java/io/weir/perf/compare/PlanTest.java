package io.weir.perf.compare;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.weir.perf.compare.Plan.Entrant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PlanTest {
    private final Plan plan = Plan.complete(Path.of("weir"), Path.of("forwarder"));

    @Test
    void shouldHaveEveryContenderOfARowTakePartInItsMeasure() {
        for (Bar bar : plan.bars()) {
            assertTrue(takesPart(bar.weir(), bar.measure()), bar.toString());
            String peer = bar.peer();
            assertTrue(peer == null || takesPart(peer, bar.measure()), bar.toString());
        }
    }

    @Test
    void shouldKeepOnlyWhatIsNeededWhenNarrowed() {
        Plan narrow = plan.only(Set.of(Plan.TCP_VETH));

        assertEquals(
                List.of("weir-packet", "ovs-veth"),
                narrow.entrants().stream().map(Entrant::name).toList());
        assertEquals(1, narrow.bars().size());
    }

    @Test
    void shouldDropOtherMeasuresOfAContenderWhenNarrowed() {
        Entrant weir = plan.only(Set.of(Plan.PING)).entrants().getFirst();

        assertEquals(Set.of(Plan.PING), weir.measures());
    }

    @Test
    void shouldNameTheChoicesWhenAMeasureIsUnknown() {
        BenchException thrown = assertThrows(BenchException.class, () -> plan.only(Set.of("pong", "ping")));

        assertTrue(thrown.reason().startsWith("--only knows no pong: choose from "), thrown.reason());
    }

    @Test
    void shouldHaveAProbeForEveryMeasure() {
        Probe tcp = (testbed, contender) -> Map.of();
        Probes probes = new Probes(tcp, tcp, tcp, tcp, tcp);

        plan.measures().stream()
                .filter(measure -> !plan.inMemory().contains(measure))
                .forEach(measure -> assertEquals(tcp, probes.of(measure)));
        assertThrows(IllegalArgumentException.class, () -> probes.of("pong"));
    }

    @Test
    void shouldLeaveTheTestbedOutWhenNarrowedToMemory() {
        Plan narrow = plan.only(Set.of(Plan.APPLY));

        assertEquals(List.of(), narrow.entrants());
        assertEquals(List.of(Plan.APPLY), narrow.inMemory());
        assertEquals(3, narrow.bars().size());
    }

    private boolean takesPart(String contender, String measure) {
        if (contender.equals(Plan.IN_MEMORY)) {
            return plan.inMemory().contains(measure);
        }
        return plan.entrants().stream()
                .anyMatch(entrant ->
                        entrant.name().equals(contender) && entrant.measures().contains(measure));
    }
}
