package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.weir.identity.compliance.Compliance;
import io.weir.identity.compliance.ComplianceResult;
import io.weir.identity.compliance.DomainBound;
import io.weir.identity.compliance.FlowGraph;
import io.weir.identity.compliance.FlowPolicy;
import io.weir.identity.compliance.LabelMap;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Instance;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleSet;
import io.weir.identity.document.Problem;
import io.weir.identity.label.DomainType;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.Level;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;

/**
 * What information flows documents let happen. The evaluator lets every flow pass at one level, which both ends may have; so nothing
 * changes its level on the way, and what remains is inside components: one that speaks at several levels can pass on at each of them
 * what it heard at any other. Which levels those are, its range says, and with whom its rules let it speak. At the levels of copies
 * that rules send to its port it hears only.
 *
 * <p>Components whose type the domain trusts to write down are filters, and answer for themselves.
 *
 * <p>It never takes a flow for impossible that is possible: rules of time, ports and addresses count as if they matched, and that a
 * flow needs the consent of both sides is left out.
 *
 * <p>Threading: one thread, used once.
 */
public final class PolicyFlows {
    /** Levels of a component that are told at most, spoken and heard each: two already tell whether it complies. */
    private static final int MOST_LEVELS = 8;

    private final PolicySet documents;
    private final List<Rule> operatorRules;
    private final List<FlowPolicy> parts;
    private final LabelDomain domain;
    private final PeerMembers members;
    private final Map<List<Peer>, Set<LevelRange>> ranges = new HashMap<>(); // of all whom the peers may be
    private final Map<String, List<Copied>> copies = new HashMap<>(); // by the port that takes them
    private final FlowGraph.Builder graph = FlowGraph.builder();

    /** Flows of which copies are made, or that are sent elsewhere: their levels lie in a range of each side. */
    private record Copied(Set<LevelRange> from, Set<LevelRange> to) {}

    private PolicyFlows(PolicySet documents, List<Document> grants, LabelSettings labels, List<FlowPolicy> parts) {
        this.documents = documents;
        this.operatorRules = operatorRules(documents, grants);
        this.parts = parts;
        this.domain = labels.domain();
        this.members = new PeerMembers(documents);
    }

    /**
     * The flows of documents, grants beside them, as a graph whose labels are named as {@link DomainBound#name} says.
     *
     * @param parts policies of guests and peers: what happens inside a component that one describes, that one says
     */
    public static FlowGraph of(
            PolicySet documents, List<Document> grants, LabelSettings labels, List<FlowPolicy> parts) {
        return new PolicyFlows(documents, grants, labels, parts).build();
    }

    /** Whether documents comply with the domain that they are under. */
    public static ComplianceResult check(
            PolicySet documents, List<Document> grants, LabelSettings labels, List<FlowPolicy> parts) {
        return Compliance.check(of(documents, grants, labels, parts), LabelMap.SAME, new DomainBound(labels.domain()));
    }

    private SecurityContext context(Document document) {
        return ((Component) document.body()).securityLabel().orElse(domain.unlabeled());
    }

    private FlowGraph build() {
        findCopies();
        for (Document document : documents.documents(Kind.COMPONENT)) {
            SecurityContext context = context(document);
            if (!context.range().single() && !described(document.id())) {
                component(document, context);
            }
        }
        parts.forEach(part -> part.addTo(graph));
        return graph.build();
    }

    private boolean described(String component) {
        return parts.stream().anyMatch(part -> part.component().equals(Optional.of(component)));
    }

    private void component(Document document, SecurityContext context) {
        Set<Level> spoken = spoken(document, context.range());
        Set<Level> copied = spoken.isEmpty() ? Set.of() : copied(document, context.range(), spoken);
        if (spoken.size() + copied.size() < 2) {
            return;
        }
        String title = document.title();
        Optional<DomainType.Trust> trust = Optional.ofNullable(domain.types().get(context.type()))
                .flatMap(DomainType::trust)
                .filter(DomainType.Trust::writeDown);
        if (trust.isPresent()) {
            trusted(title, context, trust.get().reason());
            return;
        }
        int carrier = graph.carrier(title);
        int hears = graph.reason("its rules let " + title + " speak at this level");
        int passesOn = graph.reason(context.type() + " is not trusted to keep levels apart");
        spoken.forEach(level -> {
            int label = label(context, level);
            graph.step(label, carrier, hears);
            graph.step(carrier, label, passesOn);
        });
        int copiesReach = copied.isEmpty() ? 0 : graph.reason("rules send copies at this level to a port of " + title);
        copied.forEach(level -> graph.step(label(context, level), carrier, copiesReach));
    }

    private int label(SecurityContext context, Level level) {
        return graph.label(DomainBound.name(domain, context.type(), level));
    }

    private void trusted(String title, SecurityContext context, String reason) {
        LevelRange range = context.range();
        graph.filter(new FlowGraph.Filter(
                DomainBound.name(domain, context.type(), range.high()),
                DomainBound.name(domain, context.type(), range.low()),
                title,
                reason));
    }

    /**
     * Levels at which a component can speak with anybody, or is spoken to: what it has in common with others begins and ends at levels
     * that neither need name, and between those of one such range others lie. Where there are several, more than one is told.
     */
    private Set<Level> spoken(Document document, LevelRange range) {
        Component component = (Component) document.body();
        Set<Level> found = new LinkedHashSet<>();
        own(component.egress(), component.isolateEgress(), true).forEach(peers -> add(found, range, ranges(peers)));
        own(component.ingress(), component.isolateIngress(), false).forEach(peers -> add(found, range, ranges(peers)));
        for (Rule rule : operatorRules) {
            if (members.contain(rule.from(), document.id(), component.labels())) {
                add(found, range, ranges(rule.to()));
            }
            if (members.contain(rule.to(), document.id(), component.labels())) {
                add(found, range, ranges(rule.from()));
            }
        }
        return found;
    }

