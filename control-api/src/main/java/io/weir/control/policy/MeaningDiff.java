package io.weir.control.policy;

/**
 * Flows from one component to another that one epoch allows and another does not.
 *
 * @param from component, or {@code reserved.*}
 * @param to the same
 * @param protocol IP protocol, {@code FlowKey.NOT_IP} for frames that are not IP
 * @param firstPort destination ports, both included; type and code of ICMP
 * @param allowed whether the later epoch allows them
 */
public record MeaningDiff(String from, String to, int protocol, int firstPort, int lastPort, boolean allowed) {}
