package io.weir.datapath.worker;

import java.util.List;
import java.util.Map;

import io.weir.datapath.pipeline.DropReason;

/**
 * The whole switch's counters. The law of conservation: {@code rxFrames + replicated + originated == txFrames + consumed +
 * sum of drops} once the switch is at rest.
 *
 * @param uptimeNs time since the start, in ns
 * @param rxFrames frames received by all ports, removed ones included
 * @param rxBytes bytes received
 * @param txFrames frames sent
 * @param txBytes bytes sent
 * @param consumed frames taken by the switch itself
 * @param replicated copies beyond the first
 * @param originated frames the switch sent of its own
 * @param drops frames dropped, by reason; reasons that did not occur are absent
 * @param macs addresses in the MAC table
 * @param macMoves moves of addresses between ports
 * @param workers one line a worker
 */
public record SwitchStatistics(
        long uptimeNs,
        long rxFrames,
        long rxBytes,
        long txFrames,
        long txBytes,
        long consumed,
        long replicated,
        long originated,
        Map<DropReason, Long> drops,
        int macs,
        long macMoves,
        List<WorkerStatistics> workers) {

    /**
     * One worker.
     *
     * @param index worker number
     * @param batches batches worked on
     * @param sleeps times it went to sleep in the kernel
     * @param allocatedBytes heap bytes its thread allocated since it started
     */
    public record WorkerStatistics(int index, long batches, long sleeps, long allocatedBytes) {}
}
