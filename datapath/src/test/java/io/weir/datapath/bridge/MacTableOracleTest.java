package io.weir.datapath.bridge;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The table against a hash map that does the same in the obvious way. jqwik prints the seed of a failing run. */
class MacTableOracleTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long AGEING_NS = 20 * SECOND_NS;
    private static final int CAPACITY = 256;
    private static final int MACS = 40;
    private static final int PORTS = 4;
    private static final int LIMIT = 25;

    private static final class Entry {
        int port;
        int kind;
        long seenNs;
    }

    private final Map<Long, Entry> model = new HashMap<>();
    private long nowNs;

    @Property(tries = 200)
    void shouldBehaveAsTheModel(@ForAll long seed) {
        Random random = new Random(seed);
        MacTable table = MacTable.create(CAPACITY, seed, AGEING_NS, TableUpdates.NONE);
        model.clear();
        nowNs = random.nextLong();

        for (int step = 0; step < 500; step++) {
            nowNs += random.nextLong(2 * SECOND_NS);
            act(table, random);
            if (step % 25 == 0) {
                compare(table);
            }
        }
        compare(table);
    }

    private void act(MacTable table, Random random) {
        int vlan = 1 + random.nextInt(3);
        long mac = 0x0200_0000_0000L + random.nextInt(MACS);
        int port = random.nextInt(PORTS);
        long key = MacTable.key(vlan, mac);
        switch (random.nextInt(20)) {
            case 0 -> {
                table.flushPort(port);
                model.values().removeIf(e -> e.port == port && e.kind != MacTable.STATIC);
            }
            case 1 -> {
                table.flushVlan(vlan);
                model.entrySet()
                        .removeIf(e -> MacTable.vlanOf(e.getKey()) == vlan && e.getValue().kind != MacTable.STATIC);
            }
            case 2 -> {
                table.bind(vlan, mac, port, nowNs);
                put(key, port, MacTable.STATIC);
            }
            case 3, 4 -> {
                table.remove(vlan, mac);
                model.remove(key);
            }
            case 5, 6 -> {
                table.sweep(nowNs, random.nextInt(4 * CAPACITY));
            }
            default -> {
                int kind = random.nextInt(8) == 0 ? MacTable.STICKY : MacTable.LEARNED;
                dropAgedOn(table);
                assertEquals(learn(key, port, kind), table.learn(vlan, mac, port, nowNs, kind, LIMIT, 0));
            }
        }
    }

    /** Limits count addresses until a sweep takes them, so the model, which has no sweep, is compared without any. */
    private void dropAgedOn(MacTable table) {
        table.sweep(nowNs, 4 * CAPACITY);
        model.values().removeIf(this::aged);
    }

    private int learn(long key, int port, int kind) {
        Entry entry = model.get(key);
        long held = model.values().stream()
                .filter(e -> e.port == port && e.kind != MacTable.STATIC)
                .count();
        if (entry == null) {
            if (held >= LIMIT) {
                return MacTable.LIMIT;
            }
            put(key, port, kind);
            return MacTable.ADDED;
        }
        if (entry.port == port) {
            if (nowNs - entry.seenNs >= SECOND_NS) {
                entry.seenNs = nowNs;
            }
            return MacTable.REFRESHED;
        }
        if (entry.kind != MacTable.LEARNED) {
            return MacTable.BOUND;
        }
        if (held >= LIMIT) {
            return MacTable.LIMIT;
        }
        put(key, port, kind);
        return MacTable.MOVED;
    }

    private void put(long key, int port, int kind) {
        Entry entry = model.computeIfAbsent(key, k -> new Entry());
        entry.port = port;
        entry.kind = kind;
        entry.seenNs = nowNs;
    }

    private boolean aged(Entry entry) {
        return entry.kind == MacTable.LEARNED && nowNs - entry.seenNs > AGEING_NS;
    }

    private void compare(MacTable table) {
        for (int vlan = 1; vlan <= 3; vlan++) {
            for (int i = 0; i < MACS; i++) {
                long mac = 0x0200_0000_0000L + i;
                Entry entry = model.get(MacTable.key(vlan, mac));
                int expected = entry == null || aged(entry) ? -1 : entry.port;
                assertEquals(expected, table.lookup(vlan, mac, nowNs));
            }
        }
        Map<Long, Integer> shown = new HashMap<>();
        table.forEach(nowNs, (vlan, mac, port, kind, remote, ageNs) -> shown.put(MacTable.key(vlan, mac), port));
        long live = model.values().stream().filter(e -> !aged(e)).count();
        assertEquals(live, shown.size());
    }
}
