package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.weir.datapath.policy.Assurance;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.L4Match;
import io.weir.identity.document.Problem;

/**
 * What each claim on a port rests on: towards every other component of the port the strongest attribute that tells the two
 * instances apart, and of those the weakest.
 *
 * <p>Two instances are told apart by an attribute that both say and in which they differ. When there is none they overlap, and the
 * more specific one wins; then it is the strongest attribute that only one of them says. When neither is more specific nobody could
 * tell whose a frame is, and both are refused.
 *
 * <p>A port may have many thousands of instances (all components of other hosts are behind the uplink), so an instance is compared
 * one by one only with those that may share an address with it.
 */
final class Assurances {
    private static final int EXACT_LENGTH = 128;
    private static final long OPEN = -1;

    private final List<Placement> placements;
    private final List<Problem> problems;
    private final Map<Long, Map<Integer, Bucket>> buckets = new HashMap<>(); // by MAC address or OPEN, by VLAN or 0

    /** The placements that say the same MAC address and VLAN, by what they say of addresses. */
    private static final class Bucket {
        private final List<Integer> members = new ArrayList<>();
        private final Map<Integer, Integer> countByIdentity = new HashMap<>();
        private final Map<IpPrefix, List<Integer>> exact = new HashMap<>();
        private final List<Integer> wide = new ArrayList<>(); // without address, or with a network

        void add(int number, Placement placement) {
            members.add(number);
            countByIdentity.merge(placement.identity(), 1, Integer::sum);
            List<IpPrefix> ips = placement.instance().ips();
            ips.forEach(ip -> exact.computeIfAbsent(ip, at -> new ArrayList<>()).add(number));
            if (isWide(placement)) {
                wide.add(number);
            }
        }

        static boolean isWide(Placement placement) {
            List<IpPrefix> ips = placement.instance().ips();
            return ips.isEmpty() || ips.stream().anyMatch(ip -> ip.length() < EXACT_LENGTH);
        }

        /** Those that may share an address with the placement. */
        Collection<Integer> near(Placement placement) {
            if (isWide(placement)) {
                return members;
            }
            Set<Integer> near = new HashSet<>(wide);
            placement.instance().ips().forEach(ip -> near.addAll(exact.getOrDefault(ip, List.of())));
            return near;
        }
    }

    private Assurances(List<Placement> placements, List<Problem> problems) {
        this.placements = placements;
        this.problems = problems;
        for (int i = 0; i < placements.size(); i++) {
            Placement placement = placements.get(i);
            buckets.computeIfAbsent(placement.instance().mac().orElse(OPEN), at -> new HashMap<>())
                    .computeIfAbsent(placement.instance().vlan(), at -> new Bucket())
                    .add(i, placement);
        }
    }

    /** One of {@link Assurance} for each placement of the port; instances that cannot be told apart are added to the problems. */
    static int[] of(List<Placement> placements, List<Problem> problems) {
        Assurances all = new Assurances(placements, problems);
        int[] assurances = new int[placements.size()];
        for (int i = 0; i < assurances.length; i++) {
            assurances[i] = all.of(i);
        }
        return assurances;
    }

    /** Compares with those of the same or no MAC address only; all others differ in that. */
    private int of(int number) {
        Placement own = placements.get(number);
        long mac = own.instance().mac().orElse(OPEN);
        int weakest = Assurance.PORT;
        int others = 0;
        for (Long key : mac == OPEN ? buckets.keySet() : Set.of(mac, OPEN)) {
            for (Bucket bucket : buckets.getOrDefault(key, Map.of()).values()) {
                weakest = Math.min(weakest, towards(number, own, bucket));
                others += bucket.members.size();
            }
        }
        boolean elsewhere = others < placements.size() && !alone(own);
        return elsewhere ? Math.min(weakest, Assurance.MAC) : weakest;
    }

    /** Whether all with another MAC address are of the same component. */
    private boolean alone(Placement own) {
        return buckets.entrySet().stream()
                .filter(entry -> entry.getKey() != OPEN
                        && entry.getKey() != own.instance().mac().orElse(OPEN))
                .flatMap(entry -> entry.getValue().values().stream())
                .allMatch(bucket -> foreign(bucket, own) == 0);
    }

