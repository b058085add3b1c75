package io.weir.kernel.ethtool;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.kernel.Errno;
import io.weir.kernel.TestNamespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EthtoolIT {
    private TestNamespace inside;
    private Ethtool ethtool;

    @BeforeEach
    void create() {
        inside = new TestNamespace();
        inside.vethPair("left", "right");
        ethtool = Ethtool.open(inside.namespace());
    }

    @AfterEach
    void delete() {
        if (ethtool != null) {
            ethtool.close();
        }
        if (inside != null) {
            inside.close();
        }
    }

    @Test
    void shouldNameTheDriver() {
        assertEquals("veth", ethtool.driver("left"));
        assertEquals("", ethtool.driver("no-such-link"));
        assertEquals("", ethtool.driver("a-name-longer-than-any-link"));
    }

    @Test
    void shouldSwitchOffloadsOffAndOn() {
        assertEquals(1, ethtool.offload("left", Offload.TX_CHECKSUM));
        assertEquals(1, ethtool.offload("left", Offload.TSO));

        assertEquals(0, ethtool.offload("left", Offload.TSO, false));
        assertEquals(0, ethtool.offload("left", Offload.TX_CHECKSUM, false));

        assertEquals(0, ethtool.offload("left", Offload.TSO));
        assertEquals(0, ethtool.offload("left", Offload.TX_CHECKSUM));
        assertTrue(inside.exec("ethtool -k left").contains("tx-checksumming: off"));
        assertEquals(0, ethtool.offload("left", Offload.GRO, true));
        assertEquals(1, ethtool.offload("left", Offload.GRO));
        assertEquals(0, ethtool.offload("left", Offload.LRO));
    }

    @Test
    void shouldReturnErrnoWhenLinkDoesNotExist() {
        assertEquals(-Errno.ENODEV, ethtool.offload("no-such-link", Offload.TSO));
        assertEquals(-Errno.ENODEV, ethtool.offload("no-such-link", Offload.TSO, false));
    }
}
