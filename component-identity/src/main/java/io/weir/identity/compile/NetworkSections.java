package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

import io.weir.identity.component.IpPrefix;

/**
 * Cuts the line of all addresses where networks begin and end, and tells for each section which owners' networks hold it. One sweep
 * over the sorted ends.
 */
final class NetworkSections {
    private final TreeMap<Address, List<Event>> events = new TreeMap<>();
    private final List<int[]> depth = new ArrayList<>(); // by entry: {owner, networks around, exceptions around}
    private final List<Integer> covered = new ArrayList<>(); // by owner: entries that hold the section

    /** A section and who holds it. */
    interface Visitor {
        void section(Address first, BitSet owners);
    }

    private record Event(int entry, boolean exception, int step) {}

    /** Adds a network of an owner, numbered from 0, less its exceptions. */
    void add(int owner, IpPrefix network, List<IpPrefix> except) {
        int entry = depth.size();
        depth.add(new int[] {owner, 0, 0});
        while (covered.size() <= owner) {
            covered.add(0);
        }
        put(entry, false, network);
        except.forEach(part -> put(entry, true, part));
        if (network.surroundsIpv4()) {
            put(entry, true, IpPrefix.ALL_IPV4);
        }
    }

    private void put(int entry, boolean exception, IpPrefix prefix) {
        events.computeIfAbsent(Address.first(prefix), at -> new ArrayList<>()).add(new Event(entry, exception, 1));
        Address behind = Address.behind(prefix);
        if (!behind.equals(Address.ZERO)) {
            events.computeIfAbsent(behind, at -> new ArrayList<>()).add(new Event(entry, exception, -1));
        }
    }

    /** Visits all sections in order, the first from :: on. The set is reused. */
    void forEach(Visitor visitor) {
        BitSet owners = new BitSet();
        if (!events.containsKey(Address.ZERO)) {
            visitor.section(Address.ZERO, owners);
        }
        events.forEach((at, here) -> {
            here.forEach(event -> step(event, owners));
            visitor.section(at, owners);
        });
    }

    private void step(Event event, BitSet owners) {
        int[] entry = depth.get(event.entry);
        boolean held = entry[1] > 0 && entry[2] == 0;
        entry[event.exception ? 2 : 1] += event.step;
        boolean holds = entry[1] > 0 && entry[2] == 0;
        if (held != holds) {
            int count = covered.get(entry[0]) + (holds ? 1 : -1);
            covered.set(entry[0], count);
            owners.set(entry[0], count > 0);
        }
    }
}
