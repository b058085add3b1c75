package io.weir.perf.compare;

import java.util.Locale;
import java.util.Optional;

/** A {@link Bar} with its measured values: one printed row. */
record Comparison(Bar bar, Optional<Samples> weir, Optional<Samples> peer, Optional<String> failure) {
    /** How a row ended. */
    enum Outcome {
        PASS,
        SHORT,
        /** A contender could not be measured in every round. */
        FAILED,
        /** There is no bar. */
        INFO
    }

    static Comparison of(Bar bar, Results results) {
        Optional<Samples> peer = Optional.ofNullable(bar.peer()).flatMap(name -> results.samples(name, bar.metric()));
        Optional<String> failure = results.failure(bar.weir(), bar.measure())
                .map(reason -> bar.weir() + ": " + reason)
                .or(() -> Optional.ofNullable(bar.peer())
                        .flatMap(name -> results.failure(name, bar.measure()).map(reason -> name + ": " + reason)));
        return new Comparison(bar, results.samples(bar.weir(), bar.metric()), peer, failure);
    }

    /** Weir's median over the peer's, or Weir's median where the bar is a fixed value. */
    Optional<Double> figure() {
        if (bar.peer() == null) {
            return weir.map(Samples::median);
        }
        return weir.flatMap(mine -> peer.map(theirs -> mine.median() / theirs.median()));
    }

    Outcome outcome() {
        if (failure.isPresent() || figure().isEmpty()) {
            return Outcome.FAILED;
        }
        if (bar.informs()) {
            return Outcome.INFO;
        }
        return bar.reachedBy(figure().get()) ? Outcome.PASS : Outcome.SHORT;
    }

    /** Why the row failed, empty for a row that did not. */
    String reason() {
        return outcome() == Outcome.FAILED ? failure.orElse("not measured") : "";
    }

    String barText() {
        if (bar.informs()) {
            return "-";
        }
        String sign = bar.metric().higherIsBetter() ? ">=" : "<=";
        String unit = bar.peer() == null ? " " + bar.metric().unit() : "x";
        return "%s %.2f%s".formatted(sign, bar.limit(), unit);
    }

    /** Median with the extremes, in at most four digits: {@code 9.51 [9.20..9.88]}. */
    static String valueText(Optional<Samples> samples) {
        return samples.map(s -> "%s [%s..%s]".formatted(number(s.median()), number(s.min()), number(s.max())))
                .orElse("-");
    }

    static String number(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
