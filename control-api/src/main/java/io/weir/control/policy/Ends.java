package io.weir.control.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.PolicySettings;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.ProbeFlows;
import io.weir.identity.evaluate.ProbeFlows.Probe;

/**
 * One end of flows that nobody has seen: every place where packets of it could come from.
 *
 * @param name component, {@code reserved.*} or address, as asked for
 * @param end its instances
 */
record Ends(String name, ProbeFlows.End end) {
    private static final String HOST = "reserved.host";
    private static final String WORLD = "reserved.world";
    private static final String UNKNOWN = "reserved.unknown";

    static Ends of(String component, List<Instance> instances) {
        return new Ends(component, new ProbeFlows.End(PortRole.VM, instances));
    }

    /** An end behind an uplink that no component claims, with an address of that network. */
    static Ends world(String name, IpPrefix network, PortPolicies ports) {
        return outside(name, PortRole.UPLINK, List.of(network), ports);
    }

    private static Ends outside(String name, PortRole role, List<IpPrefix> ips, PortPolicies ports) {
        String port = ports.withRole(role).stream().findFirst().orElse("");
        Instance nowhere = new Instance(port, OptionalLong.empty(), 0, ips, List.of());
        return new Ends(name, new ProbeFlows.End(role, List.of(nowhere)));
    }

    /**
     * The end that somebody asks about.
     *
     * @param text component id, reserved id or IP address
     * @throws UnknownException when it is none of them
     */
    static Ends find(String text, PolicySet documents, PortPolicies ports) {
        return switch (text) {
            case HOST -> outside(text, PortRole.HOST, List.of(), ports);
            case WORLD -> outside(text, PortRole.UPLINK, List.of(), ports);
            case UNKNOWN -> new Ends(text, ProbeFlows.End.reserved(PortRole.VM));
            default -> named(text, documents, ports);
        };
    }

    private static Ends named(String text, PolicySet documents, PortPolicies ports) {
        Document document = documents.get(Kind.COMPONENT, text);
        if (document != null && document.body() instanceof Component component) {
            return of(text, component.instances());
        }
        IpPrefix address = Addresses.parse(text)
                .orElseThrow(() -> new UnknownException(
                        "no such component, and no IP address: was " + text + "; weir components lists components"));
        List<Instance> bound = bound(address, documents);
        return bound.isEmpty() ? world(text, address, ports) : of(text, bound);
    }

    /** The instances that have the longest prefix around the address, with that address alone. */
    private static List<Instance> bound(IpPrefix address, PolicySet documents) {
        List<Instance> best = new ArrayList<>();
        int length = -1;
        for (Document document : documents.documents(Kind.COMPONENT)) {
            for (Instance instance : ((Component) document.body()).instances()) {
                int longest = instance.ips().stream()
                        .filter(prefix -> prefix.contains(address))
                        .mapToInt(IpPrefix::length)
                        .max()
                        .orElse(-1);
                if (longest > length) {
                    length = longest;
                    best.clear();
                }
                if (longest >= 0 && longest == length) {
                    best.add(new Instance(
                            instance.port(), instance.mac(), instance.vlan(), List.of(address), instance.l4()));
                }
            }
        }
        return best;
    }

    /** Every flow from one end to the other, as a packet would show it by the ports' roles and modes. */
    static List<Probe> flows(PolicyEpoch epoch, Ends from, Ends to, int protocol, int port, PortPolicies ports) {
        List<Probe> probes = ProbeFlows.between(epoch, from.end, to.end, protocol, port);
        for (Probe probe : probes) {
            PolicySettings ingress = from.policy(probe.source(), ports);
            PolicySettings egress = to.policy(probe.destination(), ports);
            probe.key()
                    .ingress(probe.key().ingressPort(), ingress.role(), ingress.mode())
                    .egress(probe.key().egressPort(), egress.role(), egress.mode());
        }
        return probes;
    }

    private PolicySettings policy(Instance instance, PortPolicies ports) {
        PolicySettings enforced = PolicySettings.ENFORCED;
        return instance.port().isEmpty()
                ? new PolicySettings(
                        enforced.mode(), end.role(), enforced.dhcp(), enforced.router(), enforced.wireLabel())
                : ports.of(instance.port());
    }
}
