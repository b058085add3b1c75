package io.weir.identity.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;
import io.weir.identity.component.Component;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.L4Match;

/**
 * Flows that a question about two components stands for: one for each pair of their instances that could exchange it. What an
 * instance leaves open is filled with something no document is likely to say.
 */
public final class ProbeFlows {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    /** Of the dynamic range. */
    private static final int SOURCE_PORT = 50_000;

    private static final int UNTAGGED_VLAN = 1;
    private static final long SOURCE_MAC = 0x02_00_5E_00_53_01L;
    private static final long DESTINATION_MAC = 0x02_00_5E_00_53_02L;
    private static final int IPV4_LENGTH = 96;

    /** EtherType for local experiments (IEEE 802): rules tell none apart. */
    private static final int EXPERIMENT = 0x88B5;

    private static final int[] ETHER_TYPES = {0x0800, 0x86DD}; // by family

    /** Addresses set aside for documentation, by family. */
    private static final IpPrefix[] STRANGERS = {
        IpPrefix.ipv4(0xC633_6401, 32), new IpPrefix(0x2001_0DB8L << 32, 1, 128)
    };

    private ProbeFlows() {}

    /**
     * One end of the question.
     *
     * @param role of ports that instances do not name
     * @param instances where it runs; one without a port and without attributes stands for a reserved component
     */
    public record End(PortRole role, List<Instance> instances) {
        public End {
            instances = List.copyOf(instances);
        }

        /** A component of the epoch, also a reserved one; without instances when there is no such. */
        static End of(PolicyEpoch epoch, String id) {
            Component component = epoch.component(epoch.identityOf(id));
            return switch (id) {
                case "reserved.world" -> reserved(PortRole.UPLINK);
                case "reserved.host" -> reserved(PortRole.HOST);
                case "reserved.unknown" -> reserved(PortRole.VM);
                default -> new End(PortRole.VM, component == null ? List.of() : component.instances());
            };
        }

        /** An end that no document claims, behind any port of that role. */
        public static End reserved(PortRole role) {
            return new End(role, List.of(new Instance("", OptionalLong.empty(), 0, List.of(), List.of())));
        }
    }

    /**
     * A flow, and the instances that it is between.
     *
     * @param key under enforcement; its ports are numbers of the epoch
     */
    public record Probe(Instance source, Instance destination, FlowKey key) {}

    /**
     * The flows from one component to another, under enforcement.
     *
     * @param from component id, also a reserved one
     * @param protocol IP protocol, or {@link FlowKey#NOT_IP}
     * @param port destination port, or type and code
     * @return empty when no instance of one could reach an instance of the other: other VLANs, address families or ports
     */
    public static List<FlowKey> between(PolicyEpoch epoch, String from, String to, int protocol, int port) {
        return between(epoch, End.of(epoch, from), End.of(epoch, to), protocol, port).stream()
                .map(Probe::key)
                .toList();
    }

    /** The same between ends that need not be components of the epoch. */
    public static List<Probe> between(PolicyEpoch epoch, End from, End to, int protocol, int port) {
        List<Probe> probes = new ArrayList<>();
        for (Instance source : from.instances) {
            for (Instance destination : to.instances) {
                int sourcePort = sourcePort(source, protocol);
                boolean served = destination.l4().isEmpty()
                        || destination.l4().stream().anyMatch(match -> match.matches(protocol, port));
                boolean bridged = source.vlan() == 0 || destination.vlan() == 0 || source.vlan() == destination.vlan();
                if (served && bridged && sourcePort >= 0) {
                    keys(source, destination, new int[] {protocol, sourcePort, port}).stream()
                            .map(key -> key.ingress(epoch.portId(source.port()), from.role, PolicyMode.ENFORCE)
                                    .egress(epoch.portId(destination.port()), to.role, PolicyMode.ENFORCE))
                            .forEach(key -> probes.add(new Probe(source, destination, key)));
                }
            }
        }
        return probes;
    }

    /** A port that the source may send from, or -1 when it has none of that protocol. */
    private static int sourcePort(Instance source, int protocol) {
        if (protocol == ICMP || protocol == ICMPV6) {
            return source.l4().isEmpty() || source.l4().stream().anyMatch(match -> match.matches(protocol, 0)) ? 0 : -1;
        }
        if (source.l4().isEmpty()) {
            return SOURCE_PORT;
        }
        for (L4Match match : source.l4()) {
            if (match.protocol() == protocol || match.protocol() == L4Match.ANY_PROTOCOL) {
                return match.ranges().isEmpty()
                        ? SOURCE_PORT
                        : match.ranges().getFirst().first();
            }
        }
        return -1;
    }

    /** One key for each address family that both speak, without ports of the switch. */
    private static List<FlowKey> keys(Instance source, Instance destination, int[] transport) {
        FlowKey link = new FlowKey()
                .link(
                        source.mac().orElse(SOURCE_MAC),
                        destination.mac().orElse(DESTINATION_MAC),
                        vlan(source, destination),
                        EXPERIMENT)
                .transport(transport[0], transport[1], transport[2]);
        if (transport[0] == FlowKey.NOT_IP) {
            return List.of(link.transport(FlowKey.NOT_IP, 0, 0));
        }
        List<FlowKey> keys = new ArrayList<>();
        for (int family = 0; family < STRANGERS.length; family++) {
            IpPrefix sender = address(source, family);
            IpPrefix receiver = address(destination, family);
            boolean spoken = said(source, family) || said(destination, family) || noneSaid(source, destination);
            boolean fits = transport[0] != (family == 0 ? ICMPV6 : ICMP);
            if (sender != null && receiver != null && spoken && fits) {
                keys.add(new FlowKey()
                        .copyFrom(link)
                        .link(link.sourceMac(), link.destinationMac(), link.vlan(), ETHER_TYPES[family])
                        .source(sender.high(), sender.low())
                        .destination(receiver.high(), receiver.low()));
            }
        }
        return keys;
    }

    private static boolean said(Instance instance, int family) {
        return instance.ips().stream().anyMatch(ip -> ip.isIpv4() == (family == 0));
    }

    private static boolean noneSaid(Instance source, Instance destination) {
        return source.ips().isEmpty() && destination.ips().isEmpty();
    }

    private static int vlan(Instance source, Instance destination) {
        int said = Math.max(source.vlan(), destination.vlan());
        return said == 0 ? UNTAGGED_VLAN : said;
    }

    /** An address of the instance in the family, a stranger's when it says none at all, null when it has none there. */
    private static @Nullable IpPrefix address(Instance instance, int family) {
        if (instance.ips().isEmpty()) {
            return STRANGERS[family];
        }
        for (IpPrefix ip : instance.ips()) {
            if (ip.isIpv4() == (family == 0)) {
                // Behind a network's own address, which no station has.
                return ip.length() < 127 && ip.length() != IPV4_LENGTH
                        ? new IpPrefix(ip.high(), ip.low() | 1, 128)
                        : ip;
            }
        }
        return null;
    }
}
