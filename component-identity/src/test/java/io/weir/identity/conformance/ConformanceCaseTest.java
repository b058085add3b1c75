package io.weir.identity.conformance;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.policy.Action;
import io.weir.datapath.wire.IpProtocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
class ConformanceCaseTest {
    private static final List<String> COMPONENTS = List.of("x.a", "x.b", "y.a");
    private static final String TEXT = """
            # where it comes from
            == documents
            first: 1
            == sub-test 1
            == probes
            x.a -> x.b tcp/80 allow
            == sub-test 2
            == documents
            second: 2
            == probes
            x.b -> x.a icmp/8 reject by r
            == remove s
            == refused
            third: 3
            == sub-test 3
            == probes
            """;

    @Test
    void shouldGiveEachSubTestWhatLedUpToIt() {
        List<SubTest> subTests = parse(TEXT).subTests();

        assertEquals(3, subTests.size());
        assertEquals(List.of(new SubTest.Apply("first: 1\n")), subTests.get(0).before());
        assertEquals(List.of(new SubTest.Apply("first: 1\n")), subTests.get(1).before());
        assertEquals(
                List.of(new SubTest.Apply("first: 1\n"), new SubTest.Apply("second: 2\n"), new SubTest.Remove("s")),
                subTests.get(2).before());
    }

    @Test
    void shouldKeepTheOrderOfSteps() {
        SubTest second = parse(TEXT).subTests().get(1);

        assertEquals("t/2", second.toString());
        assertEquals(
                List.of(
                        new SubTest.Apply("second: 2\n"),
                        new SubTest.Try(Probe.parse("x.b -> x.a icmp/8 reject by r")),
                        new SubTest.Remove("s"),
                        new SubTest.Refuse("third: 3\n")),
                second.steps());
        assertEquals(1, second.probes());
    }

    @Test
    void shouldReadWhatAProbeSays() {
        Probe probe = Probe.parse("x.b -> x.a icmp/8 reject by r");

        assertEquals("x.b", probe.from());
        assertEquals("x.a", probe.to());
        assertEquals(IpProtocol.ICMP, probe.protocol());
        assertEquals(8 << 8, probe.port());
        assertEquals(Action.REJECT, probe.action());
        assertEquals("r", probe.by().orElseThrow());
    }

    @Test
    void shouldLetTheLastFittingLineOfAMatrixDecide() {
        String text = "== sub-test 1\n== matrix tcp/80 allow\nx.* -> * deny\nx.a -> y.a allow\n";

        List<String> probes = parse(text).subTests().get(0).steps().stream()
                .map(step -> ((SubTest.Try) step).probe().text())
                .toList();

        assertEquals(
                List.of(
                        "x.a -> x.b tcp/80 deny",
                        "x.a -> y.a tcp/80 allow",
                        "x.b -> x.a tcp/80 deny",
                        "x.b -> y.a tcp/80 deny",
                        "y.a -> x.a tcp/80 allow",
                        "y.a -> x.b tcp/80 allow"),
                probes);
    }

    @Test
    void shouldRefuseWhatIsNoProbe() {
        for (String line : List.of("x.a x.b tcp/80 allow", "x.a -> x.b http/80 allow", "x.a -> x.b tcp/80 maybe")) {
            assertRefused("== sub-test 1\n== probes\n" + line + '\n', ": was \"" + line);
        }
    }

    @Test
    void shouldRefuseLinesWhereNoneBelong() {
        assertRefused("x.a -> x.b tcp/80 allow\n", "before the first section");
        assertRefused("== sub-test 1\nx.a -> x.b tcp/80 allow\n", "nothing may stand below");
        assertRefused("== sub-test 1\n== prose\n", "unknown section");
        assertRefused("== sub-test 1\n== matrix tcp/80 allow\nq.* -> * deny\n", "fits nobody");
    }

    private static ConformanceCase parse(String text) {
        return ConformanceCase.parse("t", text, COMPONENTS);
    }

    private static void assertRefused(String text, String message) {
        Exception failure = assertThrows(IllegalArgumentException.class, () -> parse(text));

        assertTrue(String.valueOf(failure.getMessage()).contains(message), failure.getMessage());
    }
}
