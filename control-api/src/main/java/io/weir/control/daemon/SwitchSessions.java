package io.weir.control.daemon;

import java.util.List;

import io.weir.control.policy.LiveFlows;
import io.weir.control.policy.PortPolicies;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.port.PolicySettings;
import io.weir.datapath.worker.SessionInfo;
import io.weir.datapath.worker.Switch;

/** The switch's sessions as flows that can be judged by another epoch. */
record SwitchSessions(Switch bridge, PortPolicies ports) implements LiveFlows {
    @Override
    public List<Flow> flows(int limit) {
        PortPolicies now = ports.now();
        return bridge.sessions(limit).stream()
                .map(session -> flow(session, now))
                .toList();
    }

    private static Flow flow(SessionInfo session, PortPolicies ports) {
        PolicySettings ingress = ports.of(session.ingressPort());
        PolicySettings egress = ports.of(session.egressPort());
        FlowKey key = new FlowKey()
                .ingress(FlowKey.NO_PORT, ingress.role(), ingress.mode())
                .egress(FlowKey.NO_PORT, egress.role(), egress.mode())
                .label(session.label())
                .link(session.sourceMac(), session.destinationMac(), session.vlan(), session.etherType())
                .source(session.sourceHigh(), session.sourceLow())
                .destination(session.destinationHigh(), session.destinationLow())
                .transport(session.protocol(), session.sourcePort(), session.destinationPort());
        return new Flow(session.ingressPort(), session.egressPort(), key);
    }
}
