package io.weir.control.policy;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;
import io.weir.ipsec.sa.SaStatus;

/**
 * What a tunnel does with a flow that is sent into it, after the policy and as its SAs are at this moment.
 *
 * @param peer to which it leads
 * @param port that leads there
 * @param level that the SA must have; empty for none
 * @param spi of the outbound SA that takes the flow, 0 when there is none
 * @param state of that SA; an expired one takes packets and drops them. Null when there is none
 * @param drop why the flow's packets are dropped; null when they are not
 * @param dropText what is missing, and what to do; empty when nothing is dropped
 * @param inRange whether the level lies in the peer's label, without which it can have no SA
 * @param warnings what else stands in the way
 */
public record TunnelPath(
        String peer,
        String port,
        String level,
        int spi,
        SaStatus.@Nullable Expiry state,
        @Nullable DropReason drop,
        String dropText,
        boolean inRange,
        List<String> warnings) {
    public TunnelPath {
        warnings = List.copyOf(warnings);
    }

    public boolean drops() {
        return drop != null;
    }

    /** The same for a flow that the policy denies: no SA is asked for it. */
    TunnelPath denied() {
        return new TunnelPath(peer, port, level, 0, null, null, "", inRange, warnings);
    }
}
