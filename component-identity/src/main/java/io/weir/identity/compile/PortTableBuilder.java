package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.L4Match;
import io.weir.identity.evaluate.PortTable;

/** Writes the {@link PortTable} of one port. Used once. */
final class PortTableBuilder {
    private static final int EXACT_LENGTH = 128;

    private final List<Placement> placements;
    private final int[] assurances;
    private final Ints out;
    private final List<Address> networks = new ArrayList<>();
    private final Slots slots = new Slots();
    private final Map<List<Integer>, Integer> maps = new HashMap<>(); // by claims in it, the most specific first
    private final Map<SortedSet<Integer>, Integer> sets = new HashMap<>();
    private int exactShapes;
    private int shapes;

    /** @param assurances of the placements, one each */
    PortTableBuilder(List<Placement> placements, int[] assurances, int mostInts) {
        this.placements = placements;
        this.assurances = assurances;
        this.out = new Ints(mostInts);
    }

    PortTable build() {
        out.add(0);
        Map<Long, List<Integer>> groups = new TreeMap<>(); // placements by word of the group
        for (int i = 0; i < placements.size(); i++) {
            Placement placement = placements.get(i);
            int shape = placement.shape();
            long word = PortTable.word(
                    shape | PortTable.GROUP,
                    placement.mac(),
                    placement.instance().vlan());
            shapes |= 1 << shape;
            groups.computeIfAbsent(word, at -> new ArrayList<>()).add(i);
            if ((shape & PortTable.MAC) != 0) {
                slots.put(PortTable.word(PortTable.KNOWN_MAC, placement.mac(), 0), 0, 0, 1);
            }
        }
        groups.forEach(this::group);
        int toMany = toMany();
        addresses();
        int everybody =
                set(identities(placements.stream().map(Placement::identity).toList()));
        int unaddressed = set(unaddressed());
        Slots.Layout layout = slots.lay();
        return new PortTable(
                exactShapes,
                shapes,
                (shapes & (1 | 1 << PortTable.VLAN)) != 0,
                layout.slots(),
                layout.mask(),
                layout.seed(),
                out.toArray(),
                networks.stream()
                        .flatMapToLong(bound -> java.util.stream.LongStream.of(bound.high(), bound.low()))
                        .toArray(),
                toMany,
                everybody,
                unaddressed);
    }

    /** Slots of the placements that say the same MAC address and VLAN. */
    private void group(long word, List<Integer> members) {
        List<Integer> open = new ArrayList<>(); // without address
        Map<IpPrefix, List<Integer>> byPrefix = new HashMap<>();
        for (int member : members) {
            List<IpPrefix> ips = placements.get(member).instance().ips();
            ips.forEach(
                    ip -> byPrefix.computeIfAbsent(ip, at -> new ArrayList<>()).add(member));
            if (ips.isEmpty()) {
                open.add(member);
            }
        }
        List<IpPrefix> wider = byPrefix.keySet().stream()
                .filter(ip -> ip.length() < EXACT_LENGTH)
                .sorted((a, b) -> Integer.compare(b.length(), a.length()))
                .toList();
        // Of claims to the same network those that say ports come first.
        byPrefix.values().forEach(this::portsFirst);
        portsFirst(open);
        writeGroup(word, members, open, byPrefix, wider);
        byPrefix.forEach((ip, here) -> {
            if (ip.length() == EXACT_LENGTH) {
                List<Integer> claims = new ArrayList<>(here);
                wider.stream()
                        .filter(network -> network.contains(ip))
                        .forEach(network -> claims.addAll(found(byPrefix, network)));
                claims.addAll(open);
                int shape = (int) (word >>> 60) & 3;
                exactShapes |= 1 << shape;
                slots.put(word & ~((long) PortTable.GROUP << 60), ip.high(), ip.low(), map(claims));
            }
        });
    }

    private void portsFirst(List<Integer> claims) {
        claims.sort(Comparator.comparing(claim -> instance(claim).l4().isEmpty()));
    }

    private static List<Integer> found(Map<IpPrefix, List<Integer>> byPrefix, IpPrefix network) {
        return byPrefix.getOrDefault(network, List.of());
    }

