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
    private static final int LEVEL = 2;
    private static final long NOW = 1_000_000_000_000L;

    private final LocalHosts hosts = new LocalHosts(0x5EED);

    @Test
    void shouldKnowAHostUntilItWasNotSeenForLong() {
        hosts.see(6, HIGH, 1, MAC, LEVEL, NOW);

        assertEquals(MAC, hosts.find(6, HIGH, 1, NOW + LocalHosts.FORGET_NS - 1));
        assertEquals(LocalHosts.UNKNOWN, hosts.find(6, HIGH, 1, NOW + LocalHosts.FORGET_NS));
        assertEquals(LocalHosts.UNKNOWN, hosts.find(6, HIGH, 2, NOW));
    }

    @Test
    void shouldNotTakeAnIpv6HostForTheIpv4HostWhoseAddressLooksTheSame() {
        hosts.see(4, 0, 0xFFFF_0A08_0114L, MAC, LEVEL, NOW);
        hosts.see(6, 0, 0xFFFF_0A08_0114L, MAC + 1, LEVEL, NOW);

        assertEquals(MAC, hosts.find(4, 0, 0xFFFF_0A08_0114L, NOW));
        assertEquals(MAC + 1, hosts.find(6, 0, 0xFFFF_0A08_0114L, NOW));
    }

    @Test
    void shouldBelieveTheLastMacAddress() {
        hosts.see(6, HIGH, 1, MAC, LEVEL, NOW);
        hosts.see(6, HIGH, 1, MAC + 1, LEVEL, NOW + 1);

        assertEquals(MAC + 1, hosts.find(6, HIGH, 1, NOW + 2));
    }

    @Test
    void shouldAskForADoubtfulHostAndStillKnowIt() {
        hosts.see(6, HIGH, 1, MAC, LEVEL, NOW);

        assertFalse(hosts.ask(6, HIGH, 1, LEVEL, NOW + LocalHosts.DOUBT_NS - 1));
        assertTrue(hosts.ask(6, HIGH, 1, LEVEL, NOW + LocalHosts.DOUBT_NS));
        assertFalse(hosts.ask(6, HIGH, 1, LEVEL, NOW + LocalHosts.DOUBT_NS + 1));
        assertEquals(MAC, hosts.find(6, HIGH, 1, NOW + LocalHosts.DOUBT_NS));
    }

    @Test
    void shouldNeverGiveUpAKnownHostForAQuestion() {
        for (int i = 0; i < 2_000; i++) {
            hosts.see(6, HIGH, i, MAC + i, LEVEL, NOW);
        }
        int before = known(2_000);
        for (int i = 10_000; i < 60_000; i++) {
            hosts.ask(6, HIGH, i, LEVEL, NOW + i);
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
            hosts.see(6, HIGH, i, MAC + i, LEVEL, NOW + i);
        }

        for (int i = 19_900; i < 20_000; i++) {
            assertEquals(MAC + i, hosts.find(6, HIGH, i, NOW + 20_000), "host " + i);
        }
    }

    @Test
    void shouldLetNobodyWithManyAddressesKeepOthersFromBeingFound() {
        for (int i = 0; i < 50_000; i++) {
            hosts.see(6, HIGH, i, MAC, LEVEL, NOW + i);
        }

        int asked = 0;
        for (int i = 100_000; i < 100_100; i++) {
            asked += hosts.ask(6, HIGH, i, LEVEL, NOW + 60_000) ? 1 : 0;
            hosts.see(6, HIGH, i, MAC + i, LEVEL, NOW + 60_000);
        }
        for (int i = 50_000; i < 90_000; i++) {
            hosts.see(6, HIGH, i, MAC, LEVEL, NOW + 60_000 + i);
        }

        assertEquals(100, asked);
        for (int i = 100_000; i < 100_100; i++) {
            assertEquals(MAC + i, hosts.find(6, HIGH, i, NOW + 150_000), "host " + i);
            assertTrue(hosts.asked(6, HIGH, i, NOW + 150_000), "question " + i);
        }
    }

    @Test
    void shouldLetNoLevelTakeTheHostsOfAnother() {
        for (int i = 0; i < 100; i++) {
            hosts.see(6, HIGH, i, MAC + i, LEVEL, NOW);
        }
        for (int i = 1_000; i < 60_000; i++) {
            hosts.see(6, HIGH, i, MAC + i, LEVEL + 1, NOW + i);
        }

        for (int i = 0; i < 100; i++) {
            assertEquals(MAC + i, hosts.find(6, HIGH, i, NOW + 60_000), "host " + i);
        }
    }

    @Test
    void shouldLetNoLevelsQuestionsTakeTheRoomOfAnothers() {
        for (int i = 0; i < 10_000; i++) {
            hosts.ask(6, HIGH, i, LEVEL, NOW);
        }

        assertTrue(hosts.ask(6, HIGH, 100_000, LEVEL + 1, NOW));
        assertTrue(hosts.ask(6, HIGH, 0, LEVEL + 1, NOW), "what the other level asks may not reach the host");
        assertFalse(hosts.ask(6, HIGH, 100_001, LEVEL, NOW));
    }
}
