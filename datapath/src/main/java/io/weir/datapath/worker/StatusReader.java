package io.weir.datapath.worker;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.agrona.concurrent.NanoClock;

import com.sun.management.ThreadMXBean;

import io.weir.datapath.pipeline.CounterTable;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.port.PortDevice;

/**
 * Reads what an operator wants to know from the workers' tables and counters.
 *
 * <p>Threading: the control thread, guarded by the {@link Switch}.
 */
final class StatusReader {
    private static final int COUNTERS = 9;

    private final Workers workers;
    private final NanoClock clock;
    private final long startNs;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // Counters of ports that were removed, so that the switch's sums never go back.
    private final long[] retired = new long[COUNTERS];
    private final Map<DropReason, Long> retiredDrops = new EnumMap<>(DropReason.class);

    StatusReader(Workers workers, NanoClock clock, long startNs) {
        this.workers = workers;
        this.clock = clock;
        this.startNs = startNs;
    }

    PortStatus of(SwitchPort port) {
        PortDevice device = port.device();
        boolean blocked = workers.blocks().blocked(port.number(), clock.nanoTime());
        String reason = blocked && port.ready()
                ? "shut by BPDU guard or loop detection: disable and enable the port, or wait for the recovery time"
                : port.settings().enabled() ? port.downReason() : "disabled by configuration";
        int macs = workers.on(port.worker(), worker -> worker.pipeline().macCount(port.number()));
        return new PortStatus(
                port.number(),
                port.settings(),
                port.state(blocked),
                reason,
                device == null ? "none" : device.io(),
                port.mtu(),
                port.worker(),
                macs,
                counters(port));
    }

    private PortStatus.Counters counters(SwitchPort port) {
        int number = port.number();
        return new PortStatus.Counters(
                sum(number, CounterTable.RX_FRAMES),
                sum(number, CounterTable.RX_BYTES),
                sum(number, CounterTable.FORWARDED),
                sum(number, CounterTable.CONSUMED),
                sum(number, CounterTable.REPLICATED),
                sum(number, CounterTable.ORIGINATED),
                sum(number, CounterTable.EGRESS_FRAMES),
                sum(number, CounterTable.TX_FRAMES),
                sum(number, CounterTable.TX_BYTES),
                workers.kernelDrops(number),
                drops(number));
    }

    private long sum(int port, int counter) {
        long sum = 0;
        for (Worker worker : workers.all()) {
            sum += worker.counters().read(port, counter);
        }
        return sum;
    }

    private Map<DropReason, Long> drops(int port) {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            long count = 0;
            for (Worker worker : workers.all()) {
                count += worker.counters().drops(port, reason.code());
            }
            if (count > 0) {
                drops.put(reason, count);
            }
        }
        return drops;
    }

    /** Keeps a port's counters in the switch's sums; the port is about to be removed. */
    void retire(SwitchPort port) {
        for (int counter = 0; counter < COUNTERS; counter++) {
            retired[counter] += sum(port.number(), counter);
        }
        drops(port.number()).forEach((reason, count) -> retiredDrops.merge(reason, count, Long::sum));
    }

    SwitchStatistics ofAll(List<SwitchPort> ports) {
        long[] sums = retired.clone();
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        drops.putAll(retiredDrops);
        for (SwitchPort port : ports) {
            for (int counter = 0; counter < COUNTERS; counter++) {
                sums[counter] += sum(port.number(), counter);
            }
            drops(port.number()).forEach((reason, count) -> drops.merge(reason, count, Long::sum));
        }
        long moves = 0;
        for (Worker worker : workers.all()) {
            moves += workers.on(worker.index(), target -> target.pipeline().macMoves());
        }
        return new SwitchStatistics(
                clock.nanoTime() - startNs,
                sums[CounterTable.RX_FRAMES],
                sums[CounterTable.RX_BYTES],
                sums[CounterTable.TX_FRAMES],
                sums[CounterTable.TX_BYTES],
                sums[CounterTable.CONSUMED],
                sums[CounterTable.REPLICATED],
                sums[CounterTable.ORIGINATED],
                drops,
                macTable(ports).size(),
                moves,
                workers.all().stream().map(this::ofWorker).toList());
    }

    private SwitchStatistics.WorkerStatistics ofWorker(Worker worker) {
        CounterTable counters = worker.counters();
        long thread = worker.threadId();
        return new SwitchStatistics.WorkerStatistics(
                worker.index(),
                counters.read(CounterTable.WORKER_ROW, CounterTable.BATCHES),
                counters.read(CounterTable.WORKER_ROW, CounterTable.SLEEPS),
                thread == 0 ? 0 : threads.getThreadAllocatedBytes(thread));
    }

    /** The table of each port's owner is the one that knows the ages of the addresses behind the port. */
    List<MacEntry> macTable(List<SwitchPort> ports) {
        Map<Integer, SwitchPort> byNumber = new HashMap<>();
        ports.forEach(port -> byNumber.put(port.number(), port));
        List<MacEntry> entries = new ArrayList<>();
        for (Worker worker : workers.all()) {
            entries.addAll(workers.on(
                    worker.index(),
                    target -> target.pipeline().macEntries(clock.nanoTime(), number -> {
                        SwitchPort port = byNumber.get(number);
                        return port == null || port.worker() != target.index()
                                ? null
                                : port.settings().name();
                    })));
        }
        entries.sort(Comparator.comparingInt(MacEntry::vlan).thenComparingLong(MacEntry::mac));
        return entries;
    }

    List<GroupEntry> groups(List<SwitchPort> ports) {
        Map<Integer, SwitchPort> byNumber = new HashMap<>();
        ports.forEach(port -> byNumber.put(port.number(), port));
        List<GroupEntry> entries = new ArrayList<>();
        for (Worker worker : workers.all()) {
            entries.addAll(workers.on(
                    worker.index(),
                    target -> target.pipeline().groupEntries(clock.nanoTime(), number -> {
                        SwitchPort port = byNumber.get(number);
                        return port == null || port.worker() != target.index()
                                ? null
                                : port.settings().name();
                    })));
        }
        return entries;
    }

    List<SessionInfo> sessions(List<SwitchPort> ports, int limit) {
        Map<Integer, String> names = new HashMap<>();
        ports.forEach(port -> names.put(port.number(), port.settings().name()));
        List<SessionInfo> sessions = new ArrayList<>();
        for (Worker worker : workers.all()) {
            int left = limit - sessions.size();
            SessionReader reader =
                    workers.on(worker.index(), target -> target.pipeline().sessions(left, names::get));
            boolean more = left > 0;
            while (more) {
                more = workers.on(worker.index(), target -> reader.readSlice(clock.nanoTime()));
            }
            sessions.addAll(reader.found());
        }
        return sessions;
    }
}
