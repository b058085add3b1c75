package io.weir.perf.compare;

/** What is measured of a contender, with its unit. */
enum Metric {
    TCP_STREAM("TCP, one stream", "Gbit/s", true),
    FLOOD("flood of 64-byte frames", "Mpps", true),
    PING_MEDIAN("ping round trip, median", "us", false),
    PING_P99("ping round trip, p99", "us", false),
    ALLOCATION("allocated in steady state", "B/frame", false);

    private final String title;
    private final String unit;
    private final boolean higherIsBetter;

    Metric(String title, String unit, boolean higherIsBetter) {
        this.title = title;
        this.unit = unit;
        this.higherIsBetter = higherIsBetter;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }

    boolean higherIsBetter() {
        return higherIsBetter;
    }
}
