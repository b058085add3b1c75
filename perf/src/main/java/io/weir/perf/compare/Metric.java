package io.weir.perf.compare;

/** What is measured of a contender, with its unit. */
enum Metric {
    TCP_STREAM("TCP, one stream", "Gbit/s", true),
    FLOOD("flood of 64-byte frames", "Mpps", true),
    PING_MEDIAN("ping round trip, median", "us", false),
    PING_P99("ping round trip, p99", "us", false),
    ALLOCATION("allocated in steady state", "B/frame", false),
    FIREWALL_PACKET("parse to verdict and counters, 64 B", "ns/packet", false),
    FIREWALL_ALLOCATION("allocated from parse to verdict", "B/packet", false),
    RULES_RATIO("a verdict under 100,000 rules over one under 10", "x", false),
    EVALUATE_SCATTERED("a verdict under 100,000 rules, another flow each time", "ns", false),
    LABEL_CHECK("whether a level lies in a range", "ns", false),
    SESSION_HIT("session hit: the whole stage firewall, in a batch", "ns", false),
    SESSION_HIT_ALONE("session found, tracked and counted, one by one", "ns", false),
    SESSION_NEW("session begun and ended", "ns", false),
    SESSION_MEMORY("memory of a session", "B", false),
    APPLY_P99("apply received to first packet under it, p99", "ms", false),
    APPLY_LOST("packets lost over all applies", "packets", false),
    APPLY_MIXED("packets whose verdict is of neither epoch", "packets", false),
    DENY_RATE("random denies recorded", "M/s", true),
    DENY_UNACCOUNTED("denies unaccounted", "packets", false),
    ESP_SEAL("from frame to ESP packet, one core", "Gbit/s", true),
    ESP_OPEN("from ESP packet to frame, one core", "Gbit/s", true),
    ESP_SEAL_RATIO("sealed, over the cipher's own rate", "x", true),
    ESP_OPEN_RATIO("opened, over the cipher's own rate", "x", true),
    ESP_SMALL("packets of 64 B sealed, one core", "Mpps", true),
    ESP_ALLOCATION("allocated", "B/packet", false),
    ESP_WRONG_SA("of 10,000,000 packets on an SA of another level", "packets", false),
    COMPLIANCE_TIME("a policy compared with another", "s", false);

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
