package io.weir.perf.compare;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The command line of {@code weir bench}.
 *
 * @param only names of measures, empty for all
 * @param rounds how often each contender runs
 * @param quick shorter runs, one round: to see that it works, not to quote
 * @param csv where to write the rows as CSV
 * @param install install missing Debian packages
 */
record BenchOptions(Set<String> only, int rounds, boolean quick, Optional<Path> csv, boolean install) {
    static final String USAGE = """
            usage: weir bench [--only NAME,...] [--rounds N] [--quick] [--csv FILE] [--install]
                   weir bench --jmh [REGEX] [JMH OPTION...]

              --only NAME,...  only these measures: tcp-tap, tcp-veth, tcp-tunnel, flood-tap, flood-xdp,
                               ping, allocation; in memory: firewall, apply, denies, esp, labels, compliance
              --rounds N       rounds over all contenders, 1 to 100 (default 3); medians are compared
              --quick          one short round: shows that it works, too noisy to quote
              --csv FILE       also write the rows as CSV
              --install        install missing Debian packages (apt-get), saying which
              --jmh [REGEX]    run the micro-benchmarks instead, with the gc profiler

            Exit: 0 every bar reached, 1 one is short or could not be measured, 2 bad arguments.
            """;

    private static final int DEFAULT_ROUNDS = 3;
    private static final int MAX_ROUNDS = 100;

    /** Throws {@link IllegalArgumentException} that names the argument and the remedy. */
    static BenchOptions parse(List<String> arguments) {
        Set<String> only = new TreeSet<>();
        int rounds = 0;
        boolean quick = false;
        boolean install = false;
        Optional<Path> csv = Optional.empty();
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String option = rest.poll();
            switch (option) {
                case "--only" -> only.addAll(List.of(value(option, rest).split(",", -1)));
                case "--rounds" -> rounds = rounds(value(option, rest));
                case "--quick" -> quick = true;
                case "--install" -> install = true;
                case "--csv" -> csv = Optional.of(Path.of(value(option, rest)));
                default -> throw new IllegalArgumentException("unknown argument: " + option);
            }
        }
        int defaultRounds = quick ? 1 : DEFAULT_ROUNDS;
        return new BenchOptions(only, rounds == 0 ? defaultRounds : rounds, quick, csv, install);
    }

    private static String value(String option, Deque<String> rest) {
        String value = rest.poll();
        if (value == null || value.startsWith("--")) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return value;
    }

    private static int rounds(String text) {
        try {
            int rounds = Integer.parseInt(text);
            if (rounds >= 1 && rounds <= MAX_ROUNDS) {
                return rounds;
            }
        } catch (NumberFormatException e) {
            // falls through to the same answer as a number out of range
        }
        throw new IllegalArgumentException("--rounds must be 1 to %d: was %s".formatted(MAX_ROUNDS, text));
    }
}
