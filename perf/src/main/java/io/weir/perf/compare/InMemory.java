package io.weir.perf.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import io.weir.datapath.session.SessionTable;
import io.weir.perf.jmh.EvaluatorBenchmark;
import io.weir.perf.jmh.FirewallBenchmark;
import io.weir.perf.jmh.LabelBenchmark;
import io.weir.perf.jmh.SessionTableBenchmark;

/**
 * The figures that need no testbed: JMH's micro-benchmarks, and programs of {@code io.weir.perf.firewall}, each in a JVM of its
 * own, so that none meets what another has compiled.
 *
 * <p>Threading: one thread.
 */
final class InMemory {
    private static final String MANY = "100000";
    private static final String LEVELS = "2048";
    private static final String FEW = "10";
    private static final String ALLOCATION = "gc.alloc.rate.norm";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final boolean quick;

    InMemory(boolean quick) {
        this.quick = quick;
    }

    /** Runs everything behind a measure of {@link Plan#inMemory}. */
    Map<Metric, Double> measure(String measure) {
        return switch (measure) {
            case Plan.FIREWALL -> firewall();
            case Plan.APPLY -> program("io.weir.perf.firewall.ApplyLatency");
            case Plan.DENIES -> program("io.weir.perf.firewall.DenyRate");
            case Plan.ESP -> program("io.weir.perf.ipsec.EspRate");
            case Plan.LABELS -> Map.of(Metric.LABEL_CHECK, score(jmh(LabelBenchmark.class, "check", "levels", LEVELS)));
            case Plan.COMPLIANCE -> program("io.weir.perf.label.ComplianceTime");
            default -> throw new IllegalArgumentException("nothing in memory is called " + measure);
        };
    }

    private Map<Metric, Double> firewall() {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        RunResult packet = jmh(FirewallBenchmark.class, "pipeline", "sessions", MANY);
        figures.put(Metric.FIREWALL_PACKET, score(packet));
        figures.put(Metric.FIREWALL_ALLOCATION, allocation(packet));
        // The same ten flows under both: what another flow each time costs besides is the machine's caches.
        double many = score(jmh(EvaluatorBenchmark.class, "few", "rules", MANY));
        figures.put(Metric.RULES_RATIO, many / score(jmh(EvaluatorBenchmark.class, "few", "rules", FEW)));
        figures.put(Metric.EVALUATE_SCATTERED, score(jmh(EvaluatorBenchmark.class, "scattered", "rules", MANY)));
        // The pipeline with the stage less the pipeline without it: only there lookups of a batch go on side by side.
        figures.put(
                Metric.SESSION_HIT, score(packet) - score(jmh(FirewallBenchmark.class, "bridge", "sessions", MANY)));
        figures.put(
                Metric.SESSION_HIT_ALONE,
                score(jmh(SessionTableBenchmark.class, "foundTrackedAndCounted", "sessions", MANY)));
        figures.put(Metric.SESSION_NEW, score(jmh(SessionTableBenchmark.class, "begunAndEnded", "sessions", MANY)));
        figures.put(Metric.SESSION_MEMORY, (double) SessionTable.bytesPerSession());
        return figures;
    }

    private RunResult jmh(Class<?> benchmark, String method, String parameter, String value) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmark.getName() + "\\." + method + "$")
                .param(parameter, value)
                .addProfiler("gc")
                .verbosity(VerboseMode.SILENT);
        if (quick) {
            options.forks(1).warmupIterations(2).measurementIterations(2).measurementTime(TimeValue.milliseconds(500));
        }
        try {
            return new Runner(options.build()).runSingle();
        } catch (RunnerException e) {
            throw new BenchException("benchmark " + benchmark.getSimpleName() + '.' + method + " failed", e);
        }
    }

    private static double score(RunResult result) {
        return result.getPrimaryResult().getScore();
    }

    private static double allocation(RunResult result) {
        Result<?> normalised = result.getSecondaryResults().get(ALLOCATION);
        if (normalised == null) {
            throw new BenchException("the gc profiler gave no " + ALLOCATION);
        }
        return normalised.getScore();
    }

    /** Runs a main class, which prints a line {@code METRIC VALUE} for each figure. */
    private Map<Metric, Double> program(String main) {
        List<String> line = new ArrayList<>(List.of(ProcessHandle.current()
                .info()
                .command()
                .orElseThrow(() -> new BenchException("this JVM does not know its own command"))));
        line.addAll(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
        line.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "-cp", System.getProperty("java.class.path"), main));
        if (quick) {
            line.add("--quick");
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        for (String printed : Command.run(LIMIT, line).lines().toList()) {
            String[] words = printed.split(" ", 2);
            figures.put(Metric.valueOf(words[0].toUpperCase(Locale.ROOT)), Double.parseDouble(words[1]));
        }
        return figures;
    }
}
