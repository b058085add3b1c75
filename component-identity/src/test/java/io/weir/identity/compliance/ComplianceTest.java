package io.weir.identity.compliance;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.weir.identity.compliance.ComplianceResult.Outcome;
import io.weir.identity.compliance.ComplianceResult.Step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ComplianceTest {
    private static final FlowGraph UPWARDS = graph("public > secret");

    @Test
    void shouldComplyWhenEveryFlowIsAllowed() {
        ComplianceResult result = compare("public > (proxy), (proxy) > secret", UPWARDS);

        assertEquals(Outcome.COMPLIANT, result.outcome());
        assertEquals("", result.path());
    }

    @Test
    void shouldShowTheShortestFlowThatIsNot() {
        ComplianceResult result = compare(
                "public > secret, secret > (cache), (cache) > (proxy), (proxy) > public,"
                        + "secret > (browser), (browser) > public",
                UPWARDS);

        assertEquals(Outcome.VIOLATED, result.outcome());
        assertEquals("secret -> browser -> public", result.path());
        assertEquals(
                new Step("secret", "browser", "secret > (browser)"),
                result.counterexample().getFirst());
    }

    @Test
    void shouldFindTheLeakThatOnlyTheWholeHas() {
        FlowGraph guest = graph("guest_secret > shared");
        FlowGraph host = graph("shared > host_public");
        FlowGraph bound = graph("guest_secret > shared, host_public > shared");
        FlowGraph both = graph("guest_secret > shared, shared > host_public");

        assertEquals(
                Outcome.COMPLIANT,
                Compliance.check(guest, LabelMap.SAME, FlowBound.of(bound)).outcome());
        assertEquals(
                "shared -> host_public",
                Compliance.check(host, LabelMap.SAME, FlowBound.of(bound)).path());
        assertEquals(
                "shared -> host_public",
                Compliance.check(both, LabelMap.SAME, FlowBound.of(bound)).path());
    }

    @Test
    void shouldNeverPassWhatCannotBeCompared() {
        ComplianceResult unknown = compare("public > private", UPWARDS);
        assertEquals(Outcome.AMBIGUOUS, unknown.outcome());
        assertEquals(List.of("private is private there, which is no label of that policy"), unknown.ambiguities());

        LabelMap toOne = new LabelMap(Map.of("a", "secret", "b", "secret"));
        ComplianceResult twofold = Compliance.check(graph("a > b"), toOne, FlowBound.of(UPWARDS));
        assertEquals(Outcome.AMBIGUOUS, twofold.outcome());
        assertEquals(List.of("b and a are both secret there"), twofold.ambiguities());
    }

    @Test
    void shouldTakeLabelsByTheirNamesInTheOtherPolicy() {
        LabelMap map = new LabelMap(Map.of("guest_low", "public", "guest_high", "secret"));

        assertTrue(Compliance.check(graph("guest_low > guest_high"), map, FlowBound.of(UPWARDS))
                .compliant());
        assertEquals(
                "guest_high -> guest_low",
                Compliance.check(graph("guest_high > guest_low"), map, FlowBound.of(UPWARDS))
                        .path());
    }

    @Test
    void shouldLeaveFilteredStepsToTheFilterAndNameIt() {
        FlowGraph.Builder builder = FlowGraph.builder();
        builder.step(builder.label("public"), builder.label("secret"), builder.reason("up"));
        FlowGraph.Filter filter = new FlowGraph.Filter("secret", "public", "declassifier", "reviewed by hand");
        builder.filter(filter);
        FlowGraph policy = builder.build();

        ComplianceResult result = Compliance.check(policy, LabelMap.SAME, FlowBound.of(UPWARDS));

        assertTrue(result.compliant());
        assertEquals(List.of(filter), result.filters());
    }

    @Test
    void shouldNameUnfilteredStepsIntoATrustedProgram() {
        FlowGraph policy = graph("net > (switch), (switch) > net, disk > (switch)");

        assertEquals(
                List.of(new Step("net", "switch", "net > (switch)"), new Step("disk", "switch", "disk > (switch)")),
                ProgramIntegrity.unfiltered(policy, Set.of("switch")));
        assertEquals(List.of(), ProgramIntegrity.unfiltered(graph("(switch) > net"), Set.of("switch")));
    }

    @Test
    void shouldRefuseOneNameForTwoThings() {
        FlowGraph.Builder builder = FlowGraph.builder();
        int _ = builder.label("a");

        assertThrows(IllegalArgumentException.class, () -> builder.carrier("a"));
    }

    @Test
    void shouldFollowAChainLongerThanAnyStackIsDeep() {
        FlowGraph.Builder builder = FlowGraph.builder();
        int reason = builder.reason("next");
        int last = builder.label("first");
        for (int i = 0; i < 300_000; i++) {
            int next = builder.carrier("c" + i);
            builder.step(last, next, reason);
            last = next;
        }
        builder.step(last, builder.label("last"), reason);

        ComplianceResult result = Compliance.check(builder.build(), LabelMap.SAME, FlowBound.of(graph("last > first")));

        assertEquals(300_001, result.counterexample().size());
    }

    private static ComplianceResult compare(String policy, FlowGraph bound) {
        return Compliance.check(graph(policy), LabelMap.SAME, FlowBound.of(bound));
    }

    /** Steps such as {@code a > (b), (b) > c}; carriers stand in brackets. The step's text is its reason. */
    private static FlowGraph graph(String text) {
        FlowGraph.Builder builder = FlowGraph.builder();
        for (String step : text.split(",", -1)) {
            String[] ends = step.strip().split(" > ", 2);
            builder.step(node(builder, ends[0]), node(builder, ends[1]), builder.reason(step.strip()));
        }
        return builder.build();
    }

    private static int node(FlowGraph.Builder builder, String name) {
        return name.startsWith("(") ? builder.carrier(name.substring(1, name.length() - 1)) : builder.label(name);
    }
}
