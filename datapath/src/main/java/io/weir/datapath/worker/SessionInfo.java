package io.weir.datapath.worker;

/**
 * One live session, in the direction of its first packet.
 *
 * @param ingressPort name of the port that packet came by
 * @param egressPort name of the port it left by
 * @param sourceMac MAC address in the low 48 bits, 0 when a restart has lost it
 * @param destinationMac MAC address in the low 48 bits, 0 when a restart has lost it
 * @param vlan 1 to 4094
 * @param etherType 0x0800 or 0x86dd
 * @param sourceHigh upper half of the source address, as {@link io.weir.datapath.policy.FlowKey} has it
 * @param sourceLow lower half of the source address
 * @param destinationHigh upper half of the destination address
 * @param destinationLow lower half of the destination address
 * @param protocol IP protocol
 * @param sourcePort as {@link io.weir.datapath.policy.FlowKey#sourcePort}
 * @param destinationPort as {@link io.weir.datapath.policy.FlowKey#destinationPort}
 * @param state name of its state
 * @param sourceIdentity number of the source's identity
 * @param destinationIdentity number of the destination's identity
 * @param epoch that judged it last
 * @param label number of the security level that it travels at, 0 for none
 * @param audited whether enforcement would have decided otherwise
 * @param forwardPackets frames of its direction
 * @param forwardBytes bytes of its direction
 * @param replyPackets frames of the other direction
 * @param replyBytes bytes of the other direction
 * @param ageNs since its first packet
 * @param idleNs since its last packet
 */
public record SessionInfo(
        String ingressPort,
        String egressPort,
        long sourceMac,
        long destinationMac,
        int vlan,
        int etherType,
        long sourceHigh,
        long sourceLow,
        long destinationHigh,
        long destinationLow,
        int protocol,
        int sourcePort,
        int destinationPort,
        String state,
        int sourceIdentity,
        int destinationIdentity,
        int epoch,
        int label,
        boolean audited,
        long forwardPackets,
        long forwardBytes,
        long replyPackets,
        long replyBytes,
        long ageNs,
        long idleNs) {}
