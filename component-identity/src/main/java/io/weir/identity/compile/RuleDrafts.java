package io.weir.identity.compile;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Expose;
import io.weir.identity.component.Grant;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.Peer;
import io.weir.identity.component.PolicySet;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;
import io.weir.identity.evaluate.RuleInfo;
import io.weir.identity.evaluate.RuleTable;

/** Makes drafts of the rules of documents, and puts them in order. */
final class RuleDrafts {
    private static final long BITS_PER_MEGABIT = 1_000_000L;

    private final PolicySet documents;
    private final Numbers numbers;
    private final Groups groups;
    private final Times times;

    RuleDrafts(PolicySet documents, Numbers numbers, Groups groups, Times times) {
        this.documents = documents;
        this.numbers = numbers;
        this.groups = groups;
        this.times = times;
    }

    /** A component's own rules of one side. */
    List<RuleDraft> ofComponent(Document document, boolean egress) {
        Component component = (Component) document.body();
        List<Rule> rules = egress ? component.egress() : component.ingress();
        PeerSet own = PeerSet.of(numbers.identity(document.id()));
        List<RuleDraft> drafts = new ArrayList<>(rules.size());
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            String path = (egress ? "spec.egress[" : "spec.ingress[") + i + ']';
            RuleInfo info = info(document, Tier.COMPONENT, rule, egress, path);
            PeerSet peers = groups.dissolve(egress ? rule.to() : rule.from());
            int limits = limits(document, rule, !egress);
            drafts.add(draft(document, rule, info, i, false, own, peers, l4(rule, component), limits));
        }
        return drafts;
    }

    /** The rules of a rule set that stand on that side. */
    List<RuleDraft> ofRuleSet(Document document, boolean egress) {
        RuleSet set = (RuleSet) document.body();
        List<RuleDraft> drafts = new ArrayList<>();
        for (int i = 0; i < set.rules().size(); i++) {
            Rule rule = set.rules().get(i);
            if (rule.sides() == (egress ? Rule.Sides.INGRESS : Rule.Sides.EGRESS)) {
                continue;
            }
            RuleInfo info = info(document, set.tier(), rule, egress, "spec.rules[" + i + ']');
            PeerSet from = groups.dissolve(rule.from());
            PeerSet to = groups.dissolve(rule.to());
            drafts.add(draft(
                    document,
                    rule,
                    info,
                    i,
                    set.mode() == RuleMode.AUDIT,
                    egress ? from : to,
                    egress ? to : from,
                    l4(rule, null),
                    limits(document, rule, false)));
        }
        return drafts;
    }

    /** The rule of a grant on one side. */
    RuleDraft ofGrant(ActiveGrant active, boolean egress) {
        Document document = active.document();
        Grant grant = (Grant) document.body();
        Rule rule = grant.rule();
        PeerSet from = groups.dissolve(rule.from());
        PeerSet to = groups.dissolve(rule.to());
        return new RuleDraft(
                document,
                rule,
                info(document, Tier.GRANT, rule, egress, "spec.rule"),
                0,
                false,
                egress ? from : to,
                egress ? to : from,
                l4(rule, target(rule)),
                limits(document, rule, false),
                0,
                new Times.Span(active.beganNs(), active.expiresNs()),
                grant.onExpiry() == Grant.OnExpiry.RESET);
    }

    /** The component that a grant's rule leads to, null when the revision has no such. */
    @Nullable
    Component target(Rule rule) {
        if (rule.to().size() != 1 || !(rule.to().getFirst() instanceof Peer.ById(String id))) {
            return null;
        }
        Document document = documents.get(Kind.COMPONENT, id);
        return document == null ? null : (Component) document.body();
    }

    private RuleDraft draft(
            Document document,
            Rule rule,
            RuleInfo info,
            int position,
            boolean audited,
            PeerSet subject,
            PeerSet peers,
            @Nullable List<L4Match> l4,
            int limits) {
        int target = rule.target().isPresent() ? numbers.port(rule.target().get()) : 0;
        return new RuleDraft(
                document, rule, info, position, audited, subject, peers, l4, limits, target, Times.Span.FOREVER, false);
    }

    /** The hours that a rule is there from a moment on. */
    private Times.Span window(Rule rule, Instant from) {
        return rule.when().isPresent() ? times.span(rule.when().get(), from) : Times.Span.FOREVER;
    }

    private RuleInfo info(Document document, Tier tier, Rule rule, boolean egress, String path) {
        int number = numbers.rule(document.kind(), document.id(), rule.id(), egress);
        return new RuleInfo(number, tier, document.id(), document.kind(), rule.id(), egress, rule.action(), path);
    }

    private int limits(Document document, Rule rule, boolean ofIngressList) {
        RuleLimits own = rule.limits();
        if (own.equals(RuleLimits.NONE)) {
            return 0;
        }
        return numbers.limits(new Limits(
                numbers.ruleScope(document.kind(), document.id(), rule.id(), ofIngressList),
                own.newConnectionsPerSecond(),
                own.connections(),
                own.mbps() * BITS_PER_MEGABIT,
                own.packetsPerSecond(),
                null));
    }

    /** What the rule matches behind the network layer, null for all flows. */
    private static @Nullable List<L4Match> l4(Rule rule, @Nullable Component destination) {
        if (rule.exposes().isEmpty()) {
            return rule.l4().isEmpty() ? null : rule.l4();
        }
        List<L4Match> matches = new ArrayList<>(rule.l4());
        for (Expose expose : destination == null ? List.<Expose>of() : destination.exposes()) {
            if (rule.exposes().contains(expose.name())) {
                matches.add(expose.l4());
            }
        }
        return matches;
    }

    /**
     * The drafts in the order of their tier, as rules with ranks; those that are never there again are left out. A rule is enforced
     * in the first hours behind its audit, not in those of now: when these end before the audit does, nothing else may tell when
     * the rule comes.
     */
    List<SideRule> inOrder(List<RuleDraft> drafts) {
        List<RuleDraft> ordered = new ArrayList<>(drafts);
        ordered.sort(RuleDraft.ORDER);
        List<SideRule> rules = new ArrayList<>(ordered.size());
        for (RuleDraft draft : ordered) {
            Rule rule = draft.rule();
            boolean audits = draft.audited() || rule.mode() == RuleMode.AUDIT;
            long enforcedFromNs = !audits
                    ? Times.ALWAYS
                    : rule.auditUntil().isPresent() ? times.ns(rule.auditUntil().get()) : Times.NEVER;
            boolean decidesAtAll = rule.action() != RuleAction.PASS && rule.action() != RuleAction.MIRROR;
            if (decidesAtAll) {
                Times.Span audit = window(rule, times.now()).and(new Times.Span(Times.ALWAYS, enforcedFromNs));
                add(rules, draft, RuleTable.AUDIT, draft.span().and(audit));
            }
            if (enforcedFromNs != Times.NEVER) {
                Instant from =
                        enforcedFromNs > times.nowNs() ? rule.auditUntil().orElseThrow() : times.now();
                Times.Span enforced = window(rule, from).and(new Times.Span(enforcedFromNs, Times.NEVER));
                add(rules, draft, 0, draft.span().and(enforced));
            }
        }
        return rules;
    }

    private void add(List<SideRule> rules, RuleDraft draft, int audit, Times.Span whole) {
        if (whole.isEmpty() || whole.untilNs() <= times.nowNs()) {
            return;
        }
        boolean begun = whole.fromNs() <= times.nowNs();
        Times.Span span = new Times.Span(begun ? Times.ALWAYS : whole.fromNs(), whole.untilNs());
        int what = action(draft.rule().action())
                | audit
                | (span.isForever() ? 0 : RuleTable.TIMED)
                | (draft.reset() ? RuleTable.RESET : 0)
                | onChange(draft.rule().onChange()) << RuleTable.ON_CHANGE_SHIFT;
        rules.add(new SideRule(
                rules.size(),
                draft.info().number(),
                what,
                draft.target(),
                draft.limits(),
                span.fromNs(),
                span.untilNs(),
                draft.subject(),
                draft.peers(),
                draft.l4()));
    }

    private static int action(RuleAction action) {
        return switch (action) {
            case ALLOW, RATE_LIMIT -> Action.ALLOW;
            case DROP -> Action.DROP;
            case REJECT -> Action.REJECT;
            case REDIRECT -> Action.REDIRECT;
            case MIRROR -> RuleTable.MIRROR;
            case PASS -> RuleTable.PASS;
        };
    }

    private static int onChange(Rule.OnChange onChange) {
        return switch (onChange) {
            case REEVALUATE -> Verdict.REEVALUATE;
            case DRAIN -> Verdict.DRAIN;
            case KEEP -> Verdict.KEEP;
        };
    }
}
