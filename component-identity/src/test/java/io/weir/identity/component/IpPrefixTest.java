package io.weir.identity.component;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
class IpPrefixTest {
    private static final IpPrefix EVERY_IPV6 = new IpPrefix(0, 0, 0);
    private static final IpPrefix TEN = IpPrefix.ipv4(0x0A00_0000, 8);
    private static final long DOCUMENTATION = 0x2001_0DB8L << 32;

    @Test
    void shouldHoldAddressesOfItsOwnFamilyOnly() {
        assertTrue(TEN.contains(0, 0xFFFF_0A01_0203L));
        assertFalse(TEN.contains(0, 0xFFFF_0B01_0203L));
        assertFalse(TEN.contains(DOCUMENTATION, 1));
        assertTrue(EVERY_IPV6.contains(DOCUMENTATION, 1));
        assertTrue(EVERY_IPV6.contains(0, 1));
        assertFalse(EVERY_IPV6.contains(0, 0xFFFF_0A01_0203L));
        assertFalse(new IpPrefix(0, 0, 80).contains(0, 0xFFFF_0A01_0203L));
        assertTrue(IpPrefix.ALL_IPV4.contains(0, 0xFFFF_0A01_0203L));
    }

    @Test
    void shouldHoldNetworksOfItsOwnFamilyOnly() {
        assertTrue(IpPrefix.ALL_IPV4.contains(TEN));
        assertFalse(TEN.contains(IpPrefix.ALL_IPV4));
        assertTrue(EVERY_IPV6.contains(new IpPrefix(DOCUMENTATION, 0, 32)));
        assertFalse(EVERY_IPV6.contains(TEN));
        assertFalse(EVERY_IPV6.contains(IpPrefix.ALL_IPV4));
    }

    @Test
    void shouldTellWhenIpv4LiesWithinItsBits() {
        assertTrue(EVERY_IPV6.surroundsIpv4());
        assertTrue(new IpPrefix(0, 0, 80).surroundsIpv4());
        assertFalse(new IpPrefix(DOCUMENTATION, 0, 32).surroundsIpv4());
        assertFalse(IpPrefix.ALL_IPV4.surroundsIpv4());
        assertFalse(TEN.surroundsIpv4());
    }
}
