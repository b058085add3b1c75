package io.weir.control.access;

import java.net.InetSocketAddress;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class HostPortTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            hv7:7443,               hv7,         7443
            hv7.example.org:1,      hv7.example.org, 1
            192.0.2.1:65535,        192.0.2.1,   65535
            [2001:db8::1]:7443,     2001:db8::1, 7443
            [::]:0,                 ::,          0
            [fe80::1%eth0]:7443,    fe80::1%eth0, 7443
            """)
    void shouldSplitHostAndPort(String text, String host, int port) {
        Optional<InetSocketAddress> parsed = HostPort.parse(text);

        assertEquals(Optional.of(InetSocketAddress.createUnresolved(host, port)), parsed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hv7", "hv7:", ":7443", "hv7:65536", "hv7:-1", "2001:db8::1:7443", "[::1]", "a b:1", "/x:1"})
    void shouldRefuseWhatIsNoAddress(String text) {
        assertEquals(Optional.empty(), HostPort.parse(text));
    }

    @Test
    void shouldNotLookTheNameUp() {
        assertTrue(HostPort.parse("localhost:1").orElseThrow().isUnresolved());
    }
}