    private static int foreign(Bucket bucket, Placement own) {
        return bucket.members.size() - bucket.countByIdentity.getOrDefault(own.identity(), 0);
    }

    private int towards(int number, Placement own, Bucket bucket) {
        int foreign = foreign(bucket, own);
        if (foreign == 0) {
            return Assurance.PORT;
        }
        int weakest = Assurance.PORT;
        for (int near : bucket.near(own)) {
            Placement other = placements.get(near);
            if (other.identity() != own.identity()) {
                foreign--;
                int between = between(own.instance(), other.instance());
                weakest = Math.min(weakest, between);
                if (between == Assurance.NONE && number > near) {
                    problems.add(alike(own, other));
                }
            }
        }
        // Whoever is not near says other addresses, and so does the placement.
        return foreign == 0 ? weakest : Math.min(weakest, apart(own.instance(), bucket));
    }

    private int apart(Instance own, Bucket bucket) {
        Instance other = placements.get(bucket.members.getFirst()).instance();
        boolean vlans = own.vlan() != 0 && other.vlan() != 0 && own.vlan() != other.vlan();
        boolean macs =
                own.mac().isPresent() && other.mac().isPresent() && !own.mac().equals(other.mac());
        return macs ? Assurance.MAC : vlans ? Assurance.VLAN : Assurance.IP;
    }

    static int between(Instance a, Instance b) {
        boolean macs = a.mac().isPresent() && b.mac().isPresent();
        if (macs && a.mac().getAsLong() != b.mac().getAsLong()) {
            return Assurance.MAC;
        }
        if (a.vlan() != 0 && b.vlan() != 0 && a.vlan() != b.vlan()) {
            return Assurance.VLAN;
        }
        if (!a.ips().isEmpty() && !b.ips().isEmpty() && disjoint(a, b)) {
            return Assurance.IP;
        }
        if (!a.l4().isEmpty() && !b.l4().isEmpty() && !overlap(a.l4(), b.l4())) {
            return Assurance.L4;
        }
        return bySpecificity(a, b);
    }

    private static int bySpecificity(Instance a, Instance b) {
        if (a.mac().isPresent() != b.mac().isPresent()) {
            return Assurance.MAC;
        }
        if ((a.vlan() == 0) != (b.vlan() == 0)) {
            return Assurance.VLAN;
        }
        if (a.ips().isEmpty() != b.ips().isEmpty() || (!a.ips().isEmpty() && !sameNetwork(a, b))) {
            return Assurance.IP;
        }
        return a.l4().isEmpty() == b.l4().isEmpty() ? Assurance.NONE : Assurance.L4;
    }

    private static boolean disjoint(Instance a, Instance b) {
        return a.ips().stream().noneMatch(ip -> b.ips().stream().anyMatch(other -> overlap(ip, other)));
    }

    private static boolean overlap(IpPrefix a, IpPrefix b) {
        return a.contains(b) || b.contains(a);
    }

    private static boolean sameNetwork(Instance a, Instance b) {
        return a.ips().stream().anyMatch(b.ips()::contains);
    }

    /** Whether some protocol and port is in both. */
    static boolean overlap(List<L4Match> a, List<L4Match> b) {
        return a.stream().anyMatch(one -> b.stream().anyMatch(other -> overlap(one, other)));
    }

    private static boolean overlap(L4Match a, L4Match b) {
        if (a.protocol() != b.protocol()
                && a.protocol() != L4Match.ANY_PROTOCOL
                && b.protocol() != L4Match.ANY_PROTOCOL) {
            return false;
        }
        return a.ranges().isEmpty()
                || b.ranges().isEmpty()
                || a.ranges().stream()
                        .anyMatch(one -> b.ranges().stream()
                                .anyMatch(other -> one.first() <= other.last() && other.first() <= one.last()));
    }

    private static Problem alike(Placement own, Placement other) {
        return Found.at(
                own.document(),
                own.path(),
                "cannot be told from an instance of " + other.document().id() + " ("
                        + Found.place(other.document(), other.path()) + ")",
                "let one of them say another MAC address, VLAN, IP address or port, or more of them");
    }
}
