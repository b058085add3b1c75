package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.weir.identity.component.Document;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;

/** Dissolves groups: what components and selectors peers stand for. References were checked before; a name of nothing is nothing. */
final class Groups {
    private final PolicySet documents;
    private final Numbers numbers;
    private final Map<String, PeerSet> known = new HashMap<>();

    Groups(PolicySet documents, Numbers numbers) {
        this.documents = documents;
        this.numbers = numbers;
    }

    PeerSet dissolve(List<Peer> peers) {
        return dissolve(peers, new HashSet<>());
    }

    private PeerSet dissolve(List<Peer> peers, Set<String> around) {
        TreeSet<Integer> identities = new TreeSet<>();
        Set<Map<String, String>> selectors = new LinkedHashSet<>();
        List<Peer.ByCidr> networks = new ArrayList<>();
        for (Peer peer : peers) {
            switch (peer) {
                case Peer.Any any -> {
                    return PeerSet.ANY;
                }
                case Peer.ById(String component) -> identities.add(numbers.identity(component));
                case Peer.ByLabels(Map<String, String> labels) -> selectors.add(labels);
                case Peer.ByCidr network -> networks.add(network);
                case Peer.ByGroup(String group) -> {
                    PeerSet members = group(group, around);
                    for (int identity : members.identities()) {
                        identities.add(identity);
                    }
                    selectors.addAll(members.selectors());
                }
            }
        }
        int[] sorted = identities.stream().mapToInt(Integer::intValue).toArray();
        return new PeerSet(false, sorted, List.copyOf(selectors), List.copyOf(networks));
    }

    private PeerSet group(String id, Set<String> around) {
        PeerSet members = known.get(id);
        if (members != null) {
            return members;
        }
        Document document = documents.get(Kind.GROUP, id);
        if (document == null || !around.add(id)) {
            return dissolve(List.of());
        }
        members = dissolve(((Group) document.body()).members(), around);
        around.remove(id);
        known.put(id, members);
        return members;
    }
}
