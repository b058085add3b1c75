package io.weir.control.audit;

/**
 * A session as it stands.
 *
 * @param ends addresses of the flow that began it
 * @param sourceIdentity identity of its source
 * @param destinationIdentity identity of its destination
 * @param ingressPort the switch's number of the port it began at
 * @param egressPort the switch's number of the other port
 * @param egressRule number of the rule that allowed on the source's side, 0 for none
 * @param ingressRule number of the rule that allowed on the destination's side, 0 for none
 * @param epoch epoch that judged it last
 * @param state state for people, such as {@code established}
 * @param packets packets of its own direction
 * @param bytes their bytes
 * @param replyPackets packets of the other direction
 * @param replyBytes their bytes
 * @param ageNs time since it began
 * @param idleNs time since its last packet
 */
public record LiveSession(
        FlowEnds ends,
        int sourceIdentity,
        int destinationIdentity,
        int ingressPort,
        int egressPort,
        int egressRule,
        int ingressRule,
        int epoch,
        String state,
        long packets,
        long bytes,
        long replyPackets,
        long replyBytes,
        long ageNs,
        long idleNs) {}
