package io.weir.identity.conformance;

import io.weir.identity.component.Component;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;

/**
 * Where a component of a case is: one port, one MAC address, one address of each family.
 *
 * @param port name of its port
 * @param mac in the low 48 bits
 */
record Place(String port, long mac, IpPrefix ipv4, IpPrefix ipv6) {
    static Place of(Component component) {
        Instance instance = component.instances().getFirst();
        return new Place(
                instance.port(), instance.mac().orElseThrow(), address(instance, true), address(instance, false));
    }

    private static IpPrefix address(Instance instance, boolean ipv4) {
        return instance.ips().stream()
                .filter(ip -> ip.isIpv4() == ipv4)
                .findFirst()
                .orElseThrow();
    }

    IpPrefix address(Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }
}
