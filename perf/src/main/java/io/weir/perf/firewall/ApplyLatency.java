package io.weir.perf.firewall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.weir.control.clock.DurableClock;
import io.weir.control.clock.SystemClock;
import io.weir.control.grant.GrantEntry;
import io.weir.control.grant.GrantStore;
import io.weir.control.policy.ApplyRequest;
import io.weir.control.policy.LiveFlows;
import io.weir.control.policy.PolicyEngine;
import io.weir.control.policy.PolicyListener;
import io.weir.control.repository.EmbeddedRepository;
import io.weir.datapath.policy.Policy;
import io.weir.identity.compile.PolicyCompiler;
import io.weir.identity.component.Document;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.manifest.ManifestReader;

/**
 * How long a changed manifest takes from the call, as YAML, to the first packets that are judged by it, while a worker forwards as
 * fast as it can: real reader, engine, compiler and store, whose log goes to disk.
 *
 * <p>Prints {@code apply_p99} in ms, {@code apply_lost} and {@code apply_mixed}; more of it on standard error.
 */
public final class ApplyLatency {
    private static final int STEP = 7_919;
    private static final int WARM_UP = 100;
    private static final double NS_PER_MS = 1e6;

    /**
     * How much of everything.
     *
     * @param rulesEach rules of a component
     * @param sessionsEach live sessions to a component
     * @param applies how many are measured, after as many as {@code warmUp} says
     */
    record Scale(int components, int rulesEach, int sessionsEach, int applies, int warmUp) {
        int sessions() {
            return components * sessionsEach;
        }
    }

    /** What came out; times ascend. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Outcome(long[] ns, long lost, long mixed, long packets, long durationNs) {
        double percentileMs(int percent) {
            return ns[Math.max(0, (ns.length * percent + 99) / 100 - 1)] / NS_PER_MS;
        }
    }

    private final Scale scale;
    private final PolicyFixture fixture;

    ApplyLatency(Scale scale) {
        this.scale = scale;
        this.fixture = new PolicyFixture(scale.components, scale.rulesEach);
    }

    /** {@code --quick}: fewer applies. */
    public static void main(String[] arguments) throws Exception {
        boolean quick = List.of(arguments).contains("--quick");
        Outcome outcome = new ApplyLatency(new Scale(10_000, 10, 100, quick ? 30 : 200, WARM_UP)).measure();
        System.out.printf(Locale.ROOT, "apply_p99 %.3f%n", outcome.percentileMs(99));
        System.out.printf("apply_lost %d%n", outcome.lost);
        System.out.printf("apply_mixed %d%n", outcome.mixed);
        System.err.printf(
                Locale.ROOT,
                "apply: p50 %.3f ms, p90 %.3f ms, max %.3f ms; meanwhile %.2f M packets/s%n",
                outcome.percentileMs(50),
                outcome.percentileMs(90),
                outcome.percentileMs(100),
                outcome.packets * 1e3 / outcome.durationNs);
    }

    Outcome measure() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("weir-apply-");
        try (EmbeddedRepository repository = new EmbeddedRepository(folder);
                FirewallPipeline pipeline = new FirewallPipeline(fixture.ports(), capacity());
                SessionTraffic traffic = new SessionTraffic(scale.components, scale.sessionsEach)) {
            traffic.introduce(pipeline, System.nanoTime());
            ApplyWorker worker = new ApplyWorker(pipeline, traffic);
            Thread thread = new Thread(worker, "worker");
            thread.start();
            try {
                return measure(engine(repository, worker), worker);
            } finally {
                worker.close();
                thread.join();
            }
        } finally {
            delete(folder);
        }
    }

    /** Twice the sessions, so that none has to give way. */
    private int capacity() {
        return Integer.highestOneBit(scale.sessions() * 2 - 1) * 2;
    }

    private static PolicyEngine engine(EmbeddedRepository repository, ApplyWorker worker) {
        DurableClock clock = new DurableClock(new SystemClock(), repository);
        return new PolicyEngine(new PolicyEngine.Parts(
                repository,
                clock,
                new GrantStore(repository, clock),
                new PolicyCompiler(PolicyCompiler.DEFAULT_BUDGET_BYTES),
                // The empty policy of the start would deny everything: nothing is to be lost under it.
                epoch -> publish(epoch, worker),
                LiveFlows.NONE,
                new NoListener(),
                LabelSettings.NONE));
    }

    private static void publish(Policy epoch, ApplyWorker worker) {
        if (epoch.epoch() > 1) {
            worker.publish(epoch);
        }
    }

    private Outcome measure(PolicyEngine engine, ApplyWorker worker) {
        engine.start();
        int epoch = apply(engine, List.copyOf(fixture.documents().documents()));
        long _ = worker.awaitEpoch(epoch);
        worker.awaitSessions();
        for (int i = 0; i < scale.warmUp; i++) {
            long _ = change(engine, worker, i);
        }
        long[] ns = new long[scale.applies];
        long packets = worker.packets();
        long beganNs = System.nanoTime();
        for (int i = 0; i < ns.length; i++) {
            ns[i] = change(engine, worker, scale.warmUp + i);
        }
        long durationNs = System.nanoTime() - beganNs;
        Arrays.sort(ns);
        return new Outcome(ns, worker.lost(), worker.mixed(), worker.packets() - packets, durationNs);
    }

    /** Changes the rules of one component; returns how long it took to the end of the first batch under them. */
    private long change(PolicyEngine engine, ApplyWorker worker, int round) {
        String yaml =
                fixture.component(round * STEP % scale.components, 1 + round).text();
        long beganNs = System.nanoTime();
        int epoch = apply(engine, ManifestReader.read("change.yaml", yaml));
        return worker.awaitEpoch(epoch) - beganNs;
    }

    private static int apply(PolicyEngine engine, List<Document> documents) {
        ApplyRequest.Options options = new ApplyRequest.Options(ApplyRequest.ANY_HEAD, "bench", "bench", false, 0);
        return engine.apply(new ApplyRequest(documents, List.of(), options)).epoch();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static final class NoListener implements PolicyListener {
        @Override
        public void changed(ChangeKind kind, String author, int revision, int epoch, String detail) {}

        @Override
        public void granted(GrantEntry grant, int epoch) {}

        @Override
        public void quarantined(String component, boolean begun, String author, String detail) {}
    }
}
