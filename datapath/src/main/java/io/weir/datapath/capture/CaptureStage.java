package io.weir.datapath.capture;

import java.util.Set;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;

/**
 * The stage "capture": shows every packet of the batch, also the dropped and the consumed, to the active capture sessions, as
 * its bytes and its verdict stand when the stage runs. It changes nothing and drops nothing. All packets of a batch get the
 * batch's time.
 *
 * <p>Threading: belongs to one worker.
 */
public final class CaptureStage implements Stage {
    private final WorkerCapture capture;

    CaptureStage(WorkerCapture capture) {
        this.capture = capture;
    }

    @Override
    public String name() {
        return "capture";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Set.of();
    }

    @Override
    public void process(PacketBatch batch) {
        for (CaptureRing ring : capture.active()) {
            ring.offer(batch);
        }
    }
}
