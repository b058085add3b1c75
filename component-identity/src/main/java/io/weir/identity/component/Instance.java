package io.weir.identity.component;

import java.util.List;
import java.util.OptionalLong;

/**
 * One place where a component runs. The port is trusted, the rest narrows it: what is not said matches anything.
 *
 * @param port name of the port it is behind
 * @param mac its MAC address in the low 48 bits
 * @param vlan its VLAN, 1 to 4094; 0 when not said
 * @param ips its addresses; prefixes stand for whole networks behind the port
 * @param l4 its ports, for components that share an address
 */
public record Instance(String port, OptionalLong mac, int vlan, List<IpPrefix> ips, List<L4Match> l4) {
    public Instance {
        ips = List.copyOf(ips);
        l4 = List.copyOf(l4);
    }
}
