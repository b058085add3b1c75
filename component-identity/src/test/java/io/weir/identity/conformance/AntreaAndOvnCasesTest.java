package io.weir.identity.conformance;

import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Cases after those of Antrea and OVN through manifests, compiler and evaluator, and as frames through the pipeline; each says
 * which it is after.
 */
@Timeout(60)
class AntreaAndOvnCasesTest {
    private static final ConformanceSuite SUITE = ConformanceSuite.antreaAndOvn();

    static Stream<SubTest> subTests() {
        return SUITE.subTests();
    }

    @ParameterizedTest
    @MethodSource("subTests")
    void shouldForwardOrDropFramesAsTheCaseSays(SubTest subTest) {
        try (PipelineProber prober = new PipelineProber(SUITE.places().values())) {
            assertEquals(subTest.probes(), CaseRun.of(SUITE, subTest, prober));
        }
    }

    @ParameterizedTest
    @MethodSource("subTests")
    void shouldJudgeEveryProbeAsTheCaseSays(SubTest subTest) {
        int probes = CaseRun.of(SUITE, subTest, new EvaluatorProber());

        assertEquals(subTest.probes(), probes);
    }
}
