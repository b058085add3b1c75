package io.weir.identity.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Identity;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Peer;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;

/** Looks for the rule that came nearest to allowing one side of a flow, by reading the documents. Used once; slow. */
final class NearestRule {
    private static final int PEER = 4;
    private static final int PROTOCOL = 3;
    private static final int PORT = 2;
    private static final int OTHERWISE = 1;

    private final PolicyEpoch epoch;
    private final FlowKey flow;
    private final boolean egress;
    private final int own;
    private final int peer;
    private Explanation.@Nullable Nearest best;
    private int bestDistance = Integer.MAX_VALUE;

    NearestRule(PolicyEpoch epoch, FlowKey flow, boolean egress) {
        this.epoch = epoch;
        this.flow = flow;
        this.egress = egress;
        this.own = epoch.endOf(flow, egress) >>> PortTable.ASSURANCE_BITS;
        this.peer = epoch.endOf(flow, !egress) >>> PortTable.ASSURANCE_BITS;
    }

    /** The rule with the smallest difference, the first of equals; null when no rule of the side allows anything. */
    Explanation.@Nullable Nearest find() {
        Document document = epoch.document(own);
        if (document != null && document.body() instanceof Component component) {
            for (Rule rule : egress ? component.egress() : component.ingress()) {
                look(document, rule, false, component);
            }
        }
        for (Document set : epoch.documents().documents(Kind.RULE_SET)) {
            RuleSet body = (RuleSet) set.body();
            body.rules().forEach(rule -> look(set, rule, body.mode() == RuleMode.AUDIT, null));
        }
        for (Document grant : epoch.grants()) {
            Rule rule = ((Grant) grant.body()).rule();
            look(grant, rule, false, egress ? epoch.component(peer) : epoch.component(own));
        }
        return best;
    }

    private void look(Document document, Rule rule, boolean audited, @Nullable Component offering) {
        boolean allows = rule.action() == RuleAction.ALLOW || rule.action() == RuleAction.RATE_LIMIT;
        boolean here = rule.sides() == Rule.Sides.BOTH
                || rule.sides() == (egress ? Rule.Sides.EGRESS : Rule.Sides.INGRESS)
                || document.kind() == Kind.COMPONENT;
        boolean mine = document.kind() == Kind.COMPONENT || any(egress ? rule.from() : rule.to(), own, egress);
        if (!allows || !here || !mine) {
            return;
        }
        List<String> differences = new ArrayList<>();
        int distance = distance(rule, audited, offering, differences);
        RuleInfo info = distance < bestDistance ? epoch.rule(document.kind(), document.id(), rule.id(), egress) : null;
        if (info != null) {
            bestDistance = distance;
            best = new Explanation.Nearest(Explainer.matched(epoch, info), differences);
        }
    }

    private int distance(Rule rule, boolean audited, @Nullable Component offering, List<String> differences) {
        int distance = 0;
        List<Peer> peers = egress ? rule.to() : rule.from();
        if (!any(peers, peer, !egress)) {
            distance += PEER;
            differences.add((egress ? "it leads to " : "it is for ")
                    + peers.stream().map(NearestRule::word).collect(Collectors.joining(", ")) + ", not "
                    + epoch.identityName(peer));
        }
        distance += l4(rule, offering, differences);
        if (distance > 0) {
            return distance;
        }
        differences.add(
                audited || rule.mode() == RuleMode.AUDIT
                        ? "it is in audit mode"
                        : rule.when().isPresent() ? "it holds at other hours" : "another rule is asked before it");
        return OTHERWISE;
    }

    private int l4(Rule rule, @Nullable Component offering, List<String> differences) {
        if (rule.l4().isEmpty() && rule.exposes().isEmpty()) {
            return 0;
        }
        List<L4Match> matches = new ArrayList<>(rule.l4());
        for (Expose expose : offering == null ? List.<Expose>of() : offering.exposes()) {
            if (rule.exposes().contains(expose.name())) {
                matches.add(expose.l4());
            }
        }
        boolean ip = flow.protocol() != FlowKey.NOT_IP;
        if (ip && matches.stream().anyMatch(match -> match.matches(flow.protocol(), flow.destinationPort()))) {
            return 0;
        }
        differences.add("it is for " + matches.stream().map(NearestRule::word).collect(Collectors.joining(", ")));
        boolean protocol = ip
                && matches.stream()
                        .anyMatch(match ->
                                match.protocol() == flow.protocol() || match.protocol() == L4Match.ANY_PROTOCOL);
        return protocol ? PORT : PROTOCOL;
    }

    private boolean any(List<Peer> peers, int identity, boolean source) {
        return peers.stream().anyMatch(peer -> is(peer, identity, source));
    }

    private boolean is(Peer peer, int identity, boolean source) {
        return switch (peer) {
            case Peer.Any any -> true;
            case Peer.ById(String id) -> id.equals(epoch.identityName(identity));
            case Peer.ByLabels(Map<String, String> labels) -> {
                Component component = epoch.component(identity);
                yield component != null && component.labels().entrySet().containsAll(labels.entrySet());
            }
            case Peer.ByGroup(String id) -> {
                Document group = epoch.documents().get(Kind.GROUP, id);
                yield group != null && any(((Group) group.body()).members(), identity, source);
            }
            case Peer.ByCidr network -> {
                long high = source ? flow.sourceHigh() : flow.destinationHigh();
                long low = source ? flow.sourceLow() : flow.destinationLow();
                yield flow.protocol() != FlowKey.NOT_IP
                        && (network.scope() == Peer.Scope.ANY || identity < Identity.FIRST_COMPONENT)
                        && network.contains(high, low);
            }
        };
    }

    private static String word(Peer peer) {
        return switch (peer) {
            case Peer.Any any -> "anybody";
            case Peer.ById(String id) -> id;
            case Peer.ByLabels(Map<String, String> labels) -> "labels " + labels;
            case Peer.ByGroup(String group) -> "group " + group;
            case Peer.ByCidr network -> "a network of " + network.prefix().length() + " bits";
        };
    }

    private static String word(L4Match match) {
        String protocol =
                switch (match.protocol()) {
                    case L4Match.ANY_PROTOCOL -> "any protocol";
                    case 1 -> "icmp";
                    case 6 -> "tcp";
                    case 17 -> "udp";
                    case 58 -> "icmpv6";
                    case 132 -> "sctp";
                    default -> "protocol " + match.protocol();
                };
        String ranges = match.ranges().stream()
                .map(range -> range.first() == range.last()
                        ? String.valueOf(range.first())
                        : range.first() + "-" + range.last())
                .collect(Collectors.joining(","));
        return ranges.isEmpty() ? protocol : protocol + '/' + ranges;
    }
}
