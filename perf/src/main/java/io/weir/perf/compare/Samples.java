package io.weir.perf.compare;

import java.util.List;

/** Some values of one metric, sorted ascending. Never empty. */
record Samples(List<Double> values) {
    Samples {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a sample needs at least one value");
        }
        values = values.stream().sorted().toList();
    }

    /** The middle value; of an even number the mean of the two in the middle. */
    double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    /** The smallest value that at least {@code percent} of all do not exceed (nearest rank). */
    double percentile(double percent) {
        int rank = (int) Math.ceil(values.size() * percent / 100);
        return values.get(Math.max(rank, 1) - 1);
    }

    double min() {
        return values.getFirst();
    }

    double max() {
        return values.getLast();
    }
}
