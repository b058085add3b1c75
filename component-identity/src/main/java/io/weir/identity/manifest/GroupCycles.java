package io.weir.identity.manifest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.weir.identity.component.Document;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;

/**
 * Finds groups that hold themselves, by a depth-first walk with a stack of its own: a chain of 200,000 groups is no cycle and
 * must not overflow the thread's. Each member that leads back into the chain it hangs on is one cycle.
 */
final class GroupCycles {
    private final PolicySet documents;
    private final Map<String, Boolean> finished = new HashMap<>(); // false while its members are walked
    private final Deque<Walk> chain = new ArrayDeque<>();
    private final List<Cycle> cycles = new ArrayList<>();

    /**
     * One cycle.
     *
     * @param groups in their order, the last of which holds the first
     * @param document the last one
     * @param path of the member that closes it
     */
    record Cycle(List<String> groups, Document document, String path) {}

    /** A group, and how many of its members have been looked at. */
    private static final class Walk {
        private final Document document;
        private final List<Peer> members;
        private int next;

        Walk(Document document) {
            this.document = document;
            this.members = ((Group) document.body()).members();
        }
    }

    private GroupCycles(PolicySet documents) {
        this.documents = documents;
    }

    /** The cycles that can be reached from the groups among the given documents. */
    static List<Cycle> find(PolicySet documents, Collection<Document> from) {
        GroupCycles finder = new GroupCycles(documents);
        from.stream().filter(document -> document.kind() == Kind.GROUP).forEach(finder::walk);
        return finder.cycles;
    }

    private void walk(Document start) {
        enter(start);
        while (!chain.isEmpty()) {
            Walk walk = chain.getLast();
            if (walk.next == walk.members.size()) {
                finished.put(chain.removeLast().document.id(), true);
            } else if (walk.members.get(walk.next++) instanceof Peer.ByGroup(String id)) {
                follow(walk, id);
            }
        }
    }

    private void enter(Document group) {
        if (finished.putIfAbsent(group.id(), false) == null) {
            chain.addLast(new Walk(group));
        }
    }

    private void follow(Walk walk, String id) {
        Document group = documents.get(Kind.GROUP, id);
        if (group == null) {
            return; // told as a reference to nothing
        }
        if (Boolean.FALSE.equals(finished.get(id))) {
            List<String> groups = chain.stream().map(link -> link.document.id()).toList();
            String path = "spec.members[" + (walk.next - 1) + "].group";
            cycles.add(new Cycle(groups.subList(groups.indexOf(id), groups.size()), walk.document, path));
        }
        enter(group);
    }
}
