package io.weir.datapath.bridge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class MulticastTableTest {
    private final UpdateLog log = new UpdateLog();
    private final MulticastTable table = new MulticastTable(16, 0x5EED, log);

    private static Set<Integer> asSet(MulticastTable table, int group) {
        Set<Integer> ports = new HashSet<>();
        for (int port = table.members(group).next(0);
                port >= 0;
                port = table.members(group).next(port + 1)) {
            ports.add(port);
        }
        return ports;
    }

    @Test
    void shouldBehaveAsAMapOfSets() {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            MulticastTable actual = new MulticastTable(256, seed, TableUpdates.NONE);
            Map<Long, Set<Integer>> model = new HashMap<>();
            for (int step = 0; step < 2000; step++) {
                long low = random.nextInt(40);
                int port = random.nextInt(6);
                int action = random.nextInt(10);
                if (action == 0) {
                    actual.flushPort(port);
                    model.values().forEach(ports -> ports.remove(port));
                } else if (action < 5) {
                    actual.leave(1 + (int) (low % 2), 5, low, port);
                    model.getOrDefault(low, new HashSet<>()).remove(port);
                } else {
                    actual.join(1 + (int) (low % 2), 5, low, port, step);
                    model.computeIfAbsent(low, key -> new HashSet<>()).add(port);
                }
            }

            for (long low = 0; low < 40; low++) {
                int group = actual.find(1 + (int) (low % 2), 5, low);
                Set<Integer> expected = model.getOrDefault(low, Set.of());
                Set<Integer> found = group == MulticastTable.NO_GROUP ? Set.of() : asSet(actual, group);
                assertEquals(expected, found, "seed " + seed + " group " + low);
            }
            int total = model.values().stream().mapToInt(Set::size).sum();
            assertEquals(total, actual.memberships());
        }
    }

    @Test
    void shouldBeSaturatedForAsLongAsATurnedAwayMemberLives() {
        for (int group = 0; group < 16; group++) {
            table.join(1, 5, group, group, 0);
        }
        assertFalse(table.saturated(0));

        table.join(1, 5, 99, 1, 7);

        assertEquals(16, table.groups());
        assertTrue(table.saturated(7));
        assertTrue(table.saturated(7 + MulticastTable.MEMBERSHIP_NS - 1));
        assertFalse(table.saturated(7 + MulticastTable.MEMBERSHIP_NS));
    }

    @Test
    void shouldNotLetOnePortTakeMoreThanAQuarter() {
        MulticastTable wide = new MulticastTable(64, 1, log);
        for (int vlan = 1; vlan <= 64; vlan++) {
            wide.join(vlan, 5, vlan, 1, 0);
        }
        wide.leave(1, 5, 1, 1);
        wide.join(1, 5, 1, 2, 0);

        assertEquals(15, wide.count(1));
        assertEquals(1, wide.count(2));
        assertFalse(wide.saturated(0));
    }

    @Test
    void shouldNotAgeOrEchoWhatOtherWorkersSaid() {
        table.applyRemoteJoined(1, 5, 1, 9, 0);
        table.applyRemoteQuerier(1, MulticastTable.IPV4, 0);
        table.applyRemoteRouter(3, MulticastTable.IPV4, 0);
        table.expire(10 * MulticastTable.MEMBERSHIP_NS);
        int after = table.memberships();
        table.applyRemoteLeft(1, 5, 1, 9);
        table.applyRemoteLeft(1, 5, 1, 9);

        assertEquals(1, after);
        assertEquals(0, table.memberships());
        assertEquals(List.of(), log.lines);
    }

    @Test
    void shouldShowMembershipsWithTheirAge() {
        table.join(7, 0, InternetAddresses.ipv4Low(0xEF01_0203), 3, 100);
        StringBuilder shown = new StringBuilder();

        table.forEach(
                150,
                (vlan, high, low, port, remote, ageNs) -> shown.append(vlan)
                        .append(' ')
                        .append(Long.toHexString(MulticastTable.groupMac(high, low)))
                        .append(" p")
                        .append(port)
                        .append(' ')
                        .append(ageNs));

        assertEquals("7 1005e010203 p3 50", shown.toString());
    }

    @Test
    void shouldNameTheGroupMacOfIpv6() {
        assertEquals(0x3333_0002_0003L, MulticastTable.groupMac(0xFF15L << 48, 0x0001_0000_0002_0003L));
    }
}
