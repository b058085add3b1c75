package io.weir.identity.conformance;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The cases of the Kubernetes network-policy-api as real packets between namespaces: TCP connections and UDP datagrams of the
 * kernel's sockets, and SCTP's INIT, each over IPv4 and IPv6. docs/conformance/network-policy-api.md says what they are.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NetworkPolicyApiIT {
    private static final ConformanceSuite SUITE = ConformanceSuite.networkPolicyApi();

    private static @Nullable NamespaceProber prober;

    static Stream<SubTest> subTests() {
        return SUITE.subTests();
    }

    @BeforeAll
    static void start() {
        assumeTrue(PodNamespace.permitted(), "needs root for network namespaces");
        prober = new NamespaceProber(SUITE);
    }

    @AfterAll
    static void stop() {
        if (prober != null) {
            prober.close();
        }
    }

    @ParameterizedTest
    @MethodSource("subTests")
    void shouldLetThroughAndDropWhatTheSuiteSays(SubTest subTest) {
        NamespaceProber pods = Objects.requireNonNull(prober);
        pods.takeAttempts();

        CaseRun.of(SUITE, subTest, pods);
        pods.await();

        assertEquals(subTest.probes() * Family.values().length, pods.takeAttempts());
    }
}
