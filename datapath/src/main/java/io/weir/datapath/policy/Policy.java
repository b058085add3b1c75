package io.weir.datapath.policy;

import org.jspecify.annotations.Nullable;

/**
 * One epoch of policy: identities, rules, labels and grants, compiled and immutable. The only thing the packet path asks.
 *
 * <p>All questions are pure: no clock, no I/O, no state that an answer depends on; the same answer for the same arguments, within
 * fixed work that no traffic can enlarge. They throw nothing, and allocate nothing but for this: the first time that a flow is
 * under a combination of limits, {@link #evaluate} numbers that combination, and may give it another number when it was not asked for
 * long. How many are held at a time is bounded.
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
     * Whether a sender is bound to the port: MAC address, VLAN and IP address of the key's source side at its ingress port. Of
     * what a router passes on, the IP address may be one that another port has.
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
     * in either direction, whatever its protocol, at the level of {@link #level}: what ARP and neighbour discovery need to know.
     */
    boolean couldTalk(FlowKey ends, long nowNs);

    /** Whether the IP address of the key's destination side is bound to its egress port: who has it is asked for there. */
    default boolean bindsDestination(FlowKey ends) {
        return false;
    }

    /** The security levels that this policy speaks of by number. */
    Levels levels();

    /**
     * Number of the level at which a frame travels that is judged by {@link #couldTalk} only: the level it proves, else the lowest of
     * its sender, 0 when neither has one.
     */
    int level(FlowKey ends);

    /**
     * Number of the level of a frame that a tunnel brings and that proves none: what came without one is as secret as what has no label
     * of its own, whoever it claims to be from. 0 while nothing has a label.
     */
    default int unprovenLevel() {
        return 0;
    }

    /**
     * Whether frames of a level may leave by a port, to whoever of its components: what is to be known of copies, for which no flow is
     * judged.
     *
     * @param level its number, 0 for none, which may leave by every port
     * @param portId the policy's number of the port
     */
    boolean mayLeave(int level, int portId);

    /** The limits with a number that a verdict of this epoch has just named, null for 0. */
    @Nullable
    Limits limits(int number);
}
