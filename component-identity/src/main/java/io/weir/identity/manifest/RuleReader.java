package io.weir.identity.manifest;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.weir.identity.component.Peer;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;

/** Reads lists of rules. */
final class RuleReader {
    /** Bounds of points in time: those that nanoseconds since 1970 can say in a long, with room for sums. */
    static final Instant FIRST_TIME = Instant.parse("2000-01-01T00:00:00Z");

    static final Instant LAST_TIME = Instant.parse("2200-01-01T00:00:00Z");

    private static final Set<RuleAction> WITH_TARGET = EnumSet.of(RuleAction.REDIRECT, RuleAction.MIRROR);
    private static final Set<RuleAction> WITH_LIMITS = EnumSet.of(RuleAction.ALLOW, RuleAction.RATE_LIMIT);

    /** Whether the rule set around the rule is in audit mode. */
    private final boolean audited;

    private final Section rule;

    private RuleReader(Section rule, boolean audited) {
        this.rule = rule;
        this.audited = audited;
    }

    /**
     * The rules under the key.
     *
     * @param part INGRESS_RULE, EGRESS_RULE or RULE
     * @param audited whether what holds them is in audit mode
     */
    static List<Rule> rules(Section spec, String key, Part part, boolean audited) {
        List<Rule> rules = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Section section : spec.sections(key, part)) {
            Rule rule = new RuleReader(section, audited).rule(part);
            if (!rule.id().isEmpty() && !ids.add(rule.id())) {
                section.problem(
                        "id",
                        "another rule of " + spec.path() + '.' + key + " has it: was " + rule.id(),
                        "choose another");
            }
            rules.add(rule);
        }
        return rules;
    }

    private Rule rule(Part part) {
        String id = rule.requiredName("id", Word.RULE_ID);
        rule.require("action", "allow, drop, ...");
        RuleAction action = rule.choice("action", List.of(RuleAction.values()), RuleAction.ALLOW);
        RuleMode mode = rule.choice("mode", List.of(RuleMode.values()), RuleMode.ENFORCE);
        return new Rule(
                id,
                rule.integer("priority", 0, 0xFFFF, Rule.DEFAULT_PRIORITY),
                sides(part),
                part == Part.EGRESS_RULE ? List.of() : ends(rule, "from"),
                part == Part.INGRESS_RULE ? List.of() : ends(rule, "to"),
                part == Part.INGRESS_RULE ? exposes(rule) : List.of(),
                L4Reader.matches(rule),
                action,
                target(action),
                mode,
                auditUntil(mode),
                limits(action),
                rule.section("when", Part.WHEN).map(WhenReader::window),
                rule.choice("onChange", List.of(Rule.OnChange.values()), Rule.OnChange.REEVALUATE));
    }

    private Rule.Sides sides(Part part) {
        return switch (part) {
            case INGRESS_RULE -> Rule.Sides.INGRESS;
            case EGRESS_RULE -> Rule.Sides.EGRESS;
            default -> rule.choice("sides", List.of(Rule.Sides.values()), Rule.Sides.BOTH);
        };
    }

    /** The peers under a key that must be there and name somebody: none at all would be read as everybody. */
    static List<Peer> ends(Section rule, String key) {
        rule.require(key, "[{component: ...}], or [{any: true}] for everybody");
        return PeerReader.peers(rule.someSections(key, Part.PEER, "write [{any: true}] for everybody"));
    }

    /** The names of exposed ports under {@code to}. */
    static List<String> exposes(Section rule) {
        List<String> names = new ArrayList<>();
        for (Section section : rule.someSections("to", Part.EXPOSED, "leave to out when any port will do")) {
            String name = section.requiredName("expose", Word.RULE_ID);
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    private Optional<String> target(RuleAction action) {
        boolean needed = WITH_TARGET.contains(action);
        if (needed) {
            rule.require("target", "the port that " + action.word() + " sends to");
        } else if (rule.has("target")) {
            rule.problem("target", "only redirect and mirror have one: action is " + action.word(), "leave it out");
        }
        return Optional.of(rule.name("target", Word.PORT)).filter(target -> needed && !target.isEmpty());
    }

    private Optional<Instant> auditUntil(RuleMode mode) {
        Optional<String> text = rule.text("auditUntil");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (mode != RuleMode.AUDIT && !audited) {
            rule.problem("auditUntil", "means something in audit mode only", "write mode: audit, or leave it out");
        }
        try {
            Instant until = Instant.parse(text.get());
            if (until.isAfter(FIRST_TIME) && until.isBefore(LAST_TIME)) {
                return Optional.of(until);
            }
        } catch (DateTimeException expected) {
            // told below
        }
        String problem = "must be a time from 2000 to 2200: was " + Wording.shown(text.get());
        rule.problem("auditUntil", problem, "write 2026-12-01T00:00:00Z");
        return Optional.empty();
    }

    private RuleLimits limits(RuleAction action) {
        if (rule.has("limits") && !WITH_LIMITS.contains(action)) {
            String problem = "only allow and rate-limit have limits: action is " + action.word();
            rule.problem("limits", problem, "leave them out");
        }
        Section limits = rule.sectionOrEmpty("limits", Part.RULE_LIMITS);
        RuleLimits read = new RuleLimits(
                limit(limits, "newConnectionsPerSecond"),
                limit(limits, "connections"),
                limit(limits, "mbps"),
                limit(limits, "packetsPerSecond"));
        if (action == RuleAction.RATE_LIMIT && read.equals(RuleLimits.NONE)) {
            rule.problem("limits", "rate-limit needs at least one limit", "write limits: {mbps: 100}");
        }
        return read;
    }

    /** A limit, 0 where none is written; 0 cannot be written, for it might be meant as "nothing may pass". */
    static int limit(Section limits, String key) {
        return limits.integer(key, 1, Integer.MAX_VALUE, 0);
    }
}
