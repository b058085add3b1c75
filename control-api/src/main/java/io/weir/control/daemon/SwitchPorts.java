package io.weir.control.daemon;

import java.util.List;

import io.weir.control.policy.PortPolicies;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.Switch;

/** How the switch's ports stand to the policy. */
record SwitchPorts(Switch bridge) implements PortPolicies {
    @Override
    public PolicySettings of(String port) {
        return bridge.ports().stream()
                .map(PortStatus::settings)
                .filter(settings -> settings.name().equals(port))
                .map(settings -> settings.policy())
                .findFirst()
                .orElse(PolicySettings.ENFORCED);
    }

    @Override
    public List<String> withRole(PortRole role) {
        return bridge.ports().stream()
                .map(PortStatus::settings)
                .filter(settings -> settings.policy().role() == role)
                .map(settings -> settings.name())
                .toList();
    }
}
