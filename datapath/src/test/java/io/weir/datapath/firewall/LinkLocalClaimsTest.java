package io.weir.datapath.firewall;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LinkLocalClaimsTest {
    private static final long HIGH = 0xFE80L << 48;
    private static final long MAC_A = 0x0200_0000_000AL;
    private static final long MAC_B = 0x0200_0000_000BL;
    private static final long DERIVED_A = 0x0000_00FF_FE00_000AL;
    private static final int A = 1;
    private static final int B = 2;

    private final LinkLocalClaims claims = new LinkLocalClaims(0x5EED);
    private long nowNs;

    private boolean claim(int port, long mac, long low) {
        return claims.claim(10, HIGH, low, port, mac, false, false, nowNs);
    }

    private boolean router(int port, long mac, long low) {
        return claims.claim(10, HIGH, low, port, mac, true, false, nowNs);
    }

    @Test
    void shouldTellTheAddressThatIsMadeOfAMacAddress() {
        // The example of RFC 4291 appendix A: 34-56-78-9A-BC-DE.
        assertTrue(LinkLocalClaims.isDerived(0x3656_78FF_FE9A_BCDEL, 0x3456_789A_BCDEL));
        assertTrue(LinkLocalClaims.isDerived(DERIVED_A, MAC_A));
        assertFalse(LinkLocalClaims.isDerived(DERIVED_A, MAC_B));
        assertFalse(LinkLocalClaims.isDerived(1, MAC_A));
    }

    @Test
    void shouldKeepAnAddressForWhoeverCameFirstWhileItIsUsed() {
        assertTrue(claim(A, MAC_A, 7));
        for (int i = 0; i < 10; i++) {
            nowNs += LinkLocalClaims.LIFETIME_NS;
            assertFalse(claim(B, MAC_B, 7));
            assertFalse(claim(A, MAC_B, 7));
            assertTrue(claim(A, MAC_A, 7));
        }
        assertTrue(claims.claim(11, HIGH, 7, B, MAC_B, false, false, nowNs), "another VLAN is another link");
        nowNs += LinkLocalClaims.LIFETIME_NS + 1;
        assertTrue(claim(B, MAC_B, 7));
        assertFalse(claim(A, MAC_A, 7));
        claims.forgetPort(B);
        assertTrue(claim(A, MAC_A, 7));
    }

    @Test
    void shouldGiveAnAddressToWhoseMacAddressItIsMadeOf() {
        assertTrue(claim(B, MAC_B, DERIVED_A));
        assertTrue(claim(A, MAC_A, DERIVED_A));
        assertFalse(claim(B, MAC_B, DERIVED_A));
    }

    @Test
    void shouldLetARouterTakeAnyAddressAndNobodyTakeIts() {
        assertTrue(claim(B, MAC_B, 1));
        assertTrue(router(A, MAC_A, 1));
        assertFalse(claim(B, MAC_B, 1));
        assertFalse(claim(B, MAC_A, 1), "with its MAC address, which is not known to be that port's");
        assertTrue(router(A, MAC_A, DERIVED_A));
        assertFalse(claim(B, MAC_A, DERIVED_A));
        assertTrue(claims.claim(10, HIGH, 1, B, MAC_A, false, true, nowNs), "moved here");
    }

    @Test
    void shouldLetNoPortTakeTheRoomOfOthers() {
        int held = 0;
        for (int low = 1; low <= 10_000; low++) {
            held += claim(B, MAC_B, low) ? 1 : 0;
        }
        assertTrue(held <= LinkLocalClaims.PER_PORT && held > LinkLocalClaims.PER_PORT / 2, held + " held");
        for (int low = 20_001; low <= 50_000; low++) {
            assertTrue(router(3, MAC_B, low));
        }
        assertTrue(claim(A, MAC_A, DERIVED_A));
        assertTrue(router(4, MAC_A, 1), "and a router comes always in");
        assertFalse(claim(B, MAC_B, 1));
    }
}
