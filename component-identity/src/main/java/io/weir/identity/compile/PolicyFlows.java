package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.BitSet;
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
 * what it heard at any other. Which levels those are, its range says, and with whom its rules let it speak.
 *
 * <p>Components whose type the domain trusts to write down are filters, and answer for themselves.
 *
 * <p>It never takes a flow for impossible that is possible: rules of time, ports and addresses count as if they matched, and that a
 * flow needs the consent of both sides is left out.
 *
 * <p>Threading: one thread, used once.
 */
public final class PolicyFlows {
    private final PolicySet documents;
    private final List<Document> grants;
    private final List<FlowPolicy> parts;
    private final LabelDomain domain;
    private final PeerMembers members;
    private final List<Level> levels; // in play
    private final Map<LevelRange, BitSet> within = new HashMap<>(); // of those levels
    private final Map<List<Peer>, BitSet> heard = new HashMap<>(); // levels of all whom the peers may be
    private final FlowGraph.Builder graph = FlowGraph.builder();

    private PolicyFlows(PolicySet documents, List<Document> grants, LabelSettings labels, List<FlowPolicy> parts) {
        this.documents = documents;
        this.grants = grants;
        this.parts = parts;
        this.domain = labels.domain();
        this.members = new PeerMembers(documents);
        this.levels = levels(labels);
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

    private List<Level> levels(LabelSettings labels) {
        Set<Level> all = new LinkedHashSet<>(domain.levels());
        labels.ports().values().forEach(range -> add(all, range));
        Set<LevelRange> ranges = new LinkedHashSet<>();
        ranges.add(domain.unlabeled().range());
        documents
                .documents(Kind.COMPONENT)
                .forEach(document -> ranges.add(context(document).range()));
        ranges.forEach(range -> add(all, range));
        // What two have in common begins and ends at levels that neither need name. Any two of its levels between which
        // information
        // would move down lie between these.
        ranges.stream()
                .filter(range -> !range.single())
                .forEach(range ->
                        ranges.forEach(other -> range.intersection(other).ifPresent(shared -> add(all, shared))));
        return List.copyOf(all);
    }

    private static void add(Set<Level> all, LevelRange range) {
        all.add(range.low());
        all.add(range.high());
    }

    private SecurityContext context(Document document) {
        return ((Component) document.body()).securityLabel().orElse(domain.unlabeled());
    }

    private FlowGraph build() {
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
        BitSet spoken = spoken(document, context.range());
        if (spoken.cardinality() < 2) {
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
        spoken.stream().forEach(level -> {
            int label = graph.label(DomainBound.name(domain, context.type(), levels.get(level)));
            graph.step(label, carrier, hears);
            graph.step(carrier, label, passesOn);
        });
    }

    private void trusted(String title, SecurityContext context, String reason) {
        LevelRange range = context.range();
        graph.filter(new FlowGraph.Filter(
                DomainBound.name(domain, context.type(), range.high()),
                DomainBound.name(domain, context.type(), range.low()),
                title,
                reason));
    }

    /** The levels at which a component can speak with anybody, or is spoken to. */
    private BitSet spoken(Document document, LevelRange range) {
        Component component = (Component) document.body();
        BitSet found = new BitSet();
        own(component.egress(), component.isolateEgress(), true).forEach(peers -> found.or(heard(peers)));
        own(component.ingress(), component.isolateIngress(), false).forEach(peers -> found.or(heard(peers)));
        for (Rule rule : operatorRules()) {
            if (members.contain(rule.from(), document.id(), component.labels())) {
                found.or(heard(rule.to()));
            }
            if (members.contain(rule.to(), document.id(), component.labels())) {
                found.or(heard(rule.from()));
            }
        }
        found.and(within(range));
        return found;
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

    private List<Rule> operatorRules() {
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

    private BitSet heard(List<Peer> peers) {
        BitSet known = heard.get(peers);
        if (known != null) {
            return known;
        }
        BitSet found = new BitSet();
        for (Document document : documents.documents(Kind.COMPONENT)) {
            if (members.contain(peers, document.id(), PeerMembers.labels(document))) {
                found.or(within(context(document).range()));
            }
        }
        for (String reserved : Numbers.RESERVED) {
            if (documents.get(Kind.COMPONENT, reserved) == null && members.contain(peers, reserved, Map.of())) {
                found.or(within(domain.unlabeled().range()));
            }
        }
        heard.put(peers, found);
        return found;
    }

    private BitSet within(LevelRange range) {
        BitSet known = within.get(range);
        if (known == null) {
            known = new BitSet();
            for (int level = 0; level < levels.size(); level++) {
                if (range.contains(levels.get(level))) {
                    known.set(level);
                }
            }
            within.put(range, known);
        }
        return known;
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
