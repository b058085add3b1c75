package io.weir.datapath.worker;

import java.util.Map;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Conservation, as {@link PortStatus.Counters} and {@link SwitchStatistics} state it, for a switch at rest. */
final class SwitchLaws {
    private SwitchLaws() {}

    /** Also waits until every worker has done with the frames that were received: ports() asks each of them. */
    static void assertConserved(Switch weir) {
        weir.ports();
        for (PortStatus port : weir.ports()) {
            PortStatus.Counters counters = port.counters();
            String name = port.settings().name() + " " + counters;
            assertEquals(
                    counters.rxFrames(), counters.forwarded() + counters.consumed() + drops(counters, false), name);
            assertEquals(counters.egressFrames(), counters.txFrames() + drops(counters, true), name);
        }
        SwitchStatistics all = weir.statistics();
        assertEquals(
                all.rxFrames() + all.replicated() + all.originated(),
                all.txFrames() + all.consumed() + sum(all.drops()),
                all.toString());
    }

    static PortStatus.Counters counters(Switch weir, String port) {
        return status(weir, port).counters();
    }

    static PortStatus status(Switch weir, String port) {
        return weir.ports().stream()
                .filter(status -> status.settings().name().equals(port))
                .findFirst()
                .orElseThrow();
    }

    private static long drops(PortStatus.Counters counters, boolean atWayOut) {
        return counters.drops().entrySet().stream()
                .filter(drop -> drop.getKey().atWayOut() == atWayOut)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static long sum(Map<DropReason, Long> drops) {
        return drops.values().stream().mapToLong(Long::longValue).sum();
    }
}
