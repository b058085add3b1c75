package io.weir.datapath.worker;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The counters of an offline switch by name, and the law of conservation over them. */
final class SwitchCounters {
    private static final Map<String, Integer> NAMES = Map.of(
            "rx", CounterTable.RX_FRAMES,
            "forwarded", CounterTable.FORWARDED,
            "consumed", CounterTable.CONSUMED,
            "replicated", CounterTable.REPLICATED,
            "originated", CounterTable.ORIGINATED,
            "egress", CounterTable.EGRESS_FRAMES,
            "tx", CounterTable.TX_FRAMES);

    private final OfflineSwitch weir;
    private final List<String> ports;

    SwitchCounters(OfflineSwitch weir, List<String> ports) {
        this.weir = weir;
        this.ports = ports;
    }

    /** One line a counter that is not 0: port, name, value; drops as "drop STAGE LABEL". */
    String text() {
        StringBuilder text = new StringBuilder();
        for (String port : ports) {
            Map<String, Long> values = new TreeMap<>();
            NAMES.forEach((name, counter) -> values.put(name, weir.counter(port, counter)));
            for (DropReason reason : DropReason.values()) {
                values.put("drop " + reason.stage() + ' ' + reason.label(), weir.drops(port, reason));
            }
            values.forEach((name, value) -> text.append(value == 0 ? "" : port + ' ' + name + ' ' + value + '\n'));
        }
        return text.toString();
    }

    /** Conservation at each port, over the switch, and against what really went in and came out. */
    void assertConserved(long fedIn, long cameOut) {
        for (String port : ports) {
            long decided = count(port, "forwarded") + count(port, "consumed") + drops(port, false);
            assertEquals(count(port, "rx"), decided, () -> "what arrived on " + port + "\n" + text());
            long left = count(port, "tx") + drops(port, true);
            assertEquals(count(port, "egress"), left, () -> "what was to leave by " + port + "\n" + text());
        }
        assertEquals(fedIn, sum(port -> count(port, "rx")), () -> "frames fed in\n" + text());
        assertEquals(cameOut, sum(port -> count(port, "tx")), () -> "frames that came out\n" + text());
        long made = sum(port -> count(port, "rx") + count(port, "replicated") + count(port, "originated"));
        long ended = sum(port -> count(port, "tx") + count(port, "consumed") + drops(port, true) + drops(port, false));
        assertEquals(made, ended, () -> "the whole switch\n" + text());
    }

    private long count(String port, String name) {
        return weir.counter(port, Objects.requireNonNull(NAMES.get(name)));
    }

    private long drops(String port, boolean atWayOut) {
        long drops = 0;
        for (DropReason reason : DropReason.values()) {
            drops += reason.atWayOut() == atWayOut ? weir.drops(port, reason) : 0;
        }
        return drops;
    }

    private long sum(Function<String, Long> ofPort) {
        return ports.stream().mapToLong(ofPort::apply).sum();
    }
}
