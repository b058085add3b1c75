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
 * @param wireLabel what is done with security labels in the IP options of its packets
 * @param label range of levels of the flows that may enter or leave by it, as the policy reads it; empty for all
 */
public record PolicySettings(
        PolicyMode mode, PortRole role, Dhcp dhcp, boolean router, WireLabel wireLabel, String label) {
    /** Security labels in IP options: CIPSO (FIPS 188) in IPv4, CALIPSO (RFC 5570) in IPv6. */
    public enum WireLabel {
        /** They are options like any others. */
        NONE,
        /** A label that is there must be one that its sender may have, and is the packet's level then; one that leaves must be true. */
        VERIFY,
        /** As VERIFY, and no IP packet enters or leaves without one. */
        REQUIRED,
        /** They are taken off packets that enter and leave, and mean nothing. */
        STRIP
    }

    /** DHCP on a port that is judged. */
    public enum Dhcp {
        /** No DHCP at all. */
        NONE,
        /** Its requests reach ports with SERVER, and nothing else. */
        CLIENT,
        /** It answers, and relays. */
        SERVER
    }

    /** A port for flows of every level. */
    public PolicySettings(PolicyMode mode, PortRole role, Dhcp dhcp, boolean router, WireLabel wireLabel) {
        this(mode, role, dhcp, router, wireLabel, "");
    }

    /** A port of a plain switch. */
    public static final PolicySettings OFF =
            new PolicySettings(PolicyMode.OFF, PortRole.VM, Dhcp.NONE, false, WireLabel.NONE);

    /** A guest under the policy. */
    public static final PolicySettings ENFORCED =
            new PolicySettings(PolicyMode.ENFORCE, PortRole.VM, Dhcp.NONE, false, WireLabel.NONE);
}
