package io.weir.perf.compare;

import java.util.List;
import java.util.regex.Pattern;

/** The round trips of one {@code ping}, in microseconds. */
record PingReport(Samples roundTripsUs) {
    private static final Pattern ROUND_TRIP = Pattern.compile("icmp_seq=\\d+ ttl=\\d+ time=([0-9.]+) ms");

    /** {@code skip} leading replies are left out: they find cold caches, cold code and an empty neighbour table. */
    static PingReport parse(String output, int skip) {
        List<Double> replies = ROUND_TRIP
                .matcher(output)
                .results()
                .map(reply -> Double.parseDouble(reply.group(1)) * 1_000)
                .toList();
        if (replies.size() <= skip) {
            throw new BenchException("ping had %d replies, needs more than %d: %s"
                    .formatted(replies.size(), skip, Command.lastLine(output)));
        }
        return new PingReport(new Samples(replies.subList(skip, replies.size())));
    }

    double medianUs() {
        return roundTripsUs.median();
    }

    double p99Us() {
        return roundTripsUs.percentile(99);
    }
}
