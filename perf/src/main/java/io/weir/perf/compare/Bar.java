package io.weir.perf.compare;

import org.jspecify.annotations.Nullable;

/**
 * One row of the table: a metric of Weir against a peer or against a fixed value.
 *
 * @param measure name of the row's group, the word that {@code --only} takes
 * @param path what lies between the hosts, for the reader
 * @param metric what is compared
 * @param weir contender name of Weir in the right attachment
 * @param peer contender name of the peer, null for a fixed value
 * @param published what a peer's authors say of it on machines of theirs, to read beside a fixed value; empty for nothing
 * @param limit ratio Weir/peer, or the fixed value in the metric's unit; NaN when the row only informs
 */
record Bar(
        String measure,
        String path,
        Metric metric,
        String weir,
        @Nullable String peer,
        String published,
        double limit) {
    /** A ratio to a peer that Weir must reach (or stay below, where less is better). */
    static Bar against(String measure, String path, Metric metric, String weir, String peer, double ratio) {
        return new Bar(measure, path, metric, weir, peer, "", ratio);
    }

    /** A value that Weir must reach (or stay below) by itself. */
    static Bar fixed(String measure, String path, Metric metric, String weir, double value) {
        return new Bar(measure, path, metric, weir, null, "", value);
    }

    /** A value that Weir must reach (or stay below) by itself, beside what is published of a peer. */
    static Bar published(String measure, String path, Metric metric, String weir, double value, String published) {
        return new Bar(measure, path, metric, weir, null, published, value);
    }

    /** A comparison to read, without a bar. */
    static Bar information(String measure, String path, Metric metric, String weir, String peer) {
        return new Bar(measure, path, metric, weir, peer, "", Double.NaN);
    }

    boolean informs() {
        return Double.isNaN(limit);
    }

    /** Does {@code figure}, a ratio or a value as {@link #limit} is, reach the bar? */
    boolean reachedBy(double figure) {
        return metric.higherIsBetter() ? figure >= limit : figure <= limit;
    }
}
