package io.weir.identity.manifest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

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

/**
 * What documents say about each other, as far as names go: whether what is named is there, whether groups hold themselves, and
 * what the reserved components may say. Takes time in proportion to the documents.
 *
 * <p>Threading: no state.
 */
public final class ReferenceCheck {
    private static final String RESERVED_PREFIX = "reserved.";

    /** Who is no component of anybody's: the host, what is beyond the uplinks, and whoever no instance matches. */
    public static final List<String> RESERVED = List.of("reserved.host", "reserved.world", "reserved.unknown");

    /** A suggestion costs a look at every name, so that not every mistake of a large set gets one. */
    private static final int MAX_SUGGESTIONS = 20;

    private final PolicySet documents;
    private final List<Problem> problems = new ArrayList<>();

    private ReferenceCheck(PolicySet documents) {
        this.documents = documents;
    }

    /** Every mistake in the set, by source and line; none when all names lead somewhere. */
    public static List<Problem> problems(PolicySet documents) {
        return problems(PolicySet.EMPTY, documents);
    }

    /** Every mistake in a set that was made from one without mistakes; looks only at what may have become wrong. */
    public static List<Problem> problems(PolicySet before, PolicySet documents) {
        ReferenceCheck check = new ReferenceCheck(documents);
        boolean removed = before.notIn(documents).stream()
                .anyMatch(document -> documents.get(document.kind(), document.id()) == null);
        List<Document> changed = documents.notIn(removed ? PolicySet.EMPTY : before);
        changed.forEach(check::document);
        GroupCycles.find(documents, changed).forEach(check::cycle);
        return check.inOrder();
    }

    /** Every mistake in a grant that is to be made while the set holds. */
    public static List<Problem> problems(PolicySet documents, Document grant) {
        ReferenceCheck check = new ReferenceCheck(documents);
        check.document(grant);
        return check.inOrder();
    }

    private List<Problem> inOrder() {
        return problems.stream()
                .sorted(Comparator.comparing(Problem::source).thenComparingInt(Problem::line))
                .toList();
    }

    private void document(Document document) {
        switch (document.body()) {
            case Component component -> component(document, component);
            case Group group -> peers(document, "spec.members", group.members());
            case RuleSet ruleSet -> rules(document, "spec.rules", ruleSet.rules());
            case Grant grant -> grant(document, grant.rule());
        }
    }

    private void component(Document document, Component component) {
        reserved(document, component);
        rules(document, "spec.ingress", component.ingress());
        rules(document, "spec.egress", component.egress());
        for (int i = 0; i < component.ingress().size(); i++) {
            exposes(document, "spec.ingress[" + i + "].to", component.ingress().get(i), document.id(), component);
        }
        for (int i = 0; i < component.tests().size(); i++) {
            PolicyTest test = component.tests().get(i);
            component(document, "spec.tests[" + i + "].from", test.from());
            component(document, "spec.tests[" + i + "].to", test.to());
        }
    }

    private void reserved(Document document, Component component) {
        boolean reserved = RESERVED.contains(document.id());
        if (document.id().startsWith(RESERVED_PREFIX) && !reserved) {
            String known = String.join(", ", RESERVED);
            String problem = "no such reserved component: was " + document.id();
            problem(
                    document,
                    "metadata.id",
                    problem,
                    "choose a name without " + RESERVED_PREFIX + ", or one of " + known);
        } else if (reserved && !component.instances().isEmpty()) {
            String problem = document.id() + " runs nowhere that could be named";
            problem(document, "spec.identity.instances", problem, "leave instances out");
        } else if (!reserved && component.instances().isEmpty()) {
            String problem = "component " + document.id() + " has no instance";
            problem(document, "spec.identity.instances", problem, "write instances: [{port: ...}]");
        }
    }

    private void grant(Document document, Rule rule) {
        peers(document, "spec.rule.from", rule.from());
        if (rule.to().getFirst() instanceof Peer.ById(String id) && component(document, "spec.rule.toComponent", id)) {
            Document to = documents.get(Kind.COMPONENT, id);
            exposes(document, "spec.rule.to", rule, id, to == null ? null : (Component) to.body());
        }
    }

    private void rules(Document document, String path, List<Rule> rules) {
        for (int i = 0; i < rules.size(); i++) {
            peers(document, path + '[' + i + "].from", rules.get(i).from());
            peers(document, path + '[' + i + "].to", rules.get(i).to());
        }
    }

    private void peers(Document document, String path, List<Peer> peers) {
        for (int i = 0; i < peers.size(); i++) {
            switch (peers.get(i)) {
                case Peer.ById(String id) -> component(document, path + '[' + i + "].component", id);
                case Peer.ByGroup(String id) -> group(document, path + '[' + i + "].group", id);
                case Peer.Any any -> {}
                case Peer.ByLabels labels -> {} // may choose nobody today
                case Peer.ByCidr cidr -> {}
            }
        }
    }

    private boolean component(Document document, String path, String id) {
        return RESERVED.contains(id) || refer(document, path, Kind.COMPONENT, id);
    }

    private void group(Document document, String path, String id) {
        refer(document, path, Kind.GROUP, id);
    }

    private boolean refer(Document document, String path, Kind kind, String id) {
        if (documents.get(kind, id) != null) {
            return true;
        }
        String what = kind == Kind.GROUP ? "group" : "component";
        List<String> known = problems.size() < MAX_SUGGESTIONS ? ids(kind) : List.of();
        String remedy = Wording.closest(id, known, "");
        String otherwise = "add the " + what + ", or take the name out";
        problem(document, path, "no " + what + " is called " + id, remedy.startsWith("did") ? remedy : otherwise);
        return false;
    }

    private List<String> ids(Kind kind) {
        List<String> ids = new ArrayList<>(kind == Kind.COMPONENT ? RESERVED : List.of());
        documents.documents(kind).forEach(document -> ids.add(document.id()));
        return ids;
    }

    private void exposes(Document document, String path, Rule rule, String id, @Nullable Component owner) {
        List<String> names = owner == null
                ? List.of()
                : owner.exposes().stream().map(Expose::name).toList();
        for (int i = 0; i < rule.exposes().size(); i++) {
            String name = rule.exposes().get(i);
            if (!names.contains(name)) {
                String known = names.isEmpty() ? "it exposes nothing" : "it exposes " + String.join(", ", names);
                String problem = "component " + id + " exposes no " + name;
                problem(document, path + '[' + i + "].expose", problem, known);
            }
        }
    }

    private void problem(Document document, String path, String problem, String remedy) {
        int line = document.origin().line(path);
        problems.add(new Problem(document.origin().source(), line, path, document.title() + ": " + problem, remedy));
    }

    private void cycle(GroupCycles.Cycle cycle) {
        String circle =
                String.join(" -> ", cycle.groups()) + " -> " + cycle.groups().getFirst();
        problem(cycle.document(), cycle.path(), "groups hold each other: " + circle, "take one of them out");
    }
}
