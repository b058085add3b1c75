package io.weir.perf.compare;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The comparisons as CSV (RFC 4180 quoting), after comment lines that say what they were measured on. */
final class ResultsCsv {
    private static final String HEADER = "measure,metric,path,unit,weir,weir_median,weir_min,weir_max,"
            + "peer,peer_median,peer_min,peer_max,figure,bar,outcome,reason";

    private ResultsCsv() {}

    static String render(String machine, String peers, List<Comparison> comparisons) {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(machine).append('\n');
        text.append("# ").append(peers).append('\n');
        text.append(HEADER).append('\n');
        comparisons.forEach(comparison -> text.append(row(comparison)).append('\n'));
        return text.toString();
    }

    private static String row(Comparison comparison) {
        Bar bar = comparison.bar();
        return String.join(
                ",",
                bar.measure(),
                bar.metric().name().toLowerCase(Locale.ROOT),
                quoted(bar.path()),
                bar.metric().unit(),
                bar.weir(),
                values(comparison.weir()),
                bar.peer() == null ? quoted(bar.published()) : bar.peer(),
                values(comparison.peer()),
                comparison.figure().map(ResultsCsv::number).orElse(""),
                bar.informs() ? "" : number(bar.limit()),
                comparison.outcome().name().toLowerCase(Locale.ROOT),
                quoted(comparison.reason()));
    }

    private static String values(Optional<Samples> samples) {
        return samples.map(s -> String.join(",", number(s.median()), number(s.min()), number(s.max())))
                .orElse(",,");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "" : '"' + text.replace("\"", "\"\"").replace('\n', ' ') + '"';
    }
}
