package io.weir.control.daemon;

import org.jspecify.annotations.Nullable;

import io.weir.control.audit.RuleName;
import io.weir.control.policy.Contexts;
import io.weir.control.policy.EpochPublisher;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.worker.Switch;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.RuleInfo;

/**
 * Hands epochs to the switch, and knows the names in the one in force and in the one before, whose counts are still on their
 * way.
 *
 * <p>Threading: published by one thread at a time, read by any.
 */
final class PublishedEpochs implements EpochPublisher {
    private final Switch bridge;
    // Written by the publisher, before the switch has the epoch, so that every number that it counts has a name.
    private volatile @Nullable PolicyEpoch former;
    private volatile @Nullable PolicyEpoch current;

    PublishedEpochs(Switch bridge) {
        this.bridge = bridge;
    }

    @Override
    public void publish(Policy epoch) {
        former = current;
        current = (PolicyEpoch) epoch;
        bridge.policy(epoch);
    }

    /** Number of the epoch in force, 0 for none. */
    int epoch() {
        PolicyEpoch now = current;
        return now == null ? 0 : now.epoch();
    }

    /** Number of the revision in force, 0 for none. */
    int revision() {
        PolicyEpoch now = current;
        return now == null ? 0 : now.revision();
    }

    /** Id of a component, null when neither epoch knows it. */
    @Nullable
    String identity(int number) {
        String name = identity(current, number);
        return name == null ? identity(former, number) : name;
    }

    private static @Nullable String identity(@Nullable PolicyEpoch epoch, int number) {
        return epoch == null || epoch.document(number) == null ? null : epoch.identityName(number);
    }

    /** Security context of a component, empty when neither it nor its domain says one. */
    String context(String component) {
        PolicyEpoch now = current;
        return now == null ? "" : Contexts.of(now, now.identityOf(component));
    }

    /** Name of a rule, null when neither epoch knows it. */
    @Nullable
    RuleName rule(int number) {
        RuleName name = rule(current, number);
        return name == null ? rule(former, number) : name;
    }

    private static @Nullable RuleName rule(@Nullable PolicyEpoch epoch, int number) {
        RuleInfo rule = epoch == null ? null : epoch.rule(number);
        return rule == null
                ? null
                : new RuleName(rule.owner(), rule.ruleId(), rule.tier().word());
    }
}
