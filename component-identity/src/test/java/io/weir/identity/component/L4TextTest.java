package io.weir.identity.component;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.identity.component.L4Match.Range;
import io.weir.identity.component.L4Text.Destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class L4TextTest {
    @ParameterizedTest
    @CsvSource({"tcp, 6", "udp, 17", "sctp, 132", "icmp, 1", "icmpv6, 58", "any, -1", "47, 47", "0, 0", "255, 255"})
    void shouldReadAndWriteProtocols(String text, int protocol) {
        assertEquals(protocol, L4Text.protocol(text));
        assertEquals(text, L4Text.protocol(protocol));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "256", "-1", "TCP", "gre", "99999999999"})
    void shouldRefuseWhatIsNoProtocol(String text) {
        assertEquals(L4Text.INVALID, L4Text.protocol(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80|80",
                "0|0",
                "443,80|80,443",
                "80, 443 ,1000-2000|80,443,1000-2000",
                "80,81|80-81",
                "10-20,15-30,31|10-31",
                "10-30,15-20|10-30",
                "0-65535|0-65535"
            })
    void shouldReadPortsIntoAscendingRanges(String text, String written) {
        List<Range> ports = L4Text.ports(text);

        assertEquals(written, ports == null ? "null" : L4Text.ports(ports));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "80,", "80-", "-80", "80-70", "65536", "1-2-3", "http", "8 0", "+1"})
    void shouldRefuseWhatIsNoPort(String text) {
        assertNull(L4Text.ports(text));
    }

    @Test
    void shouldReadIcmpTypesByNameAndNumberAndCode() {
        assertEquals(new Range(0x0800, 0x08FF), L4Text.icmpType(L4Text.ICMP, "echo-request"));
        assertEquals(new Range(0x8000, 0x80FF), L4Text.icmpType(L4Text.ICMPV6, "echo-request"));
        assertEquals(new Range(0x0304, 0x0304), L4Text.icmpType(L4Text.ICMP, "3/4"));
        assertEquals(new Range(0x0300, 0x0305), L4Text.icmpType(L4Text.ICMP, "destination-unreachable/0-5"));
        assertNull(L4Text.icmpType(L4Text.ICMP, "256"));
        assertNull(L4Text.icmpType(L4Text.ICMP, "3/256"));
        assertNull(L4Text.icmpType(L4Text.ICMP, "packet-too-big"));
    }

    @Test
    void shouldWriteRangesOfIcmpTypesSoThatTheyAreReadAsTheSame() {
        List<Range> ranges = List.of(new Range(0x0305, 0x0502), new Range(0x0800, 0x08FF), new Range(0x0904, 0x0904));

        List<String> types = L4Text.icmpTypes(L4Text.ICMP, ranges);

        assertEquals(
                List.of("destination-unreachable/5-255", "4", "redirect/0-2", "echo-request", "router-advertisement/4"),
                types);
        assertEquals(
                ranges,
                L4Text.merged(types.stream()
                        .mapMulti((String type, java.util.function.Consumer<Range> into) -> {
                            Range range = L4Text.icmpType(L4Text.ICMP, type);
                            if (range != null) {
                                into.accept(range);
                            }
                        })
                        .toList()));
    }

    @ParameterizedTest
    @CsvSource({
        "tcp/5432, 6, 5432",
        "udp/53, 17, 53",
        "sctp/0, 132, 0",
        "icmp/8, 1, 2048",
        "icmp/3/4, 1, 772",
        "icmpv6/128, 58, 32768",
        "47, 47, 0"
    })
    void shouldReadAndWriteDestinations(String text, int protocol, int port) {
        assertEquals(new Destination(protocol, port), L4Text.destination(text));
        assertEquals(text, L4Text.destination(protocol, port));
    }

    @Test
    void shouldReadADestinationByTheNameOfItsType() {
        assertEquals(new Destination(L4Text.ICMPV6, 128 << 8), L4Text.destination("icmpv6/echo-request"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tcp",
                "tcp/",
                "tcp/80-90",
                "tcp/65536",
                "any",
                "any/80",
                "47/1",
                "icmp",
                "icmp/8/0-3",
                "icmp/8/256"
            })
    void shouldRefuseWhatIsNoDestination(String text) {
        assertNull(L4Text.destination(text));
    }
}
