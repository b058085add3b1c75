package io.weir.perf.firewall;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import io.weir.control.audit.DenyAggregator;
import io.weir.control.audit.DenyEntry;
import io.weir.control.audit.Names;
import io.weir.control.audit.RuleName;
import io.weir.control.audit.WallTime;
import io.weir.control.flow.SwitchFirewall;
import io.weir.datapath.packet.PacketBatch;

/**
 * How many denied packets a second a worker records, each under a key of its own, while a reader empties the records into the
 * product's aggregator ten times a second; and whether the aggregator has all of them in the end.
 *
 * <p>Prints {@code deny_rate} in millions a second and {@code deny_unaccounted} in packets.
 */
public final class DenyRate {
    private static final List<String> PORTS = List.of("port0", "port1");
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int SESSIONS = 64;
    private static final long DRAIN_NS = 100_000_000;
    private static final long SECOND_NS = 1_000_000_000;

    private final StubPolicy policy = new StubPolicy(PORTS);
    private final FirewallPipeline pipeline = new FirewallPipeline(PORTS, SESSIONS);
    private final DenyAggregator aggregator = new DenyAggregator(
            handler -> pipeline.denies().drain(row -> handler.onDenies(new SwitchFirewall.Denies(row))),
            new NoNames(),
            List.of(),
            DenyAggregator.DEFAULT_CAPACITY);
    private volatile boolean asked; // by the reader, for what was counted so far
    private volatile boolean stopped;

    /**
     * What came out.
     *
     * @param rate packets a second
     * @param ownRate packets a second of the worker's own CPU time: what the rate would be, had it a core to itself
     * @param unaccounted packets that were denied and are in no record
     */
    record Outcome(double rate, double ownRate, long unaccounted) {}

    /** {@code --quick}: one second instead of five. */
    public static void main(String[] arguments) throws InterruptedException {
        boolean quick = List.of(arguments).contains("--quick");
        Outcome outcome = new DenyRate().measure(2 * SECOND_NS, (quick ? 1 : 5) * SECOND_NS);
        System.out.printf(Locale.ROOT, "deny_rate %.3f%n", outcome.rate / 1e6);
        System.out.printf("deny_unaccounted %d%n", outcome.unaccounted);
        System.err.printf(Locale.ROOT, "denies: %.3f M/s of the worker's CPU time%n", outcome.ownRate / 1e6);
    }

    /** Denies for so long, of which the first part is not measured, only accounted for. */
    Outcome measure(long warmUpNs, long measuredNs) throws InterruptedException {
        policy.allows(false);
        try (pipeline;
                UdpBatch frames = new UdpBatch()) {
            pipeline.take(policy);
            pipeline.learn(UdpBatch.RECEIVER_MAC, UdpBatch.EGRESS_PORT, UdpBatch.NOW_NS);
            return measure(frames, warmUpNs, measuredNs);
        }
    }

    private Outcome measure(UdpBatch frames, long warmUpNs, long measuredNs) throws InterruptedException {
        Thread reader = new Thread(this::read, "reader");
        reader.start();
        long denied;
        long before;
        double seconds;
        double ownSeconds;
        try {
            before = deny(frames, warmUpNs);
            long beganNs = System.nanoTime();
            long ownNs = THREADS.getCurrentThreadCpuTime();
            denied = deny(frames, measuredNs);
            ownSeconds = (THREADS.getCurrentThreadCpuTime() - ownNs) / (double) SECOND_NS;
            seconds = (System.nanoTime() - beganNs) / (double) SECOND_NS;
        } finally {
            stopped = true;
            reader.join();
        }
        return new Outcome(denied / seconds, denied / ownSeconds, before + denied - recorded());
    }

    private long deny(UdpBatch frames, long durationNs) {
        long deadlineNs = System.nanoTime() + durationNs;
        long denied = 0;
        while (System.nanoTime() - deadlineNs < 0) {
            PacketBatch batch = frames.refilled();
            int forwarded = pipeline.process(batch);
            if (forwarded > 0) {
                throw new IllegalStateException(forwarded + " packets are not denied");
            }
            denied += batch.count();
            if (asked) {
                boolean _ = pipeline.denies().handOver();
                asked = false;
            }
        }
        return denied;
    }

    private void read() {
        while (!stopped) {
            LockSupport.parkNanos(DRAIN_NS);
            asked = true;
            int _ = aggregator.drain();
            int _ = aggregator.deliver(WallTime.now());
        }
    }

    /** Takes what is left, once both threads are done; returns the sum over all keys. */
    private long recorded() {
        do {
            int _ = aggregator.drain();
        } while (pipeline.denies().handOver());
        int _ = aggregator.drain();
        return aggregator.totals(WallTime.now()).stream()
                .mapToLong(DenyEntry::packets)
                .sum();
    }

    /** Nobody asks for names here. */
    private static final class NoNames implements Names {
        @Override
        public String identity(int identity) {
            return "";
        }

        @Override
        public RuleName rule(int rule) {
            return RuleName.NONE;
        }

        @Override
        public String port(int number) {
            return "";
        }
    }
}
