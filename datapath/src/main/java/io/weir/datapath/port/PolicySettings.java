package io.weir.datapath.port;

import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;

/**
 * How a port stands to the policy.
 *
 * @param mode how far its traffic is judged
 * @param role what is behind it, for traffic that no component claims
 * @param dhcp what of DHCP and DHCPv6 the port may speak
 * @param router whether it may send router advertisements and redirects, and from IP addresses that other ports have
 */
public record PolicySettings(PolicyMode mode, PortRole role, Dhcp dhcp, boolean router) {
    /** DHCP on a port that is judged. */
    public enum Dhcp {
        /** No DHCP at all. */
        NONE,
        /** Its requests reach ports with SERVER, and nothing else. */
        CLIENT,
        /** It answers, and relays. */
        SERVER
    }

    /** A port of a plain switch. */
    public static final PolicySettings OFF = new PolicySettings(PolicyMode.OFF, PortRole.VM, Dhcp.NONE, false);

    /** A guest under the policy. */
    public static final PolicySettings ENFORCED = new PolicySettings(PolicyMode.ENFORCE, PortRole.VM, Dhcp.NONE, false);
}
