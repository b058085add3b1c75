package io.weir.identity.conformance;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.wire.IpProtocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
class ConformanceCaseTest {
    private static final String TEXT = """
            # where it comes from
            == documents
            first: 1
            == sub-test 1
            == probes
            a -> b tcp/80 allow
            == sub-test 2
            == documents
            second: 2
            == probes
            b -> a udp/53 deny
            == documents
            third: 3
            == probes
            b -> a sctp/9 allow
            == sub-test 3
            == probes
            """;

    @Test
    void shouldGiveEachSubTestWhatLedUpToIt() {
        ConformanceCase test = ConformanceCase.parse("t", TEXT);

        assertEquals(3, test.subTests().size());
        assertEquals(List.of("first: 1\n"), test.subTests().get(0).before());
        assertEquals(List.of("first: 1\n"), test.subTests().get(1).before());
        assertEquals(
                List.of("first: 1\n", "second: 2\n", "third: 3\n"),
                test.subTests().get(2).before());
    }

    @Test
    void shouldKeepTheOrderOfDocumentsAndProbes() {
        SubTest second = ConformanceCase.parse("t", TEXT).subTests().get(1);

        assertEquals("t/2", second.toString());
        assertEquals(
                List.of(
                        new SubTest.Apply("second: 2\n"),
                        new SubTest.Try(new Probe("b", "a", IpProtocol.UDP, 53, false, "b -> a udp/53 deny")),
                        new SubTest.Apply("third: 3\n"),
                        new SubTest.Try(new Probe("b", "a", IpProtocol.SCTP, 9, true, "b -> a sctp/9 allow"))),
                second.steps());
        assertEquals(2, second.probes());
    }

    @Test
    void shouldRefuseWhatIsNoProbe() {
        for (String line : List.of("a b tcp/80 allow", "a -> b http/80 allow", "a -> b tcp/80 maybe")) {
            String text = "== sub-test 1\n== probes\n" + line + '\n';

            Exception failure = assertThrows(IllegalArgumentException.class, () -> ConformanceCase.parse("t", text));

            assertTrue(String.valueOf(failure.getMessage()).contains(": was \""), line);
        }
    }

    @Test
    void shouldRefuseLinesOutsideASection() {
        assertThrows(IllegalArgumentException.class, () -> ConformanceCase.parse("t", "a -> b tcp/80 allow\n"));
    }
}
