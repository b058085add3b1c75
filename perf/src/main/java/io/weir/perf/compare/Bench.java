package io.weir.perf.compare;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.weir.perf.compare.Plan.Entrant;
import io.weir.perf.jmh.MicroBenchmarks;

/** {@code weir bench}: Weir beside its peers, one table. The table goes to standard output, progress to standard error. */
public final class Bench {
    private static final int EXIT_OK = 0;
    private static final int EXIT_SHORT = 1;
    private static final int EXIT_BAD_INPUT = 2;
    private static final long UNWIND_TIMEOUT_SECONDS = 15;
    /** Above this load of others, two cores say more about the others than about a switch. */
    private static final int QUIET_PERCENT = 10;

    private final BenchOptions options;
    private final Path directory;
    private final PrintStream progress;
    private final Results results = new Results();

    private Bench(BenchOptions options, Path directory, PrintStream progress) {
        this.options = options;
        this.directory = directory;
        this.progress = progress;
    }

    /** Exit code 0 when every bar is reached, 1 when not, 2 on bad arguments. */
    public static void main(String[] arguments) throws IOException {
        List<String> line = Arrays.asList(arguments);
        if (!line.isEmpty() && line.getFirst().equals("--jmh")) {
            MicroBenchmarks.main(line.subList(1, line.size()).toArray(String[]::new));
            return;
        }
        System.exit(run(line));
    }

    private static int run(List<String> arguments) {
        if (arguments.contains("--help")) {
            System.out.print(BenchOptions.USAGE);
            return EXIT_OK;
        }
        BenchOptions options;
        try {
            options = BenchOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.print("weir bench: " + e.getMessage() + "\n" + BenchOptions.USAGE);
            return EXIT_BAD_INPUT;
        }
        try {
            return compare(options);
        } catch (BenchException | IOException e) {
            System.err.println("weir bench: " + e.getMessage());
            return EXIT_SHORT;
        }
    }

    private static int compare(BenchOptions options) throws IOException {
        DebianPackages.require(options.install(), System.err);
        Path directory = Files.createTempDirectory("weir-bench-");
        CountDownLatch unwound = new CountDownLatch(1);
        Thread bench = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(bench, unwound, directory), "bench-clean-up"));
        try {
            Testbed.sweep();
            return new Bench(options, directory, System.err).compareAll(System.out);
        } finally {
            unwound.countDown();
        }
    }

    /**
     * After the last round, a signal or a failure alike: every process below this one, every namespace, every file. The
     * bench is stopped first, so that it makes nothing new behind the cleaner's back.
     */
    private static void cleanUp(Thread bench, CountDownLatch unwound, Path directory) {
        bench.interrupt();
        try {
            if (!unwound.await(UNWIND_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("weir bench: does not stop, cleaning up anyway");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Testbed.removeOwn();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            System.err.println("weir bench: left behind: " + directory);
        }
    }

    private int compareAll(PrintStream out) throws IOException {
        double busyPercent = Machine.busyPercent();
        Plan complete = Plan.complete(WeirSwitch.findLauncher(), CPrograms.compile("forwarder", directory));
        Plan plan = options.only().isEmpty() ? complete : complete.only(options.only());
        Probes probes = Probes.of(options, directory);
        for (int round = 1; round <= options.rounds(); round++) {
            for (Entrant entrant : plan.entrants()) {
                progress.printf("round %d/%d %s%n", round, options.rounds(), entrant.name());
                enter(entrant, round, probes);
            }
        }
        // Once: a benchmark in memory has rounds of its own.
        plan.inMemory().forEach(this::measureInMemory);
        return report(plan, busyPercent, out);
    }

    private void measureInMemory(String measure) {
        progress.printf("in memory %s%n", measure);
        try {
            new InMemory(options.quick()).measure(measure).forEach((metric, value) -> {
                results.add(Plan.IN_MEMORY, metric, value);
                progress.printf("  %s %s %s%n", metric.title(), Comparison.number(value), metric.unit());
            });
        } catch (BenchException e) {
            results.fail(Plan.IN_MEMORY, measure, e.reason());
            progress.printf("  %s failed: %s%n", measure, e.reason());
        }
    }

    /** One contender's turn: start, measure, stop. A contender that did not start is left out of later rounds. */
    private void enter(Entrant entrant, int round, Probes probes) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new BenchException("interrupted in round " + round);
        }
        if (results.failureToStart(entrant.name()).isPresent()) {
            return;
        }
        Path home = Files.createDirectory(directory.resolve(entrant.name() + "." + round));
        try (Testbed testbed = Testbed.create();
                Contender contender = entrant.factory().apply(home)) {
            contender.start(testbed);
            testbed.configureHosts();
            for (String measure : entrant.measures().stream().sorted().toList()) {
                measure(entrant.name(), measure, probes.of(measure), testbed, contender);
            }
        } catch (BenchException e) {
            results.failToStart(entrant.name(), e.reason());
            progress.printf("  failed: %s%n", e.reason());
        }
    }

    private void measure(String name, String measure, Probe probe, Testbed testbed, Contender contender) {
        if (results.failure(name, measure).isPresent()) {
            return;
        }
        try {
            probe.measure(testbed, contender).forEach((metric, value) -> {
                results.add(name, metric, value);
                progress.printf("  %s %s %s%n", metric.title(), Comparison.number(value), metric.unit());
            });
        } catch (BenchException e) {
            results.fail(name, measure, e.reason());
            progress.printf("  %s failed: %s%n", measure, e.reason());
        }
    }

    private int report(Plan plan, double busyPercent, PrintStream out) throws IOException {
        List<Comparison> comparisons =
                plan.bars().stream().map(bar -> Comparison.of(bar, results)).toList();
        String machine = Machine.describe() + ", %.0f %% busy before the start".formatted(busyPercent);
        String peers = Machine.describePeers();
        out.printf("machine: %s%npeers: %s%n", machine, peers);
        out.printf("rounds: %d%s, median [min..max]%n%n", options.rounds(), options.quick() ? " (quick)" : "");
        if (busyPercent > QUIET_PERCENT) {
            out.printf(
                    "not to be quoted: the machine was busy with other things, must be below %d %%%n%n", QUIET_PERCENT);
        }
        out.print(ResultTable.render(comparisons));
        if (options.csv().isPresent()) {
            Files.writeString(options.csv().get(), ResultsCsv.render(machine, peers, comparisons));
        }
        boolean reached = comparisons.stream()
                .map(Comparison::outcome)
                .allMatch(outcome -> outcome == Comparison.Outcome.PASS || outcome == Comparison.Outcome.INFO);
        return reached ? EXIT_OK : EXIT_SHORT;
    }
}
