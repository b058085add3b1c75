package io.weir.datapath.policy;

import org.jspecify.annotations.Nullable;

/**
 * One epoch of policy: identities, rules, labels and grants, compiled and immutable. The only thing the packet path asks.
 *
 * <p>All questions are pure: no clock, no I/O, no state; the same answer for the same arguments, within fixed work that no
 * traffic can enlarge. They allocate nothing and throw nothing.
 *
 * <p>Threading: immutable, any thread.
 */
public interface Policy {
    /** Number of the epoch, 1 up. */
    int epoch();

    /** The policy's own number of a port, by its name; {@link FlowKey#NO_PORT} when no document mentions it. Not for the hot path. */
    int portId(String portName);

    /** Name of the port with that number. Not for the hot path. */
    String portName(int portId);

    /**
     * Whether a sender is bound to the port: MAC address, VLAN and IP address of the key's source side at its ingress port.
     *
     * @return 0, or the code of SPOOFED_MAC, SPOOFED_VLAN or SPOOFED_IP, the strongest attribute that contradicts
     */
    int guard(FlowKey sender);

    /**
     * Judges a flow: identify, labels, rules of both sides, combine; docs/policy.md says the order.
     *
     * @param nowNs monotonic time
     * @param verdict filled, whatever it held before
     */
    void evaluate(FlowKey flow, long nowNs, Verdict verdict);

    /**
     * Whether any flow between the two ends of the key could pass, or be answered by a default deny that rejects or redirects,
     * in either direction, whatever its protocol: what ARP and neighbour discovery need to know.
     */
    boolean couldTalk(FlowKey ends, long nowNs);

    /** The limits with that number, null for 0. */
    @Nullable
    Limits limits(int number);
}
