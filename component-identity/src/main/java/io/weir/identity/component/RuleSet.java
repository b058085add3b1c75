package io.weir.identity.component;

import java.util.List;

/**
 * Operator's rules in a tier, owned by no component.
 *
 * @param tier EMERGENCY, PLATFORM or BASELINE
 * @param mode of all its rules; a rule's own AUDIT holds too
 */
public record RuleSet(Tier tier, RuleMode mode, List<Rule> rules) implements Body {
    public RuleSet {
        rules = List.copyOf(rules);
    }
}
