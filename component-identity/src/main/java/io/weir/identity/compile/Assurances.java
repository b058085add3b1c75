package io.weir.identity.compile;

import java.util.List;

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
 */
final class Assurances {
    private Assurances() {}

    /** One of {@link Assurance} for each placement of the port; instances that cannot be told apart are added to the problems. */
    static int[] of(List<Placement> placements, List<Problem> problems) {
        int[] assurances = new int[placements.size()];
        for (int i = 0; i < assurances.length; i++) {
            assurances[i] = Assurance.PORT;
            for (int j = 0; j < assurances.length; j++) {
                Placement own = placements.get(i);
                Placement other = placements.get(j);
                if (own.identity() != other.identity()) {
                    int between = between(own.instance(), other.instance());
                    assurances[i] = Math.min(assurances[i], between);
                    if (between == Assurance.NONE && i > j) {
                        problems.add(alike(own, other));
                    }
                }
            }
        }
        return assurances;
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
