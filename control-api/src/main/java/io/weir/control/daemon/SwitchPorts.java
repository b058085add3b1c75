package io.weir.control.daemon;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.weir.control.policy.PortPolicies;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.Switch;

/** How the switch's ports stand to the policy. */
record SwitchPorts(Switch bridge) implements PortPolicies {
    @Override
    public PolicySettings of(String port) {
        return now().of(port);
    }

    @Override
    public List<String> withRole(PortRole role) {
        return now().withRole(role);
    }

    /** Asks the switch once, not once for every flow. */
    @Override
    public PortPolicies now() {
        List<PortSettings> ports =
                bridge.ports().stream().map(PortStatus::settings).toList();
        Map<String, PolicySettings> byName =
                ports.stream().collect(Collectors.toUnmodifiableMap(PortSettings::name, PortSettings::policy));
        return new PortPolicies() {
            @Override
            public PolicySettings of(String port) {
                return byName.getOrDefault(port, PolicySettings.ENFORCED);
            }

            @Override
            public List<String> withRole(PortRole role) {
                return ports.stream()
                        .filter(port -> port.policy().role() == role)
                        .map(PortSettings::name)
                        .toList();
            }
        };
    }
}
