package io.weir.datapath.worker;

import java.util.Map;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.PortSettings;

/**
 * A port as it stands: settings, state and counters, read at one moment (each counter exact, the set not atomic).
 *
 * @param number port number
 * @param settings what the operator said
 * @param state whether frames pass
 * @param stateReason why not, one line; empty while it is up
 * @param io how frames move in fact: {@code tap}, {@code packet}, {@code xdp-native}, {@code xdp-generic}, {@code pcap}, or what a
 *     tunnel says
 * @param mtu largest network-layer packet in bytes, as in force
 * @param worker index of the worker that owns the port
 * @param macs MAC addresses learned on it
 * @param counters its counters
 */
public record PortStatus(
        int number,
        PortSettings settings,
        State state,
        String stateReason,
        String io,
        int mtu,
        int worker,
        int macs,
        Counters counters) {

    /** Whether frames pass. */
    public enum State {
        UP,
        DOWN,
        /** Shut by BPDU guard or loop detection. */
        BLOCKED,
        DISABLED
    }

    /**
     * Counters of one port. Two laws hold whenever the port is at rest: {@code rxFrames == forwarded + consumed + sum of the
     * ingress drops}, and {@code egressFrames == txFrames + sum of the egress drops}. A super-frame is one frame.
     *
     * @param rxFrames frames received
     * @param rxBytes bytes received
     * @param forwarded frames received here and handed to at least one way out
     * @param consumed frames received here that the switch took for itself
     * @param replicated copies beyond the first that frames received here caused (floods, segments)
     * @param originated frames that the switch itself sent in answer to frames received here
     * @param egressFrames frames handed to this port to send
     * @param txFrames frames sent
     * @param txBytes bytes sent
     * @param kernelDrops frames the kernel dropped before Weir could read them
     * @param drops frames dropped, by reason; reasons that did not occur are absent
     */
    public record Counters(
            long rxFrames,
            long rxBytes,
            long forwarded,
            long consumed,
            long replicated,
            long originated,
            long egressFrames,
            long txFrames,
            long txBytes,
            long kernelDrops,
            Map<DropReason, Long> drops) {}
}
