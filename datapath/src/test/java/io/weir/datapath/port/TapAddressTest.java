package io.weir.datapath.port;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

class TapAddressTest {
    @Test
    void shouldBeTheSameForTheSameNameAndHost() {
        assertEquals(TapAddress.of("vm7", "host-1"), TapAddress.of("vm7", "host-1"));
        assertEquals(TapAddress.of("vm7"), TapAddress.of("vm7"));
    }

    @Test
    void shouldDifferByNameAndByHost() {
        assertNotEquals(TapAddress.of("vm7", "host-1"), TapAddress.of("vm8", "host-1"));
        assertNotEquals(TapAddress.of("vm7", "host-1"), TapAddress.of("vm7", "host-2"));
    }

    @Test
    void shouldBeLocallyAdministeredAndOfOneStation() {
        assertEquals(0x02, TapAddress.of("vm7", "host-1") >>> 40);
    }
}
