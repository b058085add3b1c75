package io.weir.identity.component;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.weir.identity.label.SecurityContext;

/**
 * A piece of software: where it runs, what it offers, whom it talks to.
 *
 * @param labels what selectors choose by
 * @param owner who may change it, empty when not said
 * @param instances where it runs; empty only for the reserved components
 * @param minAssurance what a claim to be this component must rest on at least: one of {@code policy.Assurance}, L4 when not said
 * @param securityLabel empty for the one that the label domain gives to what has none
 * @param exposes named ports that peers may refer to
 * @param mode AUDIT: what this component's own rules and its default deny would deny passes, and is recorded
 * @param isolateIngress and isolateEgress whether a side without a matching rule denies; true when not said
 * @param ingress rules on what may come in; {@link Rule#from} holds the peers
 * @param egress rules on what may go out; {@link Rule#to} holds the peers
 * @param violations what happens to flows that its default deny denies
 * @param limits of the component as a whole, each direction for itself
 * @param tests what must be so for the revision to be taken
 */
public record Component(
        Map<String, String> labels,
        String owner,
        List<Instance> instances,
        int minAssurance,
        Optional<SecurityContext> securityLabel,
        List<Expose> exposes,
        RuleMode mode,
        boolean isolateIngress,
        boolean isolateEgress,
        List<Rule> ingress,
        List<Rule> egress,
        Violations violations,
        ComponentLimits limits,
        List<PolicyTest> tests)
        implements Body {
    public Component {
        labels = Map.copyOf(labels);
        instances = List.copyOf(instances);
        exposes = List.copyOf(exposes);
        ingress = List.copyOf(ingress);
        egress = List.copyOf(egress);
        tests = List.copyOf(tests);
    }
}
