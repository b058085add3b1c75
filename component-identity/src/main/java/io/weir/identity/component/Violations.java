package io.weir.identity.component;

import java.util.Optional;

/**
 * What happens to flows that a component's default deny denies, and to a component that keeps on being denied.
 *
 * @param action DROP, REJECT or REDIRECT
 * @param redirectTo port for REDIRECT
 * @param quarantineCount denied packets sent by the component within the window after which it is quarantined; 0 never
 * @param quarantineWindowMs 1 to 3,600,000; 0 when never
 */
public record Violations(RuleAction action, Optional<String> redirectTo, long quarantineCount, int quarantineWindowMs) {
    public static final Violations DROP = new Violations(RuleAction.DROP, Optional.empty(), 0, 0);
}