    private void writeGroup(
            long word,
            List<Integer> members,
            List<Integer> open,
            Map<IpPrefix, List<Integer>> byPrefix,
            List<IpPrefix> wider) {
        List<Integer> sections = new ArrayList<>();
        int bounds = 2 * networks.size();
        if (!wider.isEmpty()) {
            NetworkSections cut = new NetworkSections();
            for (int i = 0; i < wider.size(); i++) {
                cut.add(i, wider.get(i), List.of());
            }
            cut.forEach((first, holders) -> {
                networks.add(first);
                sections.add(map(claims(holders, wider, byPrefix, open)));
            });
        }
        int none = open.isEmpty() ? 0 : map(open);
        int at = out.length();
        out.add(none);
        out.add(together(members));
        out.add(bounds);
        out.add(sections.size());
        sections.forEach(out::add);
        slots.put(word, 0, 0, at);
    }

    private static List<Integer> claims(
            BitSet holders, List<IpPrefix> wider, Map<IpPrefix, List<Integer>> byPrefix, List<Integer> open) {
        List<Integer> claims = new ArrayList<>();
        holders.stream().forEach(network -> claims.addAll(found(byPrefix, wider.get(network))));
        claims.addAll(open);
        return claims;
    }

    /**
     * Map of the claims to one place, the first wins. Claims of different components that are equally specific do not overlap,
     * {@link Assurances} has refused those.
     */
    private int map(List<Integer> claims) {
        if (claims.isEmpty()) {
            return 0;
        }
        Integer known = maps.get(claims);
        if (known != null) {
            return known;
        }
        L4MapBuilder builder = new L4MapBuilder();
        for (int i = 0; i < claims.size(); i++) {
            List<L4Match> l4 = instance(claims.get(i)).l4();
            builder.add(i, l4.isEmpty() ? null : l4);
        }
        int set = set(identities(
                claims.stream().map(claim -> placements.get(claim).identity()).toList()));
        out.add(set);
        int at = builder.write(out, holders -> holders.isEmpty() ? 0 : who(claims.get(holders.nextSetBit(0))));
        maps.put(List.copyOf(claims), at);
        return at;
    }

    private Instance instance(int placement) {
        return placements.get(placement).instance();
    }

    private int who(int placement) {
        return placements.get(placement).identity() << PortTable.ASSURANCE_BITS | assurances[placement];
    }

    /** The one component that all of them belong to, on the weakest claim; 0 when they are several. */
    private int together(List<Integer> members) {
        int identity = placements.get(members.getFirst()).identity();
        int assurance = Integer.MAX_VALUE;
        for (int member : members) {
            if (placements.get(member).identity() != identity) {
                return 0;
            }
            assurance = Math.min(assurance, assurances[member]);
        }
        return identity << PortTable.ASSURANCE_BITS | assurance;
    }

    /** Who receives what is sent to many, by VLAN; returns who does so in VLANs that nobody says. */
    private int toMany() {
        List<Integer> open = new ArrayList<>();
        Map<Integer, List<Integer>> byVlan = new TreeMap<>();
        for (int i = 0; i < placements.size(); i++) {
            int vlan = instance(i).vlan();
            (vlan == 0 ? open : byVlan.computeIfAbsent(vlan, at -> new ArrayList<>())).add(i);
        }
        byVlan.forEach((vlan, members) -> {
            members.addAll(open);
            int at = out.length();
            out.add(together(members));
            slots.put(PortTable.word(PortTable.TO_MANY, 0, vlan), 0, 0, at);
        });
        return open.isEmpty() ? 0 : together(open);
    }

    /** Who may have each exact address, whatever the MAC address. */
    private void addresses() {
        SortedSet<Integer> others = unaddressed();
        Map<IpPrefix, TreeSet<Integer>> byAddress = new HashMap<>();
        for (Placement placement : placements) {
            for (IpPrefix ip : placement.instance().ips()) {
                if (ip.length() == EXACT_LENGTH) {
                    byAddress.computeIfAbsent(ip, at -> new TreeSet<>(others)).add(placement.identity());
                }
            }
        }
        byAddress.forEach(
                (ip, set) -> slots.put(PortTable.word(PortTable.ADDRESS, 0, 0), ip.high(), ip.low(), set(set)));
    }

    private SortedSet<Integer> unaddressed() {
        TreeSet<Integer> set = new TreeSet<>();
        for (Placement placement : placements) {
            List<IpPrefix> ips = placement.instance().ips();
            if (ips.isEmpty() || ips.stream().anyMatch(ip -> ip.length() < EXACT_LENGTH)) {
                set.add(placement.identity());
            }
        }
        return set;
    }

    private static SortedSet<Integer> identities(List<Integer> of) {
        return new TreeSet<>(of);
    }

    private int set(SortedSet<Integer> identities) {
        return sets.computeIfAbsent(identities, at -> {
            int offset = out.length();
            out.add(identities.size());
            identities.forEach(out::add);
            return offset;
        });
    }
}
