package io.weir.ipsec.tunnel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class LocalHostsTest {
    private static final long HIGH = 0xFD00_0008_0000_0000L;
    private static final long MAC = 0x5254_0000_0001L;
    private static final long NOW = 1_000_000_000_000L;

    private final LocalHosts hosts = new LocalHosts(0x5EED);

    @Test
    void shouldKnowAHostUntilItWasNotSeenForLong() {
        hosts.see(6, HIGH, 1, MAC, NOW);

        assertEquals(MAC, hosts.find(6, HIGH, 1, NOW + LocalHosts.FORGET_NS - 1));
        assertEquals(LocalHosts.UNKNOWN, hosts.find(6, HIGH, 1, NOW + LocalHosts.FORGET_NS));
        assertEquals(LocalHosts.UNKNOWN, hosts.find(6, HIGH, 2, NOW));
    }

    @Test
    void shouldNotTakeAnIpv6HostForTheIpv4HostWhoseAddressLooksTheSame() {
        hosts.see(4, 0, 0xFFFF_0A08_0114L, MAC, NOW);
        hosts.see(6, 0, 0xFFFF_0A08_0114L, MAC + 1, NOW);

        assertEquals(MAC, hosts.find(4, 0, 0xFFFF_0A08_0114L, NOW));
        assertEquals(MAC + 1, hosts.find(6, 0, 0xFFFF_0A08_0114L, NOW));
    }

    @Test
    void shouldBelieveTheLastMacAddress() {
        hosts.see(6, HIGH, 1, MAC, NOW);
        hosts.see(6, HIGH, 1, MAC + 1, NOW + 1);

        assertEquals(MAC + 1, hosts.find(6, HIGH, 1, NOW + 2));
    }

    @Test
    void shouldAskForADoubtfulHostAndStillKnowIt() {
        hosts.see(6, HIGH, 1, MAC, NOW);

        assertFalse(hosts.ask(6, HIGH, 1, NOW + LocalHosts.DOUBT_NS - 1));
        assertTrue(hosts.ask(6, HIGH, 1, NOW + LocalHosts.DOUBT_NS));
        assertFalse(hosts.ask(6, HIGH, 1, NOW + LocalHosts.DOUBT_NS + 1));
        assertEquals(MAC, hosts.find(6, HIGH, 1, NOW + LocalHosts.DOUBT_NS));
    }

    @Test
    void shouldNeverGiveUpAKnownHostForAQuestion() {
        for (int i = 0; i < 2_000; i++) {
            hosts.see(6, HIGH, i, MAC + i, NOW);
        }
        int before = known(2_000);
        for (int i = 10_000; i < 60_000; i++) {
            hosts.ask(6, HIGH, i, NOW + i);
        }

        assertEquals(before, known(2_000));
        assertTrue(before > 1_900, "known " + before);
    }

    private int known(int hostsSeen) {
        int known = 0;
        for (int i = 0; i < hostsSeen; i++) {
            known += hosts.find(6, HIGH, i, NOW + 1) == MAC + i ? 1 : 0;
        }
        return known;
    }

    @Test
    void shouldMakeRoomForANewHostByTheOneSeenLongestAgo() {
        for (int i = 0; i < 20_000; i++) {
            hosts.see(6, HIGH, i, MAC + i, NOW + i);
        }

        for (int i = 19_900; i < 20_000; i++) {
            assertEquals(MAC + i, hosts.find(6, HIGH, i, NOW + 20_000), "host " + i);
        }
    }
}
