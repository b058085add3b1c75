package io.weir.control.audit;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every denied packet reaches every sink exactly once, whatever the traffic and however often a sink refuses. */
@Timeout(120)
class DenyAggregatorTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final WallTime START = new WallTime(0, Instant.parse("2026-03-01T12:00:00Z"));

    /** Counts what was fed, to be drained by the aggregator. */
    private static final class Feed implements DenySource {
        private final Deque<CountedDeny> waiting = new ArrayDeque<>();

        @Override
        public int drainDenies(Handler handler) {
            int drained = waiting.size();
            while (!waiting.isEmpty()) {
                handler.onDenies(waiting.remove());
            }
            return drained;
        }
    }

    /** Sums what it takes; refuses every so many calls. */
    private static final class Summing implements AuditSink {
        private final int refuseEvery;
        private final Map<String, Long> packetsByReasonAndPort = new HashMap<>();
        private final Map<String, Long> packetsByPair = new HashMap<>();
        private final List<DenyEntry> entries = new ArrayList<>();
        private long packets;
        private long bytes;
        private int calls;
        private boolean broken;

        Summing(int refuseEvery) {
            this.refuseEvery = refuseEvery;
        }

        @Override
        public String name() {
            return "sum";
        }

        @Override
        public void denies(DenyEntry entry) {
            if (broken || (refuseEvery > 0 && ++calls % refuseEvery == 0)) {
                throw new AuditException("full");
            }
            packetsByReasonAndPort.merge(entry.reason() + ' ' + entry.ingressPort(), entry.packets(), Long::sum);
            packetsByPair.merge(entry.source() + ' ' + entry.destination(), entry.packets(), Long::sum);
            packets += entry.packets();
            bytes += entry.bytes();
            if (entries.size() < 16) {
                entries.add(entry);
            }
        }

        @Override
        public void change(ChangeEntry entry) {}

        @Override
        public void grant(GrantEntry entry) {}

        @Override
        public void quarantine(QuarantineEntry entry) {}
    }

    private static CountedDeny deny(int source, int destination, DropReason reason, int port, long packets, long ns) {
        return new CountedDeny(
                source,
                destination,
                0,
                reason.code(),
                port,
                Action.DROP,
                packets,
                packets * 64,
                ns,
                ns,
                7,
                FlowEnds.NONE);
    }

    @Test
    void shouldHandEveryOfTenMillionRandomDeniesToEverySinkOnce() {
        Feed feed = new Feed();
        Summing steady = new Summing(0);
        Summing refusing = new Summing(3);
        Summing seldom = new Summing(100_000);
        DenyAggregator aggregator =
                new DenyAggregator(feed, new NumberNames(), List.of(steady, refusing, seldom), 20_000);
        DropReason[] reasons = {DropReason.EGRESS_NO_RULE, DropReason.INGRESS_NO_RULE, DropReason.SPOOFED_IP};
        SplittableRandom random = new SplittableRandom(0xDE11E5);
        Map<String, Long> expected = new HashMap<>();
        long nowNs = 0;

        // Ten seconds of a million denies each: a tenth in every drain, more keys than there is room for.
        for (int tick = 0; tick < 100; tick++) {
            for (int i = 0; i < 100_000; i++) {
                DropReason reason = reasons[random.nextInt(reasons.length)];
                int port = random.nextInt(8);
                feed.waiting.add(deny(16 + random.nextInt(200), 16 + random.nextInt(200), reason, port, 1, nowNs));
                expected.merge(reason.label() + " vm" + port, 1L, Long::sum);
            }
            aggregator.drain();
            nowNs += SECOND_NS / 10;
            if (tick % 10 == 9) {
                int _ = aggregator.deliver(new WallTime(nowNs, START.instant(nowNs)));
            }
        }
        // The sinks that refuse get what is left in later rounds.
        int rounds = 0;
        while (aggregator.deliver(new WallTime(nowNs, START.instant(nowNs))) > 0) {
            assertTrue(++rounds < 100_000, "the sinks never got everything");
        }

        for (Summing sink : List.of(steady, refusing, seldom)) {
            assertEquals(10_000_000, sink.packets);
            assertEquals(640_000_000, sink.bytes);
            assertEquals(expected, sink.packetsByReasonAndPort);
        }
        long total =
                aggregator.totals(START).stream().mapToLong(DenyEntry::packets).sum();
        assertEquals(10_000_000, total);
        assertEquals(10_000_000, aggregator.packets());
    }

    @Test
    void shouldTellKeysApartWhenThereIsRoom() {
        Feed feed = new Feed();
        Summing sink = new Summing(0);
        DenyAggregator aggregator = new DenyAggregator(feed, new NumberNames(), List.of(sink), 64);
        SplittableRandom random = new SplittableRandom(0xDE11E6);
        Map<String, Long> expected = new HashMap<>();

        for (int i = 0; i < 10_000; i++) {
            int source = 16 + random.nextInt(8);
            int destination = 16 + random.nextInt(8);
            long packets = 1L + random.nextInt(5);
            feed.waiting.add(deny(source, destination, DropReason.INGRESS_NO_RULE, 1, packets, i));
            expected.merge("component-" + source + " component-" + destination, packets, Long::sum);
            if (i % 1000 == 0) {
                aggregator.drain();
                int _ = aggregator.deliver(START);
            }
        }
        aggregator.drain();
        int _ = aggregator.deliver(START);

        assertEquals(expected, sink.packetsByPair);
    }

    @Test
    void shouldKeepCountsAndTheirFirstTimeWhenASinkRefuses() {
        Feed feed = new Feed();
        Summing sink = new Summing(0);
        DenyAggregator aggregator = new DenyAggregator(feed, new NumberNames(), List.of(sink), 64);
        sink.broken = true;
        feed.waiting.add(deny(16, 17, DropReason.EGRESS_NO_RULE, 1, 3, SECOND_NS));
        aggregator.drain();

        assertEquals(1, aggregator.deliver(START));
        assertEquals(List.of("sum: full"), aggregator.refusals());

        sink.broken = false;
        feed.waiting.add(deny(16, 17, DropReason.EGRESS_NO_RULE, 1, 4, 5 * SECOND_NS));
        aggregator.drain();
        assertEquals(0, aggregator.deliver(START));
        assertEquals(List.of(), aggregator.refusals());
        DenyEntry entry = sink.entries.getFirst();
        assertEquals(7, entry.packets());
        assertEquals(Instant.parse("2026-03-01T12:00:01Z"), entry.first());
        assertEquals(Instant.parse("2026-03-01T12:00:05Z"), entry.last());
    }

    @Test
    void shouldForgetTheKeyIdleForLongestButNotItsCounts() {
        Feed feed = new Feed();
        Summing sink = new Summing(0);
        DenyAggregator aggregator = new DenyAggregator(feed, new NumberNames(), List.of(sink), 2);
        for (int source = 16; source < 20; source++) {
            feed.waiting.add(deny(source, 17, DropReason.EGRESS_NO_RULE, 1, source, 0));
            aggregator.drain();
            int _ = aggregator.deliver(START);
        }

        List<DenyEntry> totals = aggregator.totals(START);

        assertEquals(
                List.of(DenyEntry.OTHERS, "component-18", "component-19"),
                totals.stream().map(DenyEntry::source).toList());
        assertEquals(33, totals.getFirst().packets());
        assertEquals(70, sink.packets);
    }
}
