package io.weir.control.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * The series of one scrape under construction.
 *
 * <p>Threading: one thread.
 */
final class Series {
    private final List<MetricSnapshot> metrics = new ArrayList<>();

    /** Values of one counter by its labels; a second value under the same labels is left out. */
    static final class Counter {
        private final CounterSnapshot.Builder builder = CounterSnapshot.builder();
        private final Set<Labels> seen = new HashSet<>();

        /** @param labels names and values in turn */
        void add(long value, String... labels) {
            Labels key = Labels.of(labels);
            if (seen.add(key)) {
                builder.dataPoint(CounterDataPointSnapshot.builder()
                        .value((double) value)
                        .labels(key)
                        .build());
            }
        }
    }

    /** A counter; {@code _total} is added to its name. */
    void counter(String name, String help, Consumer<Counter> values) {
        Counter counter = new Counter();
        values.accept(counter);
        metrics.add(counter.builder.name(name).help(help).build());
    }

    /** A gauge by several labels; {@code values} gives names and values in turn. */
    void gauge(String name, String help, Map<List<String>, Double> values) {
        GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, number) -> builder.dataPoint(GaugeDataPointSnapshot.builder()
                .value(number)
                .labels(Labels.of(labels.toArray(new String[0])))
                .build()));
        metrics.add(builder.build());
    }

    /** A gauge by its labels, in the order of the map's keys: values of one label. */
    void gauge(String name, String help, String label, Map<String, Double> values) {
        GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((value, number) -> builder.dataPoint(GaugeDataPointSnapshot.builder()
                .value(number)
                .labels(Labels.of(label, value))
                .build()));
        metrics.add(builder.build());
    }

    /** A gauge without labels. */
    void gauge(String name, String help, double value) {
        metrics.add(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build());
    }

    MetricSnapshots snapshots() {
        return new MetricSnapshots(metrics);
    }
}
