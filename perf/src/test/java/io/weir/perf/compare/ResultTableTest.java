package io.weir.perf.compare;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ResultTableTest {
    private final Results results = new Results();
    private final List<Bar> bars = List.of(
            Bar.against("tcp-tap", "tap to tap", Metric.TCP_STREAM, "weir", "ovs", 1.2),
            Bar.fixed("flood-xdp", "veth", Metric.FLOOD, "weir", 0.9),
            Bar.information("ping", "tap", Metric.PING_P99, "weir", "ovs"),
            Bar.against("ping", "tap", Metric.PING_MEDIAN, "weir", "gone", 1.0));

    ResultTableTest() {
        for (double gbps : new double[] {9.5, 12.25, 9.9}) {
            results.add("weir", Metric.TCP_STREAM, gbps);
        }
        results.add("ovs", Metric.TCP_STREAM, 6.6);
        results.add("weir", Metric.FLOOD, 0.874);
        results.add("weir", Metric.PING_P99, 210);
        results.add("ovs", Metric.PING_P99, 420);
        results.add("weir", Metric.PING_MEDIAN, 64);
        results.failToStart("gone", "did not start, because \"it\" is gone");
    }

    @Test
    void shouldAlignTheColumnsAndListTheReasonsWhenRendered() {
        String table = ResultTable.render(comparisons());

        assertEquals("""
                measure    what                                 weir                  peer                     weir/peer  bar           verdict
                tcp-tap    TCP, one stream, tap to tap, Gbit/s  9.90 [9.50..12.3]     ovs   6.60 [6.60..6.60]  1.50x      >= 1.20x      pass
                flood-xdp  flood of 64-byte frames, veth, Mpps  0.874 [0.874..0.874]  -                        -          >= 0.90 Mpps  short
                ping       ping round trip, p99, tap, us        210 [210..210]        ovs   420 [420..420]     0.50x      -             info
                ping       ping round trip, median, tap, us     64.0 [64.0..64.0]     gone  -                  -          <= 1.00x      failed
                failed: gone: did not start, because "it" is gone
                """, table);
    }

    @Test
    void shouldKeepEveryRowParsableWhenWrittenAsCsv() {
        String csv = ResultsCsv.render("2 cores", "ovs 3.1", comparisons());

        assertEquals("""
                # 2 cores
                # ovs 3.1
                measure,metric,path,unit,weir,weir_median,weir_min,weir_max,peer,peer_median,peer_min,peer_max,figure,bar,outcome,reason
                tcp-tap,tcp_stream,"tap to tap",Gbit/s,weir,9.9000,9.5000,12.2500,ovs,6.6000,6.6000,6.6000,1.5000,1.2000,pass,
                flood-xdp,flood,"veth",Mpps,weir,0.8740,0.8740,0.8740,,,,,0.8740,0.9000,short,
                ping,ping_p99,"tap",us,weir,210.0000,210.0000,210.0000,ovs,420.0000,420.0000,420.0000,0.5000,,info,
                ping,ping_median,"tap",us,weir,64.0000,64.0000,64.0000,gone,,,,,1.0000,failed,"gone: did not start, because ""it"" is gone"
                """, csv);
    }

    private List<Comparison> comparisons() {
        return bars.stream().map(bar -> Comparison.of(bar, results)).toList();
    }
}