    private static void add(Set<Level> found, LevelRange range, Set<LevelRange> others) {
        for (LevelRange other : others) {
            if (found.size() >= MOST_LEVELS) {
                return;
            }
            range.intersection(other).ifPresent(shared -> {
                found.add(shared.low());
                found.add(shared.high());
            });
        }
    }

    /** Levels of copies that reach a component, and that one of its own at which it speaks does not dominate. */
    private Set<Level> copied(Document document, LevelRange range, Set<Level> spoken) {
        Set<Level> found = new LinkedHashSet<>();
        for (Instance instance : ((Component) document.body()).instances()) {
            for (Copied flows : copies.getOrDefault(instance.port(), List.of())) {
                for (LevelRange from : flows.from) {
                    range.intersection(from)
                            .filter(heard -> tooHigh(heard.high(), spoken))
                            .ifPresent(heard -> addTooHigh(found, heard, flows.to, spoken));
                }
            }
        }
        return found;
    }

    private static boolean tooHigh(Level level, Set<Level> spoken) {
        return spoken.stream().anyMatch(own -> !own.dominates(level));
    }

    private static void addTooHigh(Set<Level> found, LevelRange heard, Set<LevelRange> others, Set<Level> spoken) {
        for (LevelRange other : others) {
            if (found.size() >= MOST_LEVELS) {
                return;
            }
            // Whether any of them is too high shows in the highest.
            heard.intersection(other)
                    .map(LevelRange::high)
                    .filter(level -> tooHigh(level, spoken))
                    .ifPresent(found::add);
        }
    }

    /** What mirrors, redirects and default denies that redirect send to which ports. */
    private void findCopies() {
        for (Rule rule : operatorRules) {
            rule.target().ifPresent(port -> copy(port, ranges(rule.from()), ranges(rule.to())));
        }
        for (Document document : documents.documents(Kind.COMPONENT)) {
            Component component = (Component) document.body();
            Set<LevelRange> own = Set.of(context(document).range());
            component.egress().forEach(rule -> rule.target().ifPresent(port -> copy(port, own, ranges(rule.to()))));
            component.ingress().forEach(rule -> rule.target().ifPresent(port -> copy(port, ranges(rule.from()), own)));
            component.violations().redirectTo().ifPresent(port -> copy(port, own, own));
        }
    }

    private void copy(String port, Set<LevelRange> from, Set<LevelRange> to) {
        copies.computeIfAbsent(port, at -> new ArrayList<>()).add(new Copied(from, to));
    }

    private static List<List<Peer>> own(List<Rule> rules, boolean isolated, boolean egress) {
        List<List<Peer>> peers = new ArrayList<>();
        if (!isolated) {
            peers.add(List.of(new Peer.Any()));
        }
        rules.stream()
                .filter(PolicyFlows::lets)
                .map(egress ? Rule::to : Rule::from)
                .forEach(peers::add);
        return peers;
    }

    private static List<Rule> operatorRules(PolicySet documents, List<Document> grants) {
        List<Rule> rules = new ArrayList<>();
        for (Document document : documents.documents(Kind.RULE_SET)) {
            ((RuleSet) document.body())
                    .rules().stream().filter(PolicyFlows::lets).forEach(rules::add);
        }
        grants.forEach(document -> rules.add(((Grant) document.body()).rule()));
        return rules;
    }

    /** Whether flows may pass by the rule; copies of a mirror are information, too. */
    private static boolean lets(Rule rule) {
        return rule.action() != RuleAction.DROP && rule.action() != RuleAction.REJECT;
    }

    private Set<LevelRange> ranges(List<Peer> peers) {
        Set<LevelRange> known = ranges.get(peers);
        if (known != null) {
            return known;
        }
        Set<LevelRange> found = new LinkedHashSet<>();
        for (Document document : documents.documents(Kind.COMPONENT)) {
            if (members.contain(peers, document.id(), PeerMembers.labels(document))) {
                found.add(context(document).range());
            }
        }
        for (String reserved : Numbers.RESERVED) {
            if (documents.get(Kind.COMPONENT, reserved) == null && members.contain(peers, reserved, Map.of())) {
                found.add(domain.unlabeled().range());
            }
        }
        ranges.put(peers, found);
        return found;
    }

    /** The mistake of documents that do not comply with their domain, at the component that carries the information; empty when they do. */
    static Optional<Problem> violation(PolicySet documents, List<Document> grants, LabelSettings labels) {
        ComplianceResult result = check(documents, grants, labels, List.of());
        return result.compliant() ? Optional.empty() : Optional.of(problem(documents, labels.domain(), result));
    }

    private static Problem problem(PolicySet documents, LabelDomain domain, ComplianceResult result) {
        Document culprit = documents.documents(Kind.COMPONENT).stream()
                .filter(document -> result.counterexample().stream()
                        .anyMatch(step -> step.to().equals(document.title())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("information moves outside of components: " + result));
        String type = ((Component) culprit.body())
                .securityLabel()
                .orElse(domain.unlabeled())
                .type();
        return Found.at(
                culprit,
                "spec.securityLabel",
                "does not comply with domain " + domain.id() + ", as information can flow " + result.path(),
                "narrow its range, or with whom its rules let it speak, or declare type " + type
                        + " trusted with writeDown in " + domain.source());
    }
}
