package io.weir.control.audit;

import io.weir.datapath.policy.FlowKey;

/**
 * The addresses of one flow and its security level, as numbers; an IPv4 address stands as {@code ::ffff:a.b.c.d}.
 *
 * @param protocol IP protocol, or {@link FlowKey#NOT_IP}
 * @param sourceHigh upper half of the source address
 * @param sourceLow lower half
 * @param sourcePort 0 where the protocol has none
 * @param destinationHigh upper half of the destination address
 * @param destinationLow lower half
 * @param destinationPort for ICMP {@code type << 8 | code}
 * @param vlan VLAN of the flow
 * @param label number of the security level that it travels at, 0 for none
 */
public record FlowEnds(
        int protocol,
        long sourceHigh,
        long sourceLow,
        int sourcePort,
        long destinationHigh,
        long destinationLow,
        int destinationPort,
        int vlan,
        int label) {
    /** No flow seen yet. */
    public static final FlowEnds NONE = new FlowEnds(FlowKey.NOT_IP, 0, 0, 0, 0, 0, 0, 0, 0);
}
