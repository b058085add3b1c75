package io.weir.control.audit;

/**
 * A session as it stands.
 *
 * @param ends addresses of the flow that began it
 * @param sourceIdentity identity of its source
 * @param destinationIdentity identity of its destination
 * @param ingressPort name of the port it began at
 * @param egressPort name of the other port
 * @param epoch epoch that judged it last
 * @param audited whether it passes only because something is in audit mode
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
        String ingressPort,
        String egressPort,
        int epoch,
        boolean audited,
        String state,
        long packets,
        long bytes,
        long replyPackets,
        long replyBytes,
        long ageNs,
        long idleNs) {}
