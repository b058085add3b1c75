package io.weir.identity.manifest;

import java.util.List;
import java.util.Optional;

import io.weir.identity.component.Grant;
import io.weir.identity.component.Group;
import io.weir.identity.component.Peer;
import io.weir.identity.component.Rule;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.RuleLimits;
import io.weir.identity.component.RuleMode;
import io.weir.identity.component.RuleSet;
import io.weir.identity.component.Tier;

/** Reads what no component owns: groups, rule sets and grants. */
final class OperatorReader {
    /** A grant has one rule, which needs no name of its own. */
    static final String GRANT_RULE_ID = "grant";

    static final int MAX_TTL_SECONDS = 31_536_000;

    private static final List<Tier> TIERS = List.of(Tier.EMERGENCY, Tier.PLATFORM, Tier.BASELINE);

    private OperatorReader() {}

    static Group group(Section spec) {
        spec.require("members", "[...]");
        return new Group(PeerReader.peers(spec.sections("members", Part.MEMBER)));
    }

    static RuleSet ruleSet(Section metadata, Section spec) {
        metadata.require("tier", "emergency, platform or baseline");
        Tier tier = metadata.choice("tier", TIERS, Tier.BASELINE);
        RuleMode mode = spec.choice("mode", List.of(RuleMode.values()), RuleMode.ENFORCE);
        spec.require("rules", "[...]");
        return new RuleSet(tier, mode, RuleReader.rules(spec, "rules", Part.RULE, mode == RuleMode.AUDIT));
    }

    static Grant grant(Section metadata, Section spec) {
        String reason = metadata.requiredName("reason", Word.SENTENCE);
        spec.require("rule", "{from: [...], toComponent: ...}");
        Optional<Rule> rule = spec.section("rule", Part.GRANT_RULE).map(OperatorReader::grantRule);
        spec.require("ttlSeconds", "1 to " + MAX_TTL_SECONDS);
        int ttlSeconds = spec.integer("ttlSeconds", 1, MAX_TTL_SECONDS, 1);
        Grant.OnExpiry onExpiry = spec.choice("onExpiry", List.of(Grant.OnExpiry.values()), Grant.OnExpiry.RESET);
        return new Grant(
                reason, rule.orElseGet(() -> allow(List.of(), "", List.of(), List.of())), ttlSeconds, onExpiry);
    }

    private static Rule grantRule(Section rule) {
        List<Peer> from = RuleReader.ends(rule, "from");
        String to = rule.requiredName("toComponent", Word.ID);
        return allow(from, to, RuleReader.exposes(rule), L4Reader.matches(rule));
    }

    static Rule allow(List<Peer> from, String to, List<String> exposes, List<io.weir.identity.component.L4Match> l4) {
        return new Rule(
                GRANT_RULE_ID,
                Rule.DEFAULT_PRIORITY,
                Rule.Sides.BOTH,
                from,
                List.of(new Peer.ById(to)),
                exposes,
                l4,
                RuleAction.ALLOW,
                Optional.empty(),
                RuleMode.ENFORCE,
                Optional.empty(),
                RuleLimits.NONE,
                Optional.empty(),
                Rule.OnChange.REEVALUATE);
    }
}
