package io.weir.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.weir.datapath.policy.PolicyMode;
import io.weir.identity.document.Problem;

/** What a configuration says of labels that is no mistake, and probably not meant. */
final class LabelWarnings {
    private final Section root;
    private final PolicyMode hostMode;

    /** @param hostMode what holds when a port does not say its policy's mode */
    LabelWarnings(Section root, PolicyMode hostMode) {
        this.root = root;
        this.hostMode = hostMode;
    }

    List<Problem> all() {
        List<Problem> warnings = new ArrayList<>();
        root.sections(ConfigKey.PORTS).stream()
                .map(port -> port.section(ConfigKey.PORT_POLICY))
                .filter(policy -> policy.has(ConfigKey.PORT_POLICY_LABEL) && mode(policy) == PolicyMode.OFF)
                .map(policy -> policy.warning(
                        ConfigKey.PORT_POLICY_LABEL,
                        "nothing is judged between this port and others whose mode is off, not by level either: was "
                                + policy.text(ConfigKey.PORT_POLICY_LABEL).orElse(""),
                        "set mode: enforce, or remove label"))
                .forEach(warnings::add);
        if (used()) {
            sas().filter(sa -> !sa.has(ConfigKey.SA_LABEL))
                    .map(sa -> sa.warning(
                            ConfigKey.SA_LABEL,
                            "is missing, though this host uses labels: where they are in force every flow has a level, so none leaves"
                                    + " by an SA without one, and what arrives by it has the default level",
                            "write label: LEVEL at all SAs of the peer, s0 for what has no label of its own"))
                    .forEach(warnings::add);
        }
        return warnings;
    }

    private PolicyMode mode(Section policy) {
        return policy.choice(ConfigKey.PORT_POLICY_MODE, PolicyMode.class, hostMode);
    }

    /** Whether this file says anything of labels; manifests may bring them into force by themselves, too. */
    private boolean used() {
        return root.section(ConfigKey.LABELS).has(ConfigKey.LABELS_DOMAIN)
                || root.sections(ConfigKey.PEERS).stream().anyMatch(peer -> peer.has(ConfigKey.PEER_LABEL))
                || root.sections(ConfigKey.PORTS).stream()
                        .anyMatch(port -> port.section(ConfigKey.PORT_POLICY).has(ConfigKey.PORT_POLICY_LABEL))
                || sas().anyMatch(sa -> sa.has(ConfigKey.SA_LABEL));
    }

    private Stream<Section> sas() {
        return root.sections(ConfigKey.PEERS).stream().flatMap(peer -> peer.sections(ConfigKey.PEER_SAS).stream());
    }
}
