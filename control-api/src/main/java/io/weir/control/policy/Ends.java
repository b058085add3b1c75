package io.weir.control.policy;

import java.util.Optional;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.datapath.port.PolicySettings;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.Kind;
import io.weir.identity.component.L4Match;
import io.weir.identity.component.PolicySet;

/**
 * One end of a flow that nobody has seen, as a packet of it would show.
 *
 * @param name component, {@code reserved.*} or address, as asked for
 * @param port name of the port, empty for one that no document mentions
 * @param role of the port
 * @param mode of the port
 * @param mac 0 when no instance says it
 * @param vlan 0 when no instance says it
 * @param high upper half of the address
 * @param low lower half
 * @param l4 port of its own that an instance asks for, 0 for none
 */
record Ends(String name, String port, PortRole role, PolicyMode mode, long mac, int vlan, long high, long low, int l4) {
    private static final String HOST = "reserved.host";
    private static final String WORLD = "reserved.world";
    private static final String UNKNOWN = "reserved.unknown";

    /** 192.0.2.1, of the addresses for documentation, RFC 5737 section 3: nobody's. */
    private static final IpPrefix NOBODY = IpPrefix.ipv4(0xC000_0201, 32);

    private static final int EPHEMERAL_PORT = 49_152;

    /** The end behind an instance; of a network, its first address. */
    static Ends of(String component, Instance instance, PortPolicies ports) {
        PolicySettings policy = ports.of(instance.port());
        IpPrefix ip = instance.ips().isEmpty() ? NOBODY : instance.ips().getFirst();
        int l4 = instance.l4().stream()
                .flatMap(match -> match.ranges().stream())
                .map(L4Match.Range::first)
                .findFirst()
                .orElse(0);
        return new Ends(
                component,
                instance.port(),
                policy.role(),
                policy.mode(),
                instance.mac().orElse(0),
                instance.vlan(),
                ip.high(),
                ip.low(),
                l4);
    }

    /** An end that no component claims, with that address. */
    static Ends outside(String name, PortRole role, IpPrefix address, PortPolicies ports) {
        String port = ports.withRole(role).stream().findFirst().orElse("");
        PolicyMode mode = port.isEmpty() ? PolicyMode.ENFORCE : ports.of(port).mode();
        return new Ends(name, port, role, mode, 0, 0, address.high(), address.low(), 0);
    }

    /**
     * The end that somebody asks about.
     *
     * @param text component id, reserved id or IP address
     * @throws UnknownException when it is none of them
     */
    static Ends find(String text, PolicySet documents, PortPolicies ports) {
        return switch (text) {
            case HOST -> outside(text, PortRole.HOST, NOBODY, ports);
            case WORLD -> outside(text, PortRole.UPLINK, NOBODY, ports);
            case UNKNOWN -> outside(text, PortRole.VM, NOBODY, PortPolicies.ENFORCED);
            default -> named(text, documents, ports);
        };
    }

    private static Ends named(String text, PolicySet documents, PortPolicies ports) {
        Document document = documents.get(Kind.COMPONENT, text);
        if (document != null && document.body() instanceof Component component) {
            return of(text, component.instances().getFirst(), ports);
        }
        IpPrefix address = Addresses.parse(text)
                .orElseThrow(() -> new UnknownException(
                        "no such component, and no IP address: was " + text + "; weir components lists components"));
        return bound(address, documents, ports).orElseGet(() -> outside(text, PortRole.UPLINK, address, ports));
    }

    /** The component whose instance has the longest prefix around the address. */
    private static Optional<Ends> bound(IpPrefix address, PolicySet documents, PortPolicies ports) {
        Ends best = null;
        int length = -1;
        for (Document document : documents.documents(Kind.COMPONENT)) {
            for (Instance instance : ((Component) document.body()).instances()) {
                for (IpPrefix prefix : instance.ips()) {
                    if (prefix.contains(address) && prefix.length() > length) {
                        length = prefix.length();
                        best = of(document.id(), instance, ports).at(address);
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private Ends at(IpPrefix address) {
        return new Ends(name, port, role, mode, mac, vlan, address.high(), address.low(), l4);
    }

    /** Makes the key that of a flow from one end to the other. */
    static FlowKey flow(FlowKey key, Ends from, Ends to, int protocol, int port) {
        boolean ports = protocol == 6 || protocol == 17 || protocol == 132;
        boolean ip = protocol != FlowKey.NOT_IP;
        boolean ipv4 = to.high == 0 && to.low >>> 32 == 0xFFFF;
        int etherType = !ip ? 0x88B5 : ipv4 ? 0x0800 : 0x86DD;
        return key.clear()
                .link(from.mac, to.mac, Math.max(from.vlan, to.vlan), etherType)
                .source(ip ? from.high : 0, ip ? from.low : 0)
                .destination(ip ? to.high : 0, ip ? to.low : 0)
                .transport(protocol, ports ? (from.l4 == 0 ? EPHEMERAL_PORT : from.l4) : 0, ip ? port : 0);
    }
}
