package io.weir.control.policy;

import java.util.Optional;

import io.weir.identity.label.Level;

/** What tunnels do after the policy, for questions about flows that nobody has seen yet. */
public interface TunnelPaths {
    /**
     * What becomes of flows that leave by a port.
     *
     * @param level of the flow; empty for none
     * @return empty when the port leads into no tunnel
     */
    Optional<TunnelPath> path(String port, Optional<Level> level);

    /** The same as of this moment, for many questions of one thread at once. */
    default TunnelPaths now() {
        return this;
    }
}
