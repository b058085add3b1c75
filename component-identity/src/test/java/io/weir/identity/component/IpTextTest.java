package io.weir.identity.component;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class IpTextTest {
    @ParameterizedTest
    @CsvSource({
        "10.8.1.20, 10.8.1.20",
        "10.8.1.20/32, 10.8.1.20",
        "10.8.0.0/16, 10.8.0.0/16",
        "0.0.0.0/0, 0.0.0.0/0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::/0, ::/0",
        "::1, ::1",
        "1::, 1::",
        "FD00:0008::0020, fd00:8::20",
        "fd00:8:0:0:0:0:0:20/128, fd00:8::20",
        // RFC 5952 section 4.2: the longest run, the first of two, none of one group
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "::ffff:10.8.1.20, 10.8.1.20",
        "::ffff:10.8.0.0/112, 10.8.0.0/16",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304"
    })
    void shouldWriteInOneFormWhatItReads(String read, String written) {
        assertEquals(written, IpText.of(IpText.prefix(read)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.8.1",
                "10.8.1.2.3",
                "10.8.1.256",
                "10.8.1.01",
                "10.8.1.-1",
                "10.8.1.2/",
                "10.8.1.2/33",
                "10.8.1.2/08",
                "10.8.1.0/24/24",
                "10.8.1.2/24",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                ":1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8:",
                "1:2:3:4:5:6:7:",
                "12345::",
                "g::",
                "::1.2.3",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "fe80::1%eth0",
                "fd00::1/64",
                "\u0661::",
                " 10.8.1.2"
            })
    void shouldRefuseWhatIsNoNetwork(String text) {
        assertNull(IpText.parse(text));
        assertThrows(IllegalArgumentException.class, () -> IpText.prefix(text));
    }

    @Test
    void shouldFindTheNetworkAroundAnAddress() {
        assertEquals(IpText.prefix("10.8.1.0/24"), IpText.network("10.8.1.2/24"));
        assertEquals(IpText.prefix("fd00::/64"), IpText.network("fd00::1/64"));
        assertNull(IpText.network("10.8.1"));
    }
}
