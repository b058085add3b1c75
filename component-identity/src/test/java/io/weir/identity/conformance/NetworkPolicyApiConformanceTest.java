package io.weir.identity.conformance;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The cases of the Kubernetes network-policy-api through manifests, compiler and evaluator, and as frames through the pipeline.
 * docs/conformance/network-policy-api.md says what they are.
 */
@Timeout(60)
class NetworkPolicyApiConformanceTest {
    private static final ConformanceSuite SUITE = ConformanceSuite.networkPolicyApi();

    /** Counted in the suite itself, so that data that lost a case does not pass. */
    private static final int TESTS = 24;

    private static final int SUB_TESTS = 92;
    private static final int PROBES = 301;

    static Stream<SubTest> subTests() {
        return SUITE.subTests();
    }

    @ParameterizedTest
    @MethodSource("subTests")
    void shouldForwardOrDropFramesAsTheSuiteSays(SubTest subTest) {
        try (PipelineProber prober = new PipelineProber(SUITE.places().values())) {
            assertEquals(subTest.probes(), CaseRun.of(SUITE, subTest, prober));
        }
    }

    @ParameterizedTest
    @MethodSource("subTests")
    void shouldJudgeEveryProbeAsTheSuiteSays(SubTest subTest) {
        int probes = CaseRun.of(SUITE, subTest, new EvaluatorProber());

        assertEquals(subTest.probes(), probes);
    }

    @Test
    void shouldHoldEveryCaseOfTheSuite() {
        assertEquals(TESTS, SUITE.cases().size());
        assertEquals(SUB_TESTS, SUITE.subTests().count());
        assertEquals(PROBES, SUITE.probes());
    }
}
