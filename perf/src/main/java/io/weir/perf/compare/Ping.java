package io.weir.perf.compare;

import java.time.Duration;
import java.util.Map;

import io.weir.perf.compare.Testbed.Place;

/** Pings of 64 bytes, one each millisecond: far enough apart for a switch that sleeps to fall asleep. */
final class Ping implements Probe {
    private final int warmUpCount;
    private final int measuredCount;

    Ping(int warmUpCount, int measuredCount) {
        this.warmUpCount = warmUpCount;
        this.measuredCount = measuredCount;
    }

    @Override
    public Map<Metric, Double> measure(Testbed testbed, Contender contender) {
        String count = Integer.toString(warmUpCount + measuredCount);
        String output = Command.attempt(
                        Duration.ofSeconds(60),
                        testbed.inside(
                                Place.HOST_A, "ping", "-n", "-i", "0.001", "-W", "1", "-c", count, Testbed.ADDRESS_B))
                .stdout();
        PingReport report = PingReport.parse(output, warmUpCount);
        return Map.of(Metric.PING_MEDIAN, report.medianUs(), Metric.PING_P99, report.p99Us());
    }
}
