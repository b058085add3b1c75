package io.weir.identity.compile;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;

/** Whether a component may be one of a rule's peers. Never no for one that is: addresses may be anybody's. */
final class PeerMembers {
    private final PolicySet documents;

    PeerMembers(PolicySet documents) {
        this.documents = documents;
    }

    boolean contain(List<Peer> peers, String id, Map<String, String> labels) {
        return contain(peers, id, labels, new HashSet<>());
    }

    private boolean contain(List<Peer> peers, String id, Map<String, String> labels, Set<String> around) {
        for (Peer peer : peers) {
            boolean member = switch (peer) {
                case Peer.Any any -> true;
                case Peer.ByCidr network -> true;
                case Peer.ById(String component) -> component.equals(id);
                case Peer.ByLabels(Map<String, String> wanted) ->
                    labels.entrySet().containsAll(wanted.entrySet());
                case Peer.ByGroup(String group) -> around.add(group) && contain(members(group), id, labels, around);
            };
            if (member) {
                return true;
            }
        }
        return false;
    }

    private List<Peer> members(String group) {
        Document document = documents.get(Kind.GROUP, group);
        return document == null ? List.of() : ((Group) document.body()).members();
    }

    static Map<String, String> labels(Document document) {
        return ((Component) document.body()).labels();
    }
}
