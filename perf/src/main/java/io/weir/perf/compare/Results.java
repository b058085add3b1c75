package io.weir.perf.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was measured so far, by contender and metric, and why a contender could not be measured. */
final class Results {
    private static final String ANY_MEASURE = "*";

    private final Map<String, Map<Metric, List<Double>>> values = new LinkedHashMap<>();
    private final Map<Turn, String> failures = new LinkedHashMap<>();

    void add(String contender, Metric metric, double value) {
        values.computeIfAbsent(contender, name -> new EnumMap<>(Metric.class))
                .computeIfAbsent(metric, key -> new ArrayList<>())
                .add(value);
    }

    /** The contender cannot start, so that none of its measures has a figure. */
    void failToStart(String contender, String reason) {
        fail(contender, ANY_MEASURE, reason);
    }

    /** One measure of a contender broke down. The first failure is kept: later ones follow from it or repeat it. */
    void fail(String contender, String measure, String reason) {
        failures.putIfAbsent(new Turn(contender, measure), reason);
    }

    Optional<Samples> samples(String contender, Metric metric) {
        List<Double> found = values.getOrDefault(contender, Map.of()).getOrDefault(metric, List.of());
        return found.isEmpty() ? Optional.empty() : Optional.of(new Samples(found));
    }

    /** Why a contender has fewer values of a measure than there were rounds, if so. */
    Optional<String> failure(String contender, String measure) {
        return failureToStart(contender).or(() -> Optional.ofNullable(failures.get(new Turn(contender, measure))));
    }

    /** Why a contender cannot start, if so. */
    Optional<String> failureToStart(String contender) {
        return Optional.ofNullable(failures.get(new Turn(contender, ANY_MEASURE)));
    }

    private record Turn(String contender, String measure) {}
}
