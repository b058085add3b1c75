package io.weir.control.policy;

import java.util.List;

import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.PolicySettings;

/** How ports stand to the policy, for questions about flows that nobody has seen yet. */
public interface PortPolicies {
    /** Settings of the port; of an enforced guest when there is no such port yet. */
    PolicySettings of(String port);

    /** Names of the ports with that role. */
    List<String> withRole(PortRole role);

    /** The same as of this moment, for many questions at once. */
    default PortPolicies now() {
        return this;
    }
}
