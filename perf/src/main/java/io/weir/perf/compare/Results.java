package io.weir.perf.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was measured so far, by contender and metric, and why a contender could not be measured. */
final class Results {
    private final Map<String, Map<Metric, List<Double>>> values = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    void add(String contender, Metric metric, double value) {
        values.computeIfAbsent(contender, name -> new EnumMap<>(Metric.class))
                .computeIfAbsent(metric, key -> new ArrayList<>())
                .add(value);
    }

    /** The first failure of a contender is kept: the later ones follow from it or repeat it. */
    void fail(String contender, String reason) {
        failures.putIfAbsent(contender, reason);
    }

    Optional<Samples> samples(String contender, Metric metric) {
        List<Double> found = values.getOrDefault(contender, Map.of()).getOrDefault(metric, List.of());
        return found.isEmpty() ? Optional.empty() : Optional.of(new Samples(found));
    }

    /** Why a contender has fewer values than rounds, if so. */
    Optional<String> failure(String contender) {
        return Optional.ofNullable(failures.get(contender));
    }
}
