package io.weir.identity.compile;

import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

import io.weir.datapath.policy.Identity;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Peer;

/**
 * Whether two rules may match one flow. Never no when some flow could meet both; what addresses components have is not looked at,
 * so a network may hold any component.
 */
final class Overlap {
    private final Profiles profiles;
    private final IntUnaryOperator profileOf;

    /** @param profileOf number of the labels of an identity, 0 for none */
    Overlap(Profiles profiles, IntUnaryOperator profileOf) {
        this.profiles = profiles;
        this.profileOf = profileOf;
    }

    boolean of(RuleDraft a, RuleDraft b) {
        boolean ports = a.l4() == null || b.l4() == null || Assurances.overlap(a.l4(), b.l4());
        return ports && of(a.subject(), b.subject()) && of(a.peers(), b.peers());
    }

    private boolean of(PeerSet a, PeerSet b) {
        if (a.any() || b.any()) {
            return true;
        }
        return share(a.identities(), b.identities())
                || chosen(a, b)
                || chosen(b, a)
                || a.selectors().stream().anyMatch(one -> b.selectors().stream().anyMatch(other -> compatible(one, other)))
                || held(a, b)
                || held(b, a)
                || a.networks().stream().anyMatch(one -> b.networks().stream().anyMatch(other -> share(one, other)));
    }

    private static boolean share(int[] a, int[] b) {
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            if (a[i] == b[j]) {
                return true;
            }
            if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        return false;
    }

    /** Whether a selector of one chooses a component that the other names. */
    private boolean chosen(PeerSet selecting, PeerSet naming) {
        for (int identity : naming.identities()) {
            int profile = profileOf.applyAsInt(identity);
            if (selecting.selectors().stream().anyMatch(selector -> profiles.matches(selector, profile))) {
                return true;
            }
        }
        return false;
    }

    /** Whether some set of labels could be chosen by both. */
    private static boolean compatible(Map<String, String> a, Map<String, String> b) {
        return a.entrySet().stream()
                .allMatch(label -> label.getValue().equals(b.getOrDefault(label.getKey(), label.getValue())));
    }

    /** Whether a network of one may hold an end that the other names or chooses. */
    private boolean held(PeerSet holding, PeerSet naming) {
        for (Peer.ByCidr network : holding.networks()) {
            boolean named = network.scope() == Peer.Scope.ANY
                    ? naming.identities().length > 0 || !naming.selectors().isEmpty()
                    : strangers(naming);
            if (named) {
                return true;
            }
        }
        return false;
    }

    private boolean strangers(PeerSet naming) {
        for (int identity : naming.identities()) {
            if (identity < Identity.FIRST_COMPONENT) {
                return true;
            }
        }
        for (int identity = Identity.HOST; identity <= Identity.UNKNOWN; identity++) {
            int profile = profileOf.applyAsInt(identity);
            if (naming.selectors().stream().anyMatch(selector -> profiles.matches(selector, profile))) {
                return true;
            }
        }
        return false;
    }

    private static boolean share(Peer.ByCidr a, Peer.ByCidr b) {
        return (a.prefix().contains(b.prefix()) || b.prefix().contains(a.prefix()))
                && !within(a.prefix(), b.except())
                && !within(b.prefix(), a.except());
    }

    private static boolean within(IpPrefix prefix, List<IpPrefix> parts) {
        return parts.stream().anyMatch(part -> part.contains(prefix));
    }
}
