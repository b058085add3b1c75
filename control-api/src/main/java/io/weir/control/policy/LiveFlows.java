package io.weir.control.policy;

import java.util.List;

import io.weir.datapath.policy.FlowKey;

/** The sessions under way, for telling what a change would do to them. */
public interface LiveFlows {
    /** Nobody talks. */
    LiveFlows NONE = limit -> List.of();

    /**
     * One session.
     *
     * @param ingressPort name of the port it came in by; numbers of ports may differ from epoch to epoch
     * @param egressPort name of the port it leaves by
     * @param key the session in the direction of its first packet, with roles and modes of the ports
     */
    record Flow(String ingressPort, String egressPort, FlowKey key) {}

    /** Sessions of this moment, at most {@code limit}. */
    List<Flow> flows(int limit);
}
