package io.weir.datapath.label;

import java.util.EnumSet;
import java.util.Set;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;

/**
 * The stage "wire-label": what security labels in IP options say of packets. It stands behind the source guard, as it answers
 * senders, who must be who they say.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class WireLabelStage implements Stage {
    @Override
    public String name() {
        return "wire-label";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return EnumSet.range(DropReason.WIRE_LABEL_MISSING, DropReason.WIRE_LABEL_UNKNOWN);
    }

    /** Labels are options like any others as yet. */
    @Override
    public void process(PacketBatch batch) {}
}
