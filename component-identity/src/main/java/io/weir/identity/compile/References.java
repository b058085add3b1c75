package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.PolicyTest;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleSet;
import io.weir.identity.document.Problem;
import io.weir.identity.document.Spelling;

/** Checks that what documents refer to is there: components, groups, exposures; and that groups do not hold themselves. */
final class References {
    private final PolicySet documents;
    private final List<Problem> problems;
    private final Set<String> sound = new HashSet<>(); // groups without a cycle

    References(PolicySet documents, List<Problem> problems) {
        this.documents = documents;
        this.problems = problems;
    }

    void check(Collection<Document> of) {
        for (Document document : of) {
            switch (document.body()) {
                case Component component -> component(document, component);
                case Group group -> group(document, group);
                case RuleSet set -> rules(document, "spec.rules", set.rules(), List.of());
                case Grant grant -> throw new IllegalArgumentException("a grant is no part of a revision: " + grant.reason());
            }
        }
    }

    private void component(Document document, Component component) {
        rules(document, "spec.ingress", component.ingress(), component.exposes());
        rules(document, "spec.egress", component.egress(), List.of());
        for (int i = 0; i < component.tests().size(); i++) {
            PolicyTest test = component.tests().get(i);
            component(document, "spec.tests[" + i + "].from", test.from());
            component(document, "spec.tests[" + i + "].to", test.to());
        }
    }

    private void rules(Document document, String list, List<Rule> rules, List<Expose> exposes) {
        for (int i = 0; i < rules.size(); i++) {
            String path = list + '[' + i + ']';
            Rule rule = rules.get(i);
            peers(document, path + ".from", rule.from());
            peers(document, path + ".to", rule.to());
            exposures(document, path + ".to", rule.exposes(), exposes);
        }
    }

    private void exposures(Document document, String path, List<String> names, List<Expose> exposes) {
        List<String> known = exposes.stream().map(Expose::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                add(document, path, "exposes nothing by the name " + name, remedy("spec.exposes", name, known));
            }
        }
    }

    private void peers(Document document, String path, List<Peer> peers) {
        for (int i = 0; i < peers.size(); i++) {
            String at = path + '[' + i + ']';
            switch (peers.get(i)) {
                case Peer.ById(String id) -> component(document, at, id);
                case Peer.ByGroup(String id) -> {
                    if (documents.get(Kind.GROUP, id) == null) {
                        add(document, at, "there is no group " + id, remedy("a document of kind Group", id, Kind.GROUP));
                    }
                }
                default -> {}
            }
        }
    }

    private void component(Document document, String path, String id) {
        if (!Numbers.RESERVED.contains(id) && documents.get(Kind.COMPONENT, id) == null) {
            add(
                    document,
                    path,
                    "there is no component " + id,
                    remedy("a document of kind Component", id, Kind.COMPONENT));
        }
    }

    private void group(Document document, Group group) {
        peers(document, "spec.members", group.members());
        List<String> way = new ArrayList<>();
        if (cycle(document.id(), way)) {
            add(
                    document,
                    "spec.members",
                    "the group holds itself: " + String.join(" > ", way),
                    "take one of them out of the other");
        }
    }

    /** Whether the group is reached again from itself; the way is what was gone through. */
    private boolean cycle(String id, List<String> way) {
        if (sound.contains(id)) {
            return false;
        }
        boolean again = way.contains(id);
        way.add(id);
        if (again) {
            return true;
        }
        if (documents.get(Kind.GROUP, id) instanceof Document(_, _, Group(List<Peer> members), _, _)) {
            for (Peer member : members) {
                if (member instanceof Peer.ByGroup(String inner) && cycle(inner, way)) {
                    return true;
                }
            }
        }
        way.removeLast();
        sound.add(id);
        return false;
    }

    private String remedy(String where, String name, Kind kind) {
        return remedy(
                where,
                name,
                documents.documents(kind).stream().map(Document::id).toList());
    }

    private static String remedy(String where, String name, List<String> known) {
        return Spelling.closest(name, known)
                .map(closest -> "did you mean " + closest + '?')
                .orElse("add it to " + where + ", or take the reference away");
    }

    private void add(Document document, String path, String problem, String remedy) {
        problems.add(Found.at(document, path, problem, remedy));
    }
}
